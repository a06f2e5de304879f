"""Indexes of programs are built of files, kept, and brought up to date, by the command line and from Python."""

from __future__ import annotations

import json
import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Event
from types import SimpleNamespace

import pytest

import lotterylang as lottery
from command import lot
from lotterylang.check import check
from lotterylang.home import home
from lotterylang.shell import index_target, indexes
from lotterylang.syntax.parser import source_of

ASKS = """
index notes = hnsw("notes", size = 40)
fn main(question: text) -> list<Hit> { FIND 2 in notes for question }
fn best(question: text) -> text {
  let found = FIND 1 in notes for question where it.title == "River"
  join(for hit in found { hit.source }, " ")
}
fn listed(question: text) -> text {
  let found = FIND 2 in ["a red planet", "a star", "red rings and red ice"] for question
  join(for hit in found { hit.source }, " ")
}
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "river.md").write_text("# River\n\nThe Lenn rises in the hills.", encoding="utf-8")
    (tmp_path / "notes" / "tower.txt").write_text("The tower has a bell of bronze.", encoding="utf-8")
    (tmp_path / "p.lot").write_text(ASKS, encoding="utf-8")


def _sources(question: str) -> list[str]:
    said = lot("run", "p.lot", f"question={question}", "--json")
    assert said.status == 0, said
    return [hit["source"] for hit in json.loads(said.out)["value"]]


def test_a_folder_is_searched_by_words_and_nothing_is_fetched() -> None:
    assert _sources("where does the Lenn rise") == ["river.md:0-37", "tower.txt:0-31"]
    assert _sources("bronze bells") == ["tower.txt:0-31"]
    assert _sources("nothing like it") == []
    assert lot("run", "p.lot:best", "question=the").out == "river.md:0-37\n"


def test_a_list_is_searched_by_words() -> None:
    assert lot("run", "p.lot:listed", "question=red").out == "2 0\n"
    assert lot("run", "p.lot:listed", "question=blue").out == "\n"


def test_building_is_told_once_and_a_run_that_finds_all_as_it_was_reads_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lotterylang.world.knowledge.following.SETTLED_NS", -1 << 62)
    assert "index notes …" in lot("run", "p.lot", "question=the").err
    read: list[Path] = []
    monkeypatch.setattr("lotterylang.world.knowledge.following.read", lambda *what: read.append(what) or [])
    for _ in range(2):
        assert "index notes" not in lot("run", "p.lot", "question=the").err
        indexes.close()
    assert read == []


@pytest.mark.parametrize("warm", [True, False])
def test_what_changes_in_the_source_changes_in_the_index(tmp_path: Path, warm: bool) -> None:
    river, tower, more = (tmp_path / "notes" / name for name in ("river.md", "tower.txt", "more.jsonl"))
    assert _sources("bronze") == ["tower.txt:0-31"]
    changes = [
        (lambda: river.write_text("# River\n\nA bronze bridge spans it.", encoding="utf-8"), {"river.md", "tower.txt"}),
        (lambda: tower.write_text("The tower has a bell of silver.", encoding="utf-8"), {"river.md"}),
        (river.unlink, set()),
        (lambda: more.write_text('"bronze age"\n"bronze"\n'), {"more.jsonl#1", "more.jsonl#2"}),
    ]
    for change, wanted in changes:
        if not warm:
            indexes.close()
        change()
        assert {source.rpartition(":")[0] for source in _sources("bronze")} == wanted


def test_a_file_of_the_same_size_and_time_is_read_again_if_it_was_written_just_before(tmp_path: Path) -> None:
    tower = tmp_path / "notes" / "tower.txt"
    assert _sources("bronze") == ["tower.txt:0-31"]
    written = tower.stat()
    with tower.open("r+b") as file:
        file.write(b"The tower has a bell of silver.")
    os.utime(tower, ns=(written.st_atime_ns, written.st_mtime_ns))
    assert tower.stat().st_size == written.st_size
    assert _sources("bronze") == []


def test_programs_of_one_source_share_a_file_and_those_of_other_settings_do_not(tmp_path: Path) -> None:
    _sources("bell")
    kept = sorted((home() / "indexes").glob("notes-*.index"))
    ranked = ASKS.replace("size = 40", 'size = 40, rank = "words", search = "exact"')
    (tmp_path / "q.lot").write_text(ranked, encoding="utf-8")
    lot("run", "q.lot", "question=bell")
    assert sorted((home() / "indexes").glob("notes-*.index")) == kept
    (tmp_path / "q.lot").write_text(ASKS.replace("40", "41"), encoding="utf-8")
    lot("run", "q.lot", "question=bell")
    assert len([*(home() / "indexes").glob("notes-*.index")]) == len(kept) + 1


TWO = """
index slow = hnsw("slow")
index quick = hnsw("quick")
"""


def test_while_one_index_is_built_others_answer_and_its_own_askers_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    declared = check(source_of("two.lot", TWO)).indexes
    begun, leave = Event(), Event()
    built: list[str] = []

    def opened(index: indexes.Wanted, progress: object) -> tuple[object, None]:
        assert index.origin.source is not None
        built.append(index.origin.source.name)
        if built == ["slow"]:
            begun.set()
            assert leave.wait(60)
        return SimpleNamespace(close=lambda: None), None

    monkeypatch.setattr(indexes, "opened", opened)
    monkeypatch.setattr("lotterylang.world.knowledge.following.follow", lambda *what: None)
    ask = partial(indexes.answering, progress=lambda *what: None)
    with ThreadPoolExecutor(3) as threads:
        first = threads.submit(ask, declared["slow"])
        assert begun.wait(60)
        second = threads.submit(ask, declared["slow"])
        try:
            threads.submit(ask, declared["quick"]).result(60)
            assert not first.done() and not second.done()
        finally:
            leave.set()
        assert first.result(60) is second.result(60)
    assert built == ["slow", "quick"]


OF_PAPERS = """
index papers = hnsw("papers", size = 40)
tool search(query: text) -> list<Hit> = std.tools.search(papers)
fn main(year: text) -> list<text> {
  let found = FIND 2 in papers for "a paper" where it.meta["year"] == year and "papers.jsonl" == it.meta["file"]
  for hit in found { hit.text }
}
fn searched() -> text { (CALL search("late"))[0].meta["year"] }
"""


def test_metadata_of_records_choose_among_more_passages_than_are_judged(tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    early = [{"text": "a paper", "year": 2019, "title": "a paper"}] * 1_100
    lines = [*early, {"text": "a late paper", "year": 2020}, {"text": "another", "year": None}]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (tmp_path / "papers" / "papers.jsonl").write_text(text, encoding="utf-8")
    (tmp_path / "papers" / "more.csv").write_text("text,year\na paper,2020\n", encoding="utf-8")
    (tmp_path / "p.lot").write_text(OF_PAPERS, encoding="utf-8")
    assert json.loads(lot("run", "p.lot", "year=2020", "--json").out)["value"] == ["a late paper"]
    assert 'find  2 in papers for "a paper" where year == "2020" and file == "papers.jsonl"' in lot("why").out
    assert lot("replay").status == 0
    assert json.loads(lot("run", "p.lot", "year=2019", "--json").out)["value"] == ["a paper"] * 2
    assert lot("run", "p.lot:searched").out == "2020\n"


def test_fields_of_records_may_have_other_names(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("key,body,head\nk1,The bell rings.,Bell\n", encoding="utf-8")
    program = """
index a = hnsw("a.csv", text = "body", title = "head", id = "key")
fn main() -> list<Hit> { FIND 1 in a for "bell" }
"""
    (tmp_path / "p.lot").write_text(program, encoding="utf-8")
    [hit] = json.loads(lot("run", "p.lot", "--json").out)["value"]
    assert (hit["text"], hit["title"], hit["source"]) == ("The bell rings.", "Bell", "a.csv#k1:0-15")


def test_a_search_is_in_the_journal_and_a_replay_asks_nobody(tmp_path: Path) -> None:
    _sources("bell")
    (tmp_path / "notes" / "tower.txt").unlink()
    replayed = lot("replay")
    assert replayed.status == 0 and "answer  the same" in replayed.out


def test_from_python_too() -> None:
    [hit] = lottery.load("p.lot").run("main", question="bronze").value
    assert hit["source"] == "tower.txt:0-31"


def test_an_index_without_documents_fails_as_not_found(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n", encoding="utf-8")
    (tmp_path / "p.lot").write_text(ASKS.replace('"notes"', '"empty.jsonl"'), encoding="utf-8")
    ended = lot("run", "p.lot", "question=bell")
    assert ended.status == 1 and "failed NotFound: the index `notes` holds no documents" in ended.err


def test_a_source_that_is_not_there_ends_the_run_and_leaves_nothing(tmp_path: Path) -> None:
    before = [*(home() / "indexes").glob("*")]
    (tmp_path / "p.lot").write_text(ASKS.replace('"notes"', '"nowhere"'), encoding="utf-8")
    ended = lot("run", "p.lot", "question=bell")
    assert ended.status == 2 and "LOT-E0651" in ended.err
    assert [*(home() / "indexes").glob("*")] == before


def _marked(path: Path, statement: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()


def test_a_damaged_index_ends_the_run_and_one_of_an_older_version_is_made_again(tmp_path: Path) -> None:
    wanted = _sources("bronze")
    indexes.close()
    path = index_target.meant("p.lot", ()).origin.path
    _marked(path, "PRAGMA user_version = 0")
    assert _sources("bronze") == wanted
    indexes.close()
    path.write_bytes(b"no database at all, but long enough to be one" * 40)
    ended = lot("run", "p.lot", "question=bronze")
    assert ended.status == 2 and "LOT-E0652" in ended.err


@pytest.mark.parametrize("what", ["another program's", "a newer version's"])
def test_what_is_not_ours_at_the_place_of_an_index_is_never_removed(what: str) -> None:
    path = index_target.meant("p.lot", ()).origin.path
    if what == "another program's":
        path.parent.mkdir(parents=True, exist_ok=True)
        _marked(path, "CREATE TABLE theirs (kept)")
    else:
        _sources("bronze")
        indexes.close()
        _marked(path, "PRAGMA user_version = 99")
    before = path.read_bytes()
    for words in (
        ("run", "p.lot", "question=bronze"),
        ("index", "find", "p.lot", "bronze"),
        ("index", "build", "p.lot"),
        ("index", "build", "p.lot", "--again"),
        ("index", "info", "p.lot"),
        ("index", "check", "p.lot"),
        ("index", "rm", "p.lot"),
    ):
        refused = lot(*words)
        assert refused.status == 2 and "LOT-E0656" in refused.err, words
        assert path.read_bytes() == before, words
