"""Files and folders in, documents out; and chunks of them. What can't be read is said by file and line."""

from __future__ import annotations

import csv
import os
import sys
from pathlib import Path

import pytest
from hashed_words import HashedWords

from golden import assert_golden
from lotterylang.syntax.diagnostics import LotError
from lotterylang.world.knowledge import records, sources
from lotterylang.world.knowledge.document import Document
from lotterylang.world.knowledge.following import mirror
from lotterylang.world.knowledge.index import EmbeddedIndex
from lotterylang.world.knowledge.records import Fields
from lotterylang.world.knowledge.sources import listed, read


def _written(folder: Path, name: str, held: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(held if isinstance(held, bytes) else held.encode())
    return path


def test_a_text_is_one_document(tmp_path: Path) -> None:
    path = _written(tmp_path, "notes.txt", "\ufeffOne.\r\n\r\nTwo.")
    assert [*read(path)] == [Document("notes.txt", "One.\n\nTwo.", "notes", {"file": "notes.txt"})]


def test_the_title_of_markdown_is_its_first_heading(tmp_path: Path) -> None:
    assert [d.title for d in read(_written(tmp_path, "a.md", "intro\n\n## The *heading* ##\ntext"))] == [
        "The *heading*"
    ]
    assert [d.title for d in read(_written(tmp_path, "b.markdown", "no heading, #1 is none"))] == ["b"]


def test_each_line_of_jsonl_is_a_document(tmp_path: Path) -> None:
    lines = [
        '{"id": "q1", "title": "T", "text": "A", "year": 1999, "tags": ["a", {"b": 1}], "good": true}',
        "",
        '"only text"',
        '{"text": "C", "none": null, "id": 7}',
    ]
    assert [*read(_written(tmp_path, "w.jsonl", "\n".join(lines)))] == [
        Document("w.jsonl#q1", "A", "T", {"file": "w.jsonl", "year": 1999, "tags": '["a", {"b": 1}]', "good": True}),
        Document("w.jsonl#3", "only text", "", {"file": "w.jsonl"}),
        Document("w.jsonl#7", "C", "", {"file": "w.jsonl", "none": None}),
    ]


def test_each_row_of_csv_is_a_document(tmp_path: Path) -> None:
    held = 'name,body,year\r\nx,"one, ""two""\nthree",1999\r\n\r\ny,' + "long " * 60_000 + ",\r\n"
    found = [*read(_written(tmp_path, "w.csv", held), Fields(text="body", title="none", id="name"))]
    assert found[0] == Document("w.csv#x", 'one, "two"\nthree', "", {"file": "w.csv", "year": "1999"})
    assert (found[1].name, len(found[1].text), found[1].metadata["year"]) == ("w.csv#y", 300_000, "")


def test_a_folder_is_read_in_the_order_of_names_and_says_what_it_leaves_out(tmp_path: Path) -> None:
    for name in ("b.md", "a/z.txt", "a/c.jsonl", "picture.png", ".hidden.txt", ".git/x.txt"):
        _written(tmp_path / "in", name, '{"text": "x"}')
    _written(tmp_path, "secret.txt", "secret")
    (tmp_path / "in" / "link.txt").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "in" / "up").symlink_to(tmp_path, target_is_directory=True)
    found = listed(tmp_path / "in")
    assert [name for _, name in found.files] == ["a/c.jsonl", "a/z.txt", "b.md"]
    assert {".hidden.txt", "link.txt", "picture.png"} <= {*found.left_out}
    assert [document.name for document in read(tmp_path / "in")] == ["a/c.jsonl#1", "a/z.txt", "b.md"]


BAD: dict[str, tuple[str, str | bytes, str]] = {
    "not UTF-8": ("a.txt", b"\xff\xfe", "is not UTF-8 text"),
    "NUL": ("a.txt", "a\0b", "NUL"),
    "another kind": ("a.pdf", "x", r"`\.pdf` is no kind"),
    "no JSON": ("a.jsonl", '{"text": "a"}\n{"text": \n', "line 2.*no JSON"),
    "a list": ("a.jsonl", "[1]", "line 1.*neither a record nor a text"),
    "no text": ("a.jsonl", '{"text": "a"}\n\n{"body": "b"}', "line 3.*no text `text`, but: body"),
    "twice": ("a.jsonl", '{"text": "a", "x": 1, "x": 2}', "line 1.*twice"),
    "NaN": ("a.jsonl", '{"text": "a", "x": NaN}', "line 1.*NaN is no number"),
    "a surrogate": ("a.jsonl", '{"text": "\\ud800"}', "surrogate"),
    "too large a number": ("a.jsonl", '{"text": "a", "x": 9223372036854775808}', "64 bits"),
    "a number of too many digits": ("a.jsonl", '{"text": "a", "x": [' + "9" * 5_000 + "]}", "line 1.*too many digits"),
    "a text that is a number": ("a.jsonl", '{"text": 5}', "line 1.*its `text` is no text"),
    "an id that is no number": ("a.jsonl", '{"text": "a", "id": true}', "line 1.*`id` is neither"),
    "NUL beside an id": ("a.jsonl", '"a"\n{"id": "q", "text": "a\\u0000b"}', "a.jsonl`, line 2.*`a.jsonl#q`.*NUL"),
    "NUL in a row": ("a.csv", "text,id\na,p\na\0b,q\n", "a.csv`, line 3.*`a.csv#q`.*NUL"),
    "infinity": ("a.jsonl", '{"text": "a", "x": 1e999}', "no number"),
    "nested": ("a.jsonl", '{"text": "a", "x": ' + "[" * 100_000, "line 1"),
    "bytes in a line": ("a.jsonl", b'{"text": "a"}\n\xff\n', "line 2.*not UTF-8"),
    "two of an id": ("a.jsonl", '{"text": "a", "id": 1}\n{"text": "b", "id": "1"}', "two documents `a.jsonl#1`"),
    "an id like a line": ("a.jsonl", '{"text": "a", "id": 2}\n{"text": "b"}', "two documents `a.jsonl#2`"),
    "no id": ("a.jsonl", '{"text": "a", "id": [1]}', "line 1.*`id`"),
    "no heading": ("a.csv", "", "no `text`, but: nothing"),
    "another heading": ("a.csv", "a,b\n1,2\n", "line 1.*no `text`, but: a, b"),
    "a heading twice": ("a.csv", "text,b,b\n1,2,3\n", "line 1.*twice"),
    "a short row": ("a.csv", "text,b\n1,2\n3\n", "line 3.*has 1 values, and the heading 2"),
    "an open quote": ("a.csv", 'text\n"open\n', "line 2"),
    "bytes in a row": ("a.csv", b"text\n\xff\n", "not UTF-8"),
}


@pytest.mark.parametrize("bad", BAD)
def test_bad_input_is_refused_by_its_place_and_nothing_is_lost(bad: str, tmp_path: Path) -> None:
    name, held, said = BAD[bad]
    path = _written(tmp_path, name, held)
    index = EmbeddedIndex(None, HashedWords())
    index.add([Document("old", "what was there before")])
    before = index.info()
    with pytest.raises(LotError, match=f"(?s)LOT-E0651.*{said}"):
        mirror(index, read(path))
    assert index.info() == before


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are any bytes on Linux alone")
def test_a_name_that_is_not_utf8_is_refused_or_listed_so_that_it_can_be_printed(tmp_path: Path) -> None:
    _written(tmp_path / "in", "a.txt", "x")
    for name in (b"a\xff.png", b".\xff.txt"):
        _written(tmp_path / "in", os.fsdecode(name), "x")
    assert listed(tmp_path / "in").left_out == (".\ufffd.txt", "a\ufffd.png")
    for bad in (
        _written(tmp_path / "in", os.fsdecode(b"b\xff.txt"), "x"),
        _written(tmp_path, "\udcff/c.txt", "x").parent,
    ):
        with pytest.raises(LotError, match=r"LOT-E0651.*its name is not UTF-8") as caught:
            [*read(tmp_path / "in" if bad.is_file() else bad)]
        caught.value.diagnostics[0].message.encode()


def test_the_limit_of_other_readers_of_csv_is_as_it_was(tmp_path: Path) -> None:
    before = 131_072  # Python's own
    csv.field_size_limit(before)
    rows = read(_written(tmp_path, "a.csv", "text\n" + "x" * 200_000 + "\ny\n"))
    assert len(next(rows).text) == 200_000
    assert csv.field_size_limit() == before
    assert [row.text for row in rows] == ["y"]
    assert csv.field_size_limit() == before


def test_what_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "LARGEST_RECORD_BYTES", 1 << 20)
    monkeypatch.setattr(sources, "LARGEST_TEXT_BYTES", 1 << 20)
    long = "x" * (1 << 20)
    for name, held in [("a.txt", long + "x"), ("a.jsonl", f'"{long}"'), ("a.csv", f"text\n{long}x\n")]:
        with pytest.raises(LotError, match="LOT-E0651"):
            [*read(_written(tmp_path, name, held))]
    assert len([*read(_written(tmp_path, "a.txt", long))]) == 1


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(LotError, match="LOT-E0651"):
            [*read(path)]


def test_a_source_that_cannot_be_read_is_told_in_these_words(tmp_path: Path) -> None:
    path = _written(tmp_path, "a.jsonl", '{"text": "a"}\n{"body": "b"}')
    with pytest.raises(LotError) as caught:
        [*read(path)]
    assert_golden("LOT-E0651 a record without text", caught.value, tmp_path)
