"""What a type must be able to do: be the key of a map, be put in order, be shown in a prompt.

A generic body asks these of its variables; every call must then give types that can. The answers to both meet here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from lotterylang.check import types
from lotterylang.check.report import Report
from lotterylang.check.types import Type, Variable, parts_of
from lotterylang.syntax.source import Span

Trait = Literal["key", "order", "show"]

_ABLE: dict[Trait, tuple[type, ...]] = {
    "key": (types.Text, types.Literal, types.Int, types.Bool, types.Enum, types.Tuple),
    "order": (types.Text, types.Literal, types.Int, types.Number, types.Bool, types.Enum, types.Tuple, types.List),
    "show": (
        *(types.Text, types.Literal, types.Int, types.Number, types.Bool, types.Enum, types.List),
        *(types.ToolCall, types.Either),
    ),
}
_CODES: dict[Trait, tuple[str, str, str, str]] = {
    "key": ("LOT-E0315", "can't be the key of a map", "no key", "use a text, int, bool, case, or a tuple of them"),
    "order": ("LOT-E0322", "has no order", "no order", "compare a field of it, or pass `by = x => …`"),
    "show": ("LOT-E0410", "can't be shown in a prompt", "no rendering", "write `json(x)`"),
}


def lacking(trait: Trait, kind: Type, variables: set[str] | None = None) -> Type | None:
    """Find the part of a type that lacks a trait. Type variables are put in `variables`: they depend on the call."""
    waiting = [kind]
    while waiting:
        part = waiting.pop()
        if isinstance(part, types.Unknown | types.Never):
            continue
        if isinstance(part, Variable):
            if variables is not None:
                variables.add(part.name)
        elif trait == "show" and types.is_hit(part):
            continue
        elif isinstance(part, _ABLE[trait]):
            waiting += parts_of(part)
        else:
            return part
    return None


@dataclass(frozen=True, slots=True)
class Use:
    """A call of a generic function: what its variable is there, in terms of the caller's own variables."""

    caller: str
    callee: str
    variable: str
    type: Type
    span: Span


@dataclass(slots=True)
class Demands:
    """What is asked of the type variables of each function, and the calls that must meet it."""

    asked: dict[tuple[str, str], set[Trait]] = field(default_factory=dict)
    uses: list[Use] = field(default_factory=list)

    def ask(self, function: str, variables: set[str], trait: Trait) -> bool:
        """Ask a trait of variables of a function. Tells whether that is news."""
        before = [trait in self.asked.get((function, v), ()) for v in variables]
        for v in variables:
            self.asked.setdefault((function, v), set()).add(trait)
        return not all(before)

    def settle(self, report: Report) -> None:
        """Hand demands on from callee to caller until nothing is new, then judge every call."""
        is_news = True
        while is_news:
            is_news = False
            for use in self.uses:
                for trait in tuple(self.asked.get((use.callee, use.variable), ())):
                    variables: set[str] = set()
                    lacking(trait, use.type, variables)
                    is_news |= self.ask(use.caller, variables, trait)
        for use in self.uses:
            for trait in sorted(self.asked.get((use.callee, use.variable), ())):
                refuse_lacking(trait, use.type, use.span, report, f"asked by `{use.callee}`")


def refuse_lacking(trait: Trait, kind: Type, span: Span, report: Report, label: str | None = None) -> bool:
    """Say that a type lacks a trait, if it does. Errors: LOT-E0315, LOT-E0322, LOT-E0410."""
    part = lacking(trait, kind)
    if part is None:
        return False
    code, fact, lacks, help = _CODES[trait]
    report.add(code, span, f"`{part}` {fact}", label or lacks, help=_help_for(trait, part, help))
    return True


def _help_for(trait: Trait, part: Type, help: str) -> str:
    if isinstance(part, types.Maybe | types.Nothing):
        return "rule `none` out first: `if x != none { … }`"
    if isinstance(part, types.Choice):
        return "write `.value`, its chosen option"
    if isinstance(part, types.Deduction):
        return "take it apart: `match x { Sat as s => …, Unsat => …, Unknown => … }`"
    if isinstance(part, types.Score):
        return "write `.sum`, `.mean` or `.lift`"
    return help
