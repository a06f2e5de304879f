"""Grants: what a program says that a tool uses, and what the host allows. Both are needed, or nothing happens.

Enters: the texts of `uses tool NAME("…")` and of `--allow 'NAME("…")'`. Leaves: a leave, in which folders, hosts and
commands are resolved once; later each call is compared with that, never with texts. What is refused says what to
grant. Next door: `leaves.py` has the leaves, `door.py` asks for one a tool, `standard/` compares each call.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from lotterylang.world.tools.leaves import LEAVES, Leave
from lotterylang.world.tools.refusal import Refused


@dataclass(frozen=True, slots=True)
class Grant:
    """Leave to use a tool, within what the texts name: folders, hosts, commands, as the tool understands them."""

    tool: str
    limits: tuple[str, ...] = ()

    def __str__(self) -> str:
        named = ", ".join(f'"{limit}"' for limit in self.limits)
        return f"{self.tool}({named})" if named else self.tool


L = TypeVar("L", bound=Leave)


def agreed(tool: str, wanted: type[L], program: Grant | None, host: Grant | None, folder: Path) -> L:
    """Give the leave that both give. `folder` is what relative paths are counted from.

    The host's grant without limits allows what the program names; one with limits must hold each of those.
    Errors: Refused Denied, which says exactly what to write.
    """
    example = Grant(tool, (wanted.example,))
    if program is None:
        raise Refused("Denied", f"the program does not say that it uses `{tool}`: write `uses tool {example}`")
    if not program.limits:
        told = f"`uses tool {tool}` names no {wanted.noun}: write `uses tool {example}`"
        raise Refused("Denied", told)
    if host is None:
        raise Refused("Denied", f"the host does not allow `{program}`: run with `--allow '{program}'`")
    leave = wanted.of(program.limits, folder)
    if host.limits:
        allowed = wanted.of(host.limits, folder)
        for limit, entry in zip(program.limits, leave.entries, strict=True):
            if not any(allowed.holds(outer, entry) for outer in allowed.entries):
                missing = Grant(tool, (limit,))
                raise Refused("Denied", f"the host allows `{host}`, not `{missing}`: run with `--allow '{missing}'`")
    return leave


def lets(noun: str, program: Grant, host: Grant | None, folder: Path) -> bool:
    """Tell whether the host lets a tool do all that the program grants itself, before the tool is loaded.

    `noun` is the kind of leave that it needs, "" where its name is enough. What is wrong with the program's own words
    is said by `agreed`, once the tool is opened.
    """
    if host is None or not noun:
        return host is not None
    kind = LEAVES[noun]
    if not program.limits or not host.limits:
        return bool(program.limits)
    try:
        inner = kind.of(program.limits, folder)
    except Refused:
        return True
    try:
        outer = kind.of(host.limits, folder)
    except Refused:
        return False
    return all(any(kind.holds(each, entry) for each in outer.entries) for entry in inner.entries)


def acting(tool: str, program: Grant | None, host: Grant | None) -> None:
    """See that a tool that acts without a leave of its own may: both name it, and the host all that the program does.

    Errors: Refused Denied, which says exactly what to write.
    """
    if program is None:
        raise Refused("Denied", f"the program does not say that it uses `{tool}`: write `uses tool {tool}`")
    if host is None or (host.limits and not (program.limits and set(program.limits) <= set(host.limits))):
        raise Refused("Denied", f"the host does not allow `{program}`: run with `--allow '{program}'`")
