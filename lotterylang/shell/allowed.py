"""`--allow`: what the host lets tools do, beside what the program grants itself by `uses`.

`write_file` lets that tool act wherever the program says; `write_file("out/")` only inside of `out/`. Enters: the
option's words. Leaves: a judge of grants. Next door: `outside.py` asks it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lotterylang.check.grants import names_of
from lotterylang.check.names import close_name
from lotterylang.check.program import Grant, ToolDeclaration
from lotterylang.check.walk import constant_text
from lotterylang.syntax import tree
from lotterylang.syntax.diagnostics import LotError, error
from lotterylang.syntax.parser import parse_expression, source_of

if TYPE_CHECKING:
    from lotterylang.world.tools.grants import Grant as KnownGrant


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the host lets tools do."""

    grants: tuple[Grant, ...]

    def lets(self, tool: ToolDeclaration, grant: Grant | None) -> bool:
        """Judge whether a tool may act within what the program grants itself."""
        from lotterylang.world.tools import grants  # Pydantic is heavy: only a run that calls a tool pays for it

        ours, hosts = told(grant), told(self.grant(tool))
        return ours is not None and grants.lets(tool.leave or "", ours, hosts, Path.cwd())

    def grant(self, tool: ToolDeclaration) -> Grant | None:
        """Give all that a tool is allowed, as one grant: without limits if one of them has none; None for nothing."""
        found = self._of(tool)
        if not found:
            return None
        limits = () if any(not each.limits for each in found) else sum((each.limits for each in found), ())
        return Grant(found[0].tool, limits)

    def see_known(self, tools: Iterable[ToolDeclaration]) -> None:
        """See that each grant is for a tool of the program. Errors: LOT-E0622."""
        names = [name for tool in tools for name in names_of(tool)]
        for each in self.grants:
            if each.tool not in names:
                close = close_name(each.tool, names)
                help = f"write `--allow {close}`" if close else "leave it out: the program has no such tool"
                raise error("LOT-E0622", f"`--allow {each.tool}`: no tool of the program is called that", help=help)

    def _of(self, tool: ToolDeclaration) -> list[Grant]:
        return [each for each in self.grants if each.tool in names_of(tool)]


def allowed(words: Sequence[str]) -> Allowed:
    """Read what the host allows. Errors: LOT-E0622 for a word that can't be read."""
    return Allowed(tuple(_grant(word) for word in words))


def told(grant: Grant | None) -> KnownGrant | None:
    """Give a grant as the tools know it."""
    from lotterylang.world.tools import grants

    return None if grant is None else grants.Grant(grant.tool, grant.limits)


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
