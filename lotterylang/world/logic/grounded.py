"""Grounded: rules and facts as a program of clingo that can be solved, with every fact as a choice that can be assumed.

A fact that may be left out is derived from a hidden atom of its own, by its place among the facts, so that it never
stands in the way of rules that derive the same atom. Facts that always hold are cheaper to solve: clingo works them out
while it grounds. Next door: `solver.py` says which way; `cores.py` leaves facts out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from lotterylang.syntax.logic.reading import Rules, Signature, refusals
from lotterylang.syntax.logic.safety import Refused, together
from lotterylang.world.logic.watch import WATCH

if TYPE_CHECKING:
    import clingo


class OutOfTime(Exception):
    """The time was over before there was an answer, or before it was known whether it is all that was asked for."""


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for: so many answers (0: all), what some or all answers have, whether `#minimize` counts."""

    models: int = 1
    consequences: Literal["brave", "cautious"] | None = None
    optimises: bool = False

    @property
    def options(self) -> dict[str, str]:
        """Write it as clingo's own options."""
        is_projected = self.consequences is None and not self.optimises
        return {
            "models": str(self.models),
            "enum_mode": self.consequences or "auto",
            "project": "show" if is_projected else "no",
            "opt_mode": "opt" if self.optimises else "ignore",
        }


def ground(
    rules: Rules, relations: Iterable[Signature], facts: Iterable[clingo.Symbol], search: Search
) -> clingo.Control:
    """Ground rules with facts that hold. Errors: Refused for rules that can't be grounded."""
    control, _ = _grounded(rules, relations, facts, search, hold=True)
    return control


def ground_open(
    rules: Rules, relations: Iterable[Signature], facts: Sequence[clingo.Symbol]
) -> tuple[clingo.Control, list[int]]:
    """Ground rules with facts that may be left out; give the literal of each, to be assumed. Errors: Refused."""
    return _grounded(rules, relations, facts, Search(), hold=False)


def _grounded(
    rules: Rules, relations: Iterable[Signature], facts: Iterable[clingo.Symbol], search: Search, hold: bool
) -> tuple[clingo.Control, list[int]]:
    import clingo

    messages: list[str] = []
    # told at the start: each option that is set later costs as much as a fact
    options = [f"--{name.replace('_', '-')}={value}" for name, value in search.options.items()]
    control = clingo.Control(["--warn=none", *options], logger=lambda _, message: messages.append(message))
    try:
        shown = "".join(f"\n#show {name}/{arity}.\n#defined {name}/{arity}." for name, arity in relations)
        control.add("base", [], rules.text + shown)
        literals = []
        with control.backend() as backend:
            for fact in facts:
                atom = backend.add_atom(fact)
                literals.append(atom if hold else backend.add_atom())
                backend.add_rule([literals[-1]], choice=not hold)
                if not hold:
                    backend.add_rule([atom], [literals[-1]])
        control.ground([("base", [])])
    except RuntimeError as problem:
        if messages:
            raise together(refusals(rules.text, messages)) from None
        raise Refused(f"they can't be grounded: {problem}") from None
    return control, literals


def look_for(control: clingo.Control, search: Search) -> None:
    """Have a program that was grounded before look for something else now."""
    solve: Any = control.configuration.solve
    for name, value in search.options.items():
        setattr(solve, name, value)


def solve(
    control: clingo.Control, until: float, on_model: Callable[[clingo.Model], Any], assumptions: Sequence[int] = ()
) -> tuple[bool, bool, list[int]]:
    """Solve up to a moment of `time.monotonic`; tell whether there was an answer, whether all were seen, and the core.

    Errors: OutOfTime where neither an answer nor that there is none was found; Refused where clingo gives up.
    """
    core: list[int] = []
    try:
        with WATCH.until(control, until):
            result = control.solve(assumptions=list(assumptions), on_model=on_model, on_core=core.extend)
    except RuntimeError as problem:  # weights past what clingo adds up, more atoms than it counts
        raise Refused(f"they can't be solved: {problem}") from None
    if result.satisfiable is None:
        raise OutOfTime
    return bool(result.satisfiable), bool(result.exhausted), core


def assumed(literals: Mapping[clingo.Symbol, int], facts: Iterable[clingo.Symbol]) -> list[int]:
    """Give the assumptions under which exactly these of all kept facts hold."""
    wanted = set(facts)
    return [literal if fact in wanted else -literal for fact, literal in literals.items()]
