"""`--allow`: what the host lets tools do, beside what the program grants itself by `uses`.

`write_file` lets that tool act wherever the program says; `write_file("out/")` only inside of `out/`. Enters: the
option's words. Leaves: a judge of grants. Next door: `outside.py` asks it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from lotterylang.check.grants import names_of
from lotterylang.check.program import Grant, ToolDeclaration
from lotterylang.check.walk import constant_text
from lotterylang.syntax import tree
from lotterylang.syntax.diagnostics import LotError, error
from lotterylang.syntax.parser import parse_expression, source_of


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the host lets tools do."""

    grants: tuple[Grant, ...]

    def lets(self, tool: ToolDeclaration, grant: Grant | None) -> bool:
        """Judge whether a tool may act within what the program grants itself."""
        return grant is not None and any(_holds(each, grant) for each in self._of(tool))

    def grant(self, tool: ToolDeclaration) -> Grant | None:
        """Give all that a tool is allowed, as one grant: without limits if one of them has none; None for nothing."""
        found = self._of(tool)
        if not found:
            return None
        limits = () if any(not each.limits for each in found) else sum((each.limits for each in found), ())
        return Grant(found[0].tool, limits)

    def _of(self, tool: ToolDeclaration) -> list[Grant]:
        return [each for each in self.grants if each.tool in names_of(tool)]


def allowed(words: Sequence[str]) -> Allowed:
    """Read what the host allows. Errors: LOT-E0622 for a word that can't be read."""
    return Allowed(tuple(_grant(word) for word in words))


def _holds(given: Grant, wanted: Grant) -> bool:
    """Tell whether all that a program grants itself lies inside what the host allows."""
    if not given.limits:
        return True
    return bool(wanted.limits) and all(any(_inside(each, limit) for limit in given.limits) for each in wanted.limits)


def _inside(path: str, folder: str) -> bool:
    """Tell whether a path lies in a folder, by its words alone: one that climbs lies nowhere."""
    found, limit = PurePath(path), PurePath(folder)
    return ".." not in found.parts and found.parts[: len(limit.parts)] == limit.parts


def _grant(word: str) -> Grant:
    help = "write `--allow write_file` or `--allow 'write_file(\"out/\")'`"
    try:
        node = parse_expression(source_of("--allow", word))
    except LotError:
        raise error("LOT-E0622", f"`{word}` is no leave for a tool", help=help) from None
    args = node.args if isinstance(node, tree.Call) else ()
    limits = [constant_text(arg) for arg in args]
    named = node.function if isinstance(node, tree.Call) else node
    if not isinstance(named, tree.Name | tree.Attribute) or None in limits:
        raise error("LOT-E0622", f"`{word}` is no leave for a tool", help=help)
    return Grant(named.span.text, tuple(limit for limit in limits if limit is not None))
