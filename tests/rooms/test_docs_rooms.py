"""The map of the code, `docs/rooms.md`: its paths lead somewhere, its doors stand there, and rooms import what it says.

A path is a word in backticks with a `/` or a file's ending. NAME and AREA stand for any name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "lotterylang"
MODEL = PACKAGE / "world" / "model"
PAGE = (ROOT / "docs" / "rooms.md").read_text(encoding="utf-8")
BEGINNINGS = (MODEL, PACKAGE, ROOT / "tests", ROOT)
"""Where a path may begin; the first in which it leads somewhere counts."""
FOR_EVERY_ROOM = (PACKAGE / "home.py", PACKAGE / "recipe.py")
FOR_THE_ENGINE = (MODEL / "arrays.py", MODEL / "progress.py")
"""What every room of the engine may import."""
DOOR = re.compile(r"((?:`\w+(?:\.\w+)?`(?:, | and ))*`\w+(?:\.\w+)?`) in (`[\w/]+\.py`(?: and in `[\w/]+\.py`)*)")
"""Names, and the modules that they are said to be in."""


def _spans(text: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", text)


def _paths(text: str) -> list[str]:
    words = [word for span in _spans(text) for word in span.split()]
    return [word for word in words if "/" in word or re.search(r"\.(py|md|lark|lot|txt|toml)$", word)]


def _meant(path: str) -> list[Path]:
    """Give the files that a path stands for; a path that ends with `/` stands for folders."""
    pattern = re.sub(r"\b(NAME|AREA)\b", "*", path.rstrip("/"))
    found = next((places for start in BEGINNINGS if (places := sorted(start.glob(pattern)))), [])
    return [place for place in found if place.is_dir()] if path.endswith("/") else found


def _nowhere(text: str) -> list[str]:
    return [path for path in _paths(text) if not _meant(path)]


@cache
def _defined(module: Path) -> set[str]:
    """List what a module defines: functions, classes, their methods, constants."""
    found: set[str] = set()
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        match node:
            case ast.ClassDef(name=name, body=body):
                found |= {name, *(f"{name}.{part.name}" for part in body if isinstance(part, ast.FunctionDef))}
            case ast.FunctionDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
                found.add(name)
            case ast.Assign(targets=targets):
                found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


def _doors(text: str) -> list[tuple[str, str]]:
    """List the names that are said to be in a module, each with that module: `a` and `b` in `c.py` are two."""
    found = [(_spans(names), _spans(modules)) for names, modules in DOOR.findall(text)]
    return [(name, module) for names, modules in found for module in modules for name in names]


def _closed(text: str) -> list[tuple[str, str]]:
    return [(name, module) for name, module in _doors(text) if not any(name in _defined(m) for m in _meant(module))]


def _rows() -> dict[Path, list[Path]]:
    """List the rooms that have a row, each with what it says that the room imports."""
    found: dict[Path, list[Path]] = {}
    for line in PAGE.splitlines():
        cells = line.strip("| ").split(" | ")
        if len(cells) == 5 and cells[0].startswith("`"):
            may = [place for path in _paths(cells[3]) for place in _meant(path)]
            found |= {_meant(room)[0]: may for room in _paths(cells[0])}
    return found


@cache
def _imported(module: Path) -> set[Path]:
    """List the modules of the project that a module imports, those included that it imports when it needs them."""
    return {place for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))) for place in _places(node)}


def _places(node: ast.AST) -> Iterator[Path]:
    named = node.module if isinstance(node, ast.ImportFrom) else None
    if named is None or named.split(".")[0] != PACKAGE.name:
        return
    whole = ROOT.joinpath(*named.split("."))
    for alias in node.names if isinstance(node, ast.ImportFrom) else ():
        part = whole / alias.name
        yield next(
            (place for place in (part.with_suffix(".py"), part, whole.with_suffix(".py")) if place.exists()), whole
        )


def test_every_path_leads_somewhere() -> None:
    assert len(_paths(PAGE)) > 200
    assert _nowhere(PAGE) == []


def test_every_door_stands_where_the_page_says() -> None:
    assert len(_doors(PAGE)) > 80
    assert _closed(PAGE) == []


def test_what_is_not_there_is_seen() -> None:
    text = "`run/runner.py` `run/walker.py` `source/` `engine.py/` `stdlib/AREA/NAME.lot` `python tests/none/test_*.py`"
    assert _nowhere(text) == ["run/walker.py", "engine.py/", "tests/none/test_*.py"]
    said = "`Runner.run` and `Runner.walk` in `run/runner.py`, `opened` in `network/opening.py` and in `open.py`"
    assert _closed(said) == [("Runner.walk", "run/runner.py"), ("opened", "open.py")]


def test_every_room_has_a_row() -> None:
    packages = [path.parent for folder in (PACKAGE, PACKAGE / "world", MODEL) for path in folder.glob("*/__init__.py")]
    assert [room for room in packages if room not in (PACKAGE / "world", *_rows())] == []


@pytest.mark.parametrize("room", _rows(), ids=lambda room: room.relative_to(PACKAGE).as_posix())
def test_a_room_imports_what_its_row_says(room: Path) -> None:
    outer = [*_rows()[MODEL], *FOR_THE_ENGINE] if MODEL in room.parents else []
    may = [room, *FOR_EVERY_ROOM, *_rows()[room], *outer]
    found = {(module, place) for module in room.rglob("*.py") for place in _imported(module)}
    others = [(module, place) for module, place in found if not any(place.is_relative_to(known) for known in may)]
    assert [f"{a.relative_to(ROOT)} imports {b.relative_to(ROOT)}" for a, b in sorted(others)] == []


@pytest.mark.parametrize("room", [room for room in _rows() if MODEL in room.parents], ids=lambda room: room.name)
def test_a_room_of_the_engine_imports_all_that_its_row_says(room: Path) -> None:
    found = {place for module in room.rglob("*.py") for place in _imported(module)}
    assert [said for said in _rows()[room] if not any(place.is_relative_to(said) for place in found)] == []
