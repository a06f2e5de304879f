"""What every keeper of memory does alike; and what the file of the embedded one does with what it can't use."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from lotterylang.run.cells import Cell, Change, File, Held
from lotterylang.syntax.diagnostics import LotError
from lotterylang.world.memory.file import MemoryFile

Open = Callable[[str], File]


@pytest.fixture(name="opened", params=[MemoryFile])
def _opened(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    kind: Callable[[str], File] = request.param
    return lambda name: kind(str(tmp_path / name))


def _cells(**held: str | None) -> tuple[Cell, ...]:
    return tuple(Cell(key, value, f"wrote {key}") for key, value in held.items())


def _change(store: str, cells: tuple[Cell, ...], gone: tuple[str, ...] = (), *, anew: bool = False) -> Change:
    return Change(store, "map", "map<text, int>", cells, gone, anew)


# every keeper


def test_what_was_never_written_is_not_there(opened: Open) -> None:
    assert opened("a").read("solved") is None


def test_what_is_written_is_read_by_the_next_one_in_order(opened: Open) -> None:
    first = opened("a")
    first.write([_change("solved", _cells(b="1", a="2", c=None))])
    first.write([_change("solved", _cells(d="4", b="5"))])
    first.close()
    wanted = (Cell("b", "5", "wrote b"), *_cells(a="2", c=None, d="4"))
    assert opened("a").read("solved") == Held("map", "map<text, int>", wanted)
    assert opened("b").read("solved") is None


def test_a_store_that_was_fed_once_stays_so(opened: Open) -> None:
    file = opened("a")
    file.write([_change("one", _cells(a="1")), replace(_change("two", _cells(a="2")), fed=True)])
    file.write([_change("two", _cells(a="3"), anew=True)])
    file.close()
    one, two = opened("a").read("one"), opened("a").read("two")
    assert one is not None and not one.fed
    assert two is not None and two.fed


def test_stores_of_one_file_are_apart(opened: Open) -> None:
    file = opened("a")
    file.write([_change("one", _cells(a="1")), _change("two", _cells(a="2"))])
    file.write([_change("one", (), ("a",))])
    one, two = file.read("one"), file.read("two")
    assert one is not None and one.cells == ()
    assert two is not None and two.cells == _cells(a="2")


def test_what_is_gone_and_comes_again_comes_last(opened: Open) -> None:
    file = opened("a")
    file.write([_change("s", _cells(a="1", b="2"))])
    file.write([_change("s", _cells(b="2", a="1"), anew=True)])
    found = file.read("s")
    assert found is not None and found.cells == _cells(b="2", a="1")


def test_a_write_that_fails_changes_nothing(opened: Open) -> None:
    file = opened("a")
    file.write([_change("s", _cells(a="1"))])
    bad = Cell("c", "3", None)  # type: ignore[arg-type]
    with pytest.raises(LotError):
        file.write([_change("s", _cells(b="2")), _change("s", (bad,))])
    found = file.read("s")
    assert found is not None and found.cells == _cells(a="1")
    file.write([_change("s", _cells(b="2"))])


def test_two_at_once_see_each_other_s_writes(opened: Open) -> None:
    one, two = opened("a"), opened("a")
    one.write([_change("s", _cells(a="1"))])
    two.write([_change("s", _cells(b="2"))])
    found = one.read("s")
    assert found is not None and found.cells == _cells(a="1", b="2")


def test_many_at_once_lose_nothing(opened: Open) -> None:
    def write(writer: int) -> None:
        file = opened("a")
        for n in range(10):
            file.write([_change("s", _cells(**{f"{writer} {n}": str(n)}))])
        file.close()

    with ThreadPoolExecutor(4) as writers:
        list(writers.map(write, range(4)))
    found = opened("a").read("s")
    assert found is not None
    assert sorted(cell.key for cell in found.cells) == sorted(f"{w} {n}" for w in range(4) for n in range(10))


# the file


def _refused(path: Path, code: str) -> None:
    before = path.read_bytes() if path.is_file() else None
    file = MemoryFile(str(path))
    for act in (lambda: file.read("s"), lambda: file.write([_change("s", _cells(a="1"))])):
        with pytest.raises(LotError) as caught:
            act()
        assert caught.value.diagnostics[0].code == code
    file.close()
    assert (path.read_bytes() if path.is_file() else None) == before


def test_what_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but somebody's notes\n" * 100)
    _refused(path, "LOT-E0641")


def test_another_program_s_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE stores (name TEXT)")
    other.close()
    _refused(path, "LOT-E0642")


def test_a_damaged_file_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    file = MemoryFile(str(path))
    file.write([_change("s", tuple(Cell(f"k{i}", "v" * 200, "w") for i in range(200)))])
    file.close()
    content = bytearray(path.read_bytes())
    content[8192:12288] = b"\xff" * 4096
    path.write_bytes(content)
    _refused(path, "LOT-E0641")


def test_a_folder_and_a_missing_folder_are_refused(tmp_path: Path) -> None:
    _refused(tmp_path, "LOT-E0641")
    _refused(tmp_path / "none" / "a.db", "LOT-E0641")


def test_a_file_whose_making_was_cut_short_is_as_good_as_none(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.touch()
    assert MemoryFile(str(path)).read("s") is None
    begun = sqlite3.connect(path)
    begun.execute("PRAGMA journal_mode = WAL")
    begun.close()
    assert path.stat().st_size > 0
    file = MemoryFile(str(path))
    assert file.read("s") is None
    file.write([_change("s", _cells(a="1"))])
    assert file.read("s") is not None
