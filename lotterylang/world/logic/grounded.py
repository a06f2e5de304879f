"""Grounded: rules and facts as a program of clingo that can be solved, with every fact as a choice that can be assumed.

A fact that may be left out is derived from a hidden atom of its own, by its place among the facts, so that it never
stands in the way of rules that derive the same atom. Facts that always hold are cheaper to solve: clingo works them out
while it grounds. Next door: `solver.py` says which way; `cores.py` leaves facts out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lotterylang.syntax.logic.reading import Rules, Signature, refusals
from lotterylang.syntax.logic.safety import Refused, together
from lotterylang.world.logic.watch import WATCH

if TYPE_CHECKING:
    import clingo


class OutOfTime(Exception):
    """The time was over before there was an answer."""


def ground(rules: Rules, relations: Iterable[Signature], facts: Iterable[clingo.Symbol]) -> clingo.Control:
    """Ground rules with facts that hold. Errors: Refused for rules that can't be grounded."""
    control, _ = _grounded(rules, relations, facts, hold=True)
    return control


def ground_open(
    rules: Rules, relations: Iterable[Signature], facts: Sequence[clingo.Symbol]
) -> tuple[clingo.Control, list[int]]:
    """Ground rules with facts that may be left out; give the literal of each, to be assumed. Errors: Refused."""
    return _grounded(rules, relations, facts, hold=False)


def _grounded(
    rules: Rules, relations: Iterable[Signature], facts: Iterable[clingo.Symbol], hold: bool
) -> tuple[clingo.Control, list[int]]:
    import clingo

    messages: list[str] = []
    control = clingo.Control(["--warn=none"], logger=lambda _, message: messages.append(message))
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


def settings(control: clingo.Control, models: int, enumeration: str = "auto", optimise: bool = False) -> None:
    """Say how many answers are looked for (0: all), by what kind of search, and whether `#minimize` counts."""
    solve: Any = control.configuration.solve
    solve.models = models
    solve.enum_mode = enumeration
    solve.project = "show" if enumeration == "auto" and not optimise else "no"
    solve.opt_mode = "opt" if optimise else "ignore"


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
