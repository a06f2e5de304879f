"""Tools by name: of the library, of a file, of a package; what is not there says what is."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest

from lotterylang.check import signatures
from lotterylang.check.standard import EXAMPLES, STANDARD
from lotterylang.syntax.diagnostics import LotError
from lotterylang.world.tools import loading
from lotterylang.world.tools.leaves import Leave
from lotterylang.world.tools.loading import load
from lotterylang.world.tools.opened import open_tool
from lotterylang.world.tools.standard import OF_INDEXES, WHERE

SHOP = """
def price(item: str) -> int:
    '''Give a price.'''
    return len(item)


def bad(item) -> int:
    return 1
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shop.py").write_text(SHOP, encoding="utf-8")
    (tmp_path / "broken.py").write_text("import nothing_of_this_name\n", encoding="utf-8")
    (tmp_path / "leaving.py").write_text("raise SystemExit(3)\n", encoding="utf-8")
    return tmp_path


def _points(monkeypatch: pytest.MonkeyPatch, *named: tuple[str, str]) -> None:
    found = EntryPoints(EntryPoint(name, value, loading.GROUP) for name, value in named)
    monkeypatch.setattr(loading, "entry_points", lambda group: found.select(group=group))


@pytest.mark.parametrize("name", WHERE)
def test_every_tool_of_the_library_is_there(name: str, folder: Path) -> None:
    found = load(f"std.tools.{name}", folder)
    assert found.signature.name == name
    assert found.does.endswith(".")


@pytest.mark.parametrize("name", WHERE)
def test_the_checker_knows_of_a_tool_what_it_needs(name: str, folder: Path) -> None:
    found, known = load(f"std.tools.{name}", folder), STANDARD[name]
    noun = None if found.leave is None else found.leave.noun
    assert (known.acts, known.leave) == (found.traits.acts, noun)
    assert noun is not None or not found.traits.acts or found.traits.inside


@pytest.mark.parametrize("name", WHERE)
def test_the_checker_knows_of_a_tool_what_it_takes_and_gives(name: str, folder: Path) -> None:
    known = signatures.types()[name]
    params = ", ".join(f"{param.name}: {param.type}" for param in known.params)
    told = f"{known.name}({params}) -> {known.result}"
    assert told.replace("…", "any") == str(load(f"std.tools.{name}", folder).signature)


def test_the_checker_knows_the_same_tools() -> None:
    assert set(STANDARD) == set(signatures.types()) == {*WHERE, *OF_INDEXES}
    assert {leave.noun: leave.example for leave in Leave.__subclasses__()} == EXAMPLES


def test_a_function_of_a_file(folder: Path) -> None:
    found = load("./shop.py:price", folder)
    assert (str(found.signature), found.does) == ("price(item: text) -> int", "Give a price.")
    assert found.traits.acts
    assert not found.traits.repeats


def test_a_file_that_changed_is_read_again(folder: Path) -> None:
    load("shop.py:price", folder)
    (folder / "shop.py").write_text(SHOP.replace("price", "cost"), encoding="utf-8")
    assert load("shop.py:cost", folder).signature.name == "cost"


def test_an_entry_point(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(folder))
    _points(monkeypatch, ("shop.price", "shop:price"))
    assert load("shop.price", folder).signature.name == "price"
    del sys.modules["shop"]


@pytest.mark.parametrize(
    ("source", "said", "mend"),
    [
        ("std.tools.calculat", "there is no `std.tools.calculat`", "write `std.tools.calculate`"),
        ("std.tools.zzz", "there is no `std.tools.zzz`", "there are add_days, "),
        ("std.tools.search", "is not told which index it searches", "write `std.tools.search(wiki)`"),
        ("./shop.py:prise", "`./shop.py` defines no `prise`", "write `./shop.py:price`"),
        ("./shop.py:", "`./shop.py` defines no ``", "define `def price(…) -> …:` there"),
        ("./shop.py:__builtins__", "defines no `__builtins__`", "define"),
        ("./none.py:price", "there is no Python file `./none.py`", "write `./FILE.py:FUNCTION`"),
        (".:price", "there is no Python file `.`", "write `./FILE.py:FUNCTION`"),
        ("./broken.py:x", "ModuleNotFoundError: No module named 'nothing_of_this_name'", "run it with Python"),
        ("./leaving.py:x", "SystemExit: 3", "run it with Python"),
        ("./shop.py:bad", "`item` of `bad` has no type: write `item: str`", "annotate it"),
        ("shop.prices", "no installed package has a tool `shop.prices`", "write `shop.price`"),
        ("shop.twice", "two packages name a tool `shop.twice`", "lotterylang.tools"),
        ("shop.gone", "the tool `shop.gone` can't be loaded: ModuleNotFoundError", "gone_module_of_tests:x"),
    ],
)
def test_what_is_not_there_says_what_is(
    source: str, said: str, mend: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    twice = (("shop.twice", "a:b"), ("shop.twice", "c:d"))
    _points(monkeypatch, ("shop.price", "shop:price"), ("shop.gone", "gone_module_of_tests:x"), *twice)
    with pytest.raises(LotError) as refused:
        load(source, folder)
    diagnostic = refused.value.diagnostics[0]
    assert diagnostic.code == "LOT-E0605"
    assert said in diagnostic.message
    assert mend in str(diagnostic.help)


@pytest.mark.parametrize(
    ("declared", "said"),
    [(["item", "colour"], "has no `colour`"), ([], "needs `item`"), (["one", "two"], "has no `one`")],
)
def test_declared_parameters_are_the_functions(declared: list[str], said: str, folder: Path) -> None:
    with pytest.raises(LotError, match=said):
        open_tool("./shop.py:price", declared, folder)


def test_declared_names_of_their_own_go_by_place(folder: Path) -> None:
    assert open_tool("std.tools.same", ["answer"], folder).denied is None
