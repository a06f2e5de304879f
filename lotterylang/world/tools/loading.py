"""Loading: from what stands after `tool … =` to a definition.

`std.tools.calculate` is of the library, `./shop.py:price` a function of a file, `shop.price` an entry point of the
group `lotterylang.tools` by its name, `mcp("python server.py", "add")` a tool of a server. Next door: `standard/` lists
the library's tools, `servers.py` knows servers, `opened.py` opens what is loaded.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable
from difflib import get_close_matches
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from lotterylang.syntax.diagnostics import LotError, error
from lotterylang.world.tools.definition import Definition
from lotterylang.world.tools.kinds import Unfit
from lotterylang.world.tools.refusal import shortened
from lotterylang.world.tools.servers import SERVER, of_server
from lotterylang.world.tools.standard import OF_INDEXES, PREFIX, WHERE

GROUP = "lotterylang.tools"
"""The group of entry points in which a package names its tools."""


def load(source: str, folder: Path) -> Definition:
    """Find a tool; relative paths are counted from `folder`. Errors: LOT-E0605, which says what is there instead."""
    try:
        if source.startswith(PREFIX):
            return Definition.of(source, _standard(source))
        if source.startswith(SERVER):
            return of_server(source)
        if ":" in source:
            return Definition.of(source, _of_file(source, folder))
        return Definition.of(source, _entry_point(source))
    except Unfit as problem:
        raise _nothing(str(problem), "annotate it, as `def price(item: str) -> int:`") from None


def _standard(source: str) -> Callable[..., Any]:
    name = source.removeprefix(PREFIX)
    if name in OF_INDEXES:
        raise _nothing(f"`{source}` is not told which index it searches", f"write `{source}(wiki)`")
    if name not in WHERE:
        close = get_close_matches(name, WHERE, 1)
        help = f"write `{PREFIX}{close[0]}`" if close else f"there are {', '.join(sorted(WHERE))}"
        raise _nothing(f"there is no `{source}`", help)
    module = importlib.import_module(f"lotterylang.world.tools.standard.{WHERE[name]}")
    found: Callable[..., Any] = getattr(module, name)
    return found


def _of_file(source: str, folder: Path) -> Callable[..., Any]:
    path, _, name = source.rpartition(":")
    place = (folder / path).resolve()
    if not place.is_file() or place.suffix != ".py":
        raise _nothing(f"there is no Python file `{shortened(path)}`", "write `./FILE.py:FUNCTION`")
    module = _module(str(place), place.stat().st_mtime_ns)
    found: Callable[..., Any] | None = vars(module).get(name)
    if found is None or name.startswith("_"):
        defined = [key for key, value in vars(module).items() if callable(value) and key[0] != "_"]
        close = get_close_matches(name, defined, 1)
        help = f"write `{path}:{close[0]}`" if close else f"define `def {name or 'price'}(…) -> …:` there"
        raise _nothing(f"`{path}` defines no `{name}`", help)
    return found


@lru_cache(maxsize=64)
def _module(place: str, changed_ns: int) -> Any:
    """Run a file as a module, once for each of its states. Errors: LOT-E0605 for one that fails."""
    spec = importlib.util.spec_from_file_location(f"lottery_tool_{sha256(place.encode()).hexdigest()[:12]}", place)
    assert spec is not None and spec.loader is not None  # a `.py` file always has a loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # so that annotations written as text find their names
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as problem:
        del sys.modules[spec.name]
        told = f"{type(problem).__name__}: {shortened(str(problem), 120)}"
        raise _nothing(f"`{place}` can't be loaded: {told}", "run it with Python to see more") from None
    return module


def _entry_point(source: str) -> Callable[..., Any]:
    points = entry_points(group=GROUP)
    named = [point for point in points if point.name == source]
    if len({point.value for point in named}) != 1:
        close = get_close_matches(source, [point.name for point in points], 1)
        problem = f"two packages name a tool `{source}`" if named else f"no installed package has a tool `{source}`"
        help = f"write `{close[0]}`" if close and not named else f"a package names it in the group `{GROUP}`"
        raise _nothing(problem, help)
    try:
        found: Callable[..., Any] = named[0].load()
    except Exception as problem:
        told = f"{type(problem).__name__}: {shortened(str(problem), 120)}"
        raise _nothing(f"the tool `{source}` can't be loaded: {told}", f"it is {named[0].value}") from None
    return found


def _nothing(problem: str, help: str) -> LotError:
    return error("LOT-E0605", problem, help=help)
