"""`lot index`: builds, looks at, searches, checks and removes an index of files or of a program."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from command import lot
from lotterylang.home import home
from lotterylang.shell import index_target, screen
from lotterylang.world.knowledge.interface import WARNING

PROGRAM = """
index notes = hnsw("notes", size = 40)
index other = hnsw("other.csv", text = "body")
fn main() -> list<Hit> { FIND 1 in notes for "bell" }
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOTTERY_HOME", str(tmp_path / "home"))
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "river.md").write_text("# River\n\nThe Lenn rises in the hills.", encoding="utf-8")
    (tmp_path / "notes" / "tower.txt").write_text("The tower has\na bell of bronze.", encoding="utf-8")
    (tmp_path / "notes" / "map.png").write_bytes(b"\x89PNG")
    (tmp_path / "other.csv").write_text("body,year\nThe old bell.,1640\nThe new bell.,1902\n", encoding="utf-8")
    (tmp_path / "p.lot").write_text(PROGRAM, encoding="utf-8")


def _json(*words: str) -> dict[str, Any]:
    printed = lot("index", *words, "--json")
    assert printed.status == 0, printed
    found: dict[str, Any] = json.loads(printed.out)
    return found


def test_an_index_is_built_and_brought_up_to_date(tmp_path: Path) -> None:
    built = lot("index", "build", "notes", "size=40")
    assert built.out == "2 documents, 2 passages: 2 added; left out: map.png\n"
    (tmp_path / "notes" / "tower.txt").write_text("The tower is gone.", encoding="utf-8")
    (tmp_path / "notes" / "river.md").unlink()
    (tmp_path / "notes" / "field.txt").write_text("Barley grows.", encoding="utf-8")
    found = _json("build", "p.lot:notes")
    assert (found["added"], found["updated"], found["removed"], found["left_out"]) == (1, 1, 1, ["map.png"])
    assert lot("index", "build", "notes", "size=40").out.startswith("2 documents, 2 passages: nothing is new")
    assert _json("build", "notes", "size=40", "--again")["added"] == 2


def test_info_builds_nothing_and_says_where_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lotterylang.world.knowledge.following.SETTLED_NS", -1 << 62)
    before = _json("info", "p.lot:notes")
    assert before["state"] == "not built yet" and not (home() / "indexes").exists()
    lot("run", "p.lot")
    found = _json("info", "p.lot:notes")
    assert Path(found["file"]).is_file() and found["bytes"] > 10_000
    assert (found["documents"], found["passages"], found["ranking"]) == (2, 2, "words")
    assert found["state"] == "up to date" and found["left_out"] == ["map.png"]
    (tmp_path / "notes" / "tower.txt").write_text("Gone.", encoding="utf-8")
    assert "changed" in _json("info", "p.lot:notes")["state"]
    lines = lot("index", "info", "p.lot:notes").out.splitlines()
    assert "documents  2" in lines and "embed      nothing" in lines


def test_info_and_check_open_no_embedder() -> None:
    found = _json("info", "notes", "embed=all-minilm-l6-v2")
    assert (found["embed"], found["ranking"], found["state"]) == ("all-minilm-l6-v2", "hybrid", "not built yet")


def test_an_index_is_searched_with_filters() -> None:
    [first, second] = lot("index", "find", "notes", "the bell of bronze", "-k", "1").out.splitlines()
    assert first.split()[0] == "1" and first.endswith("tower.txt:0-31  tower")
    assert second == "   The tower has a bell of bronze."
    printed = lot("index", "find", "p.lot:other", "bell", "--json").out
    assert [json.loads(line)["metadata"]["year"] for line in printed.splitlines()] == ["1640", "1902"]
    [hit] = lot("index", "find", "p.lot:other", "bell", "--where", 'year="1902"', "--json").out.splitlines()
    assert json.loads(hit)["source"] == "other.csv#3:0-13"
    nothing = lot("index", "find", "notes", "zebra")
    assert (nothing.status, nothing.out, nothing.err.splitlines()[-1]) == (0, "", "nothing is found")


def test_a_long_passage_is_cut_for_a_person(tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_text("bell " * 150, encoding="utf-8")
    assert lot("index", "find", "long.txt", "bell").out.splitlines()[1].endswith("bell …")


def test_check_reads_everything_and_build_again_mends(tmp_path: Path) -> None:
    lot("index", "build", "p.lot:notes")
    path = index_target.meant("p.lot:notes", ()).origin.path
    sound = lot("index", "check", "p.lot:notes")
    assert (sound.status, sound.out) == (0, f"{path}: no damage\n")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE documents SET text = replace(text, 'bronze', 'silver')")
    connection.close()
    damaged = lot("index", "check", "p.lot:notes")
    assert damaged.status == 1 and "tower.txt" in damaged.out and "lot index build p.lot:notes --again" in damaged.err
    path.write_bytes(b"nothing that can be read" * 400)
    assert json.loads(lot("index", "check", "p.lot:notes", "--json").out)["damages"]
    assert lot("index", "build", "p.lot:notes").status == 2
    assert lot("index", "build", "p.lot:notes", "--again").status == 0
    assert lot("index", "check", "p.lot:notes").status == 0


def test_an_index_is_removed_and_its_source_is_not(tmp_path: Path) -> None:
    lot("index", "build", "notes")
    assert "free again" in lot("index", "rm", "notes").out
    assert not [*(home() / "indexes").iterdir()] and (tmp_path / "notes" / "river.md").is_file()
    assert lot("index", "rm", "notes").status == 2


def _bad_at(line: int) -> str:
    return "".join('{"text": "a bell"}\n' if n != line else '{"body": "a bell"}\n' for n in range(1, 201))


def test_a_line_that_cannot_be_read_changes_nothing_of_what_is_there(tmp_path: Path) -> None:
    source = tmp_path / "many.jsonl"
    source.write_text('"one"\n"two"\n', encoding="utf-8")
    lot("index", "build", "many.jsonl")
    before = _json("info", "many.jsonl")["identity"]
    source.write_text(_bad_at(151), encoding="utf-8")
    for words in (("build", "many.jsonl"), ("build", "many.jsonl", "--again"), ("find", "many.jsonl", "one")):
        refused = lot("index", *words)
        assert refused.status == 2 and "line 151" in refused.err, words
        found = _json("info", "many.jsonl")
        assert (found["documents"], found["identity"]) == (2, before), words


def test_a_size_beyond_all_bounds_is_refused() -> None:
    refused = lot("index", "build", "notes", "size=99999999999999999999")
    assert refused.status == 2 and "LOT-E0424" in refused.err and "1,000,000,000" in refused.err


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are any bytes on Linux alone")
def test_files_whose_names_are_not_utf8_are_told(tmp_path: Path) -> None:
    (tmp_path / "notes" / os.fsdecode(b"map\xff.png")).write_bytes(b"")
    assert _json("build", "notes")["left_out"] == ["map.png", "map\ufffd.png"]
    (tmp_path / "notes" / os.fsdecode(b"map\xff.txt")).write_bytes(b"")
    refused = lot("index", "build", "notes")
    assert refused.status == 2 and "LOT-E0651" in refused.err


def test_check_reads_the_graph_too_and_build_again_mends() -> None:
    lot("index", "build", "notes")
    path = index_target.meant("notes", ()).origin.path
    path.with_name(f"{path.name}.hnsw").write_bytes(b"overwritten")
    path.with_name(f"{path.name}.hnsw.json").write_text('{"sha256": "0"}', encoding="utf-8")
    damaged = lot("index", "check", "notes")
    assert damaged.status == 1 and "graph" in damaged.out and "--again" in damaged.err
    assert lot("index", "build", "notes", "--again").status == 0
    assert lot("index", "check", "notes").status == 0


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_warning_is_a_line_that_stays(is_terminal: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console(file=StringIO(), force_terminal=is_terminal, width=80, color_system=None)
    monkeypatch.setattr(screen, "err", lambda: console)
    with screen.progress() as progress:
        progress(f"{WARNING}a graph is damaged", 0, 0)
    assert "warning: a graph is damaged\n" in console.file.getvalue()  # type: ignore[attr-defined]
    assert screen.WARNING == WARNING


def test_a_filter_that_is_none_is_told_how_one_is_written() -> None:
    refused = lot("index", "find", "notes", "bell", "--where", "foo")
    assert refused.status == 2 and "`foo`" in refused.err and "`year=1902`" in refused.err
    assert "size" not in refused.err
    assert lot("index", "find", "notes", "bell", "--where", "year=99999999999999999999").status == 0


def test_info_of_what_has_no_source_says_so() -> None:
    lot("index", "build", "other.csv", "text=body")
    Path("other.csv").unlink()
    assert "source is not there" in _json("info", "other.csv", "text=body")["state"]
    assert _json("info", "nosuch")["state"] == "not built yet, and its source is not there"
