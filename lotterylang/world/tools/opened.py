"""One declared tool, opened: its definition and the leave it has, or why it has none.

Enters: what stands after `=`, the names of the declared parameters, and both grants. Leaves: what `door.py` runs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lotterylang.run.effects import Call
from lotterylang.syntax.diagnostics import error
from lotterylang.world.tools.data import packed
from lotterylang.world.tools.definition import Definition
from lotterylang.world.tools.foreign import Describe, described, is_foreign
from lotterylang.world.tools.grants import Grant, acting, agreed
from lotterylang.world.tools.leaves import Leave
from lotterylang.world.tools.loading import load
from lotterylang.world.tools.refusal import Refused


@dataclass(frozen=True, slots=True)
class Opened:
    """A tool that can be called. `denied` is why it may not be, and then each call says so."""

    definition: Definition
    folder: Path
    leave: Leave | None = None
    denied: Refused | None = None

    @property
    def identity(self) -> str:
        """Identify what answers, for the journal: where it is found, what it takes and gives, what it may use."""
        used = "" if self.leave is None else f" within {self.leave.entries}"
        return f"{self.definition.source}: {self.definition.signature}{used}"

    def see_leave(self) -> None:
        """See that the tool may be called. Errors: Refused Denied, which says what to grant."""
        if self.denied is not None:
            raise Refused(self.denied.kind, self.denied.message)

    def request(self, effect: Call) -> dict[str, Any]:
        """Write a call for a worker."""
        return {**self.start(), "arguments": [[name, packed(data)] for name, data in effect.arguments]}

    def start(self) -> dict[str, Any]:
        """Write for a worker what a call begins with: start what the tool stands on."""
        return {
            "source": self.definition.source,
            "folder": str(self.folder),
            "leave": None if self.leave is None else self.leave.entries,
        }


def open_tool(
    source: str,
    parameters: Sequence[str] | None,
    folder: Path,
    program: Grant | None = None,
    host: Grant | None = None,
    limit_s: float | None = None,
    pure: bool = False,
    describe: Describe = described,
) -> Opened:
    """Open a tool. `parameters` are the declaration's; None sees nothing after. Units: `limit_s` in seconds,
    of which a start has as many once more.

    `pure`: the program says that it only computes, so that a call may be repeated; the leave that it needs stays.
    `describe` loads what is not ours, in a process that is not this one.

    Errors: LOT-E0605 where nothing answers it, or what answers takes other parameters. A grant that lacks is no error
    before the tool is called.
    """
    definition = describe(source, folder) if is_foreign(source) else load(source, folder)
    if parameters is not None and not definition.signature.takes_any:
        _see_parameters(definition, parameters)
    if limit_s is not None:
        starts_s = min(definition.traits.start_s, limit_s)
        definition = replace(definition, traits=replace(definition.traits, limit_s=limit_s, start_s=starts_s))
    name = re.split("[.:/]", source.partition("(")[0])[-1]
    opened = _with_leave(definition, name, folder, program, host)
    if not pure:
        return opened
    traits = replace(opened.definition.traits, acts=False, repeats=True)
    return replace(opened, definition=replace(opened.definition, traits=traits))


def _with_leave(definition: Definition, name: str, folder: Path, program: Grant | None, host: Grant | None) -> Opened:
    """Open a tool with the leave that both give, or with why they don't."""
    try:
        if definition.leave is not None:
            leave = agreed(name, definition.leave, program, host, folder)
            return Opened(definition, folder, leave)
        if definition.traits.acts and not definition.traits.inside:
            acting(name, program, host)
    except Refused as refused:
        return Opened(definition, folder, None, refused)
    return Opened(definition, folder)


def _see_parameters(definition: Definition, declared: Sequence[str]) -> None:
    """See that declared parameters are the function's: by name, or all of them by place under names of their own."""
    known = [parameter.name for parameter in definition.signature.parameters]
    needed = [parameter.name for parameter in definition.signature.parameters if parameter.needed]
    if not any(name in known for name in declared):
        declared = known[: len(declared)] if len(declared) <= len(known) else declared
    strange = [name for name in declared if name not in known]
    missing = [name for name in needed if name not in declared]
    if strange or missing:
        wrong = f"has no `{strange[0]}`" if strange else f"needs `{missing[0]}`"
        help = f"it is `{definition.signature}`"
        raise error("LOT-E0605", f"`{definition.source}` {wrong}", help=help)
