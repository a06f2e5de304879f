"""`lot why --atom`: why an atom of a deduction holds, as the facts and rules that it rests on, with their places.

Enters: a journal, an atom as logic writes it. Leaves: steps, each on earlier ones. The journal has facts and answers
but no rules, so the run is replayed: that gives every DEDUCE as it was. Next door: `replay.py` replays,
`world/logic/support.py` finds the steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lotterylang.check.program import LogicDeclaration
from lotterylang.run.effects import Deduce, Deduced, Effect, Failed, Reply, Row
from lotterylang.run.journal import Journal, Record
from lotterylang.shell.replay import replayed
from lotterylang.syntax.diagnostics import LotError, error

WIDEST = 40
"""Characters of an atom that all others are put in line with."""

if TYPE_CHECKING:
    from lotterylang.world.logic.open import Clingo
    from lotterylang.world.logic.support import Step, Why


@dataclass(frozen=True, slots=True)
class Reason:
    """An atom, the path of the deduction that derived it, and the steps to it. `logic` says where its rules stand."""

    atom: str
    path: str
    logic: LogicDeclaration
    steps: tuple[Step, ...]


class _Deductions(Journal):
    """A journal that keeps what was derived."""

    def __init__(self) -> None:
        super().__init__({})
        self.made: list[tuple[Deduce, Deduced]] = []

    def add(self, effect: Effect, reply: Reply) -> Record:
        """Record an effect and its reply; keep a deduction that has answers."""
        if isinstance(effect, Deduce) and isinstance(reply, Deduced) and reply.answers:
            self.made.append((effect, reply))
        return super().add(effect, reply)


def reason(journal: Path | None, atom: str, at: str | None = None) -> Reason:
    """Say why an atom holds in the last deduction of a run that has it, or in that at a path.

    Errors: those of `replayed`; LOT-E0648 for what is no atom, or one that no deduction of the run has.
    """
    from lotterylang.world.logic.open import Clingo

    wanted = _parsed(atom)
    kept = _Deductions()
    program = replayed(journal, journal=kept).program
    solver = Clingo()
    try:
        for effect, reply in reversed(kept.made):
            found = _why(solver, effect, reply, wanted) if at in (None, effect.path) else None
            if found is not None:
                return Reason(atom, effect.path, program.logics[effect.logic], found.steps)
    finally:
        solver.close()
    where = "of the run" if at is None else f"at `{at}`"
    raise _no_atom(f"no deduction {where} has `{atom}`", "`lot why` lists the paths of deductions")


def as_lines(found: Reason) -> Iterator[str]:
    """Write a reason for a person: what is rested on first."""
    yield f"{found.path}: {found.atom}"
    width = max((len(step.atom) for step in found.steps if len(step.atom) <= WIDEST), default=0)
    for number, step in enumerate(found.steps):
        mark = "└" if number == len(found.steps) - 1 else "├"
        yield f"{mark} {step.atom:<{width}}  {_told(found.logic, step)}"


def as_json(found: Reason) -> dict[str, Any]:
    """Give a reason as JSON data; facts by predicate and place from 0."""
    steps = [
        {
            "atom": step.atom,
            "fact": step.fact,
            "at": _place(found.logic, step),
            "rule": step.rule,
            "because": list(step.because),
            "told": step.told,
        }
        for step in found.steps
    ]
    return {"atom": found.atom, "path": found.path, "steps": steps}


def _told(logic: LogicDeclaration, step: Step) -> str:
    if step.fact is not None:
        name, place = step.fact
        return f"fact {place + 1} of `{name}`"
    if not step.line:
        return step.told
    return f"{_place(logic, step)}  {f'{step.told}: ' if step.told else ''}{step.rule}"


def _place(logic: LogicDeclaration, step: Step) -> str | None:
    """Give the line of a rule: in the file, or in rules that are a text of the run."""
    if not step.line:
        return None
    if logic.program is not None:
        return f"line {step.line} of `{logic.program}`"
    span = logic.node.span
    first, _ = span.source.position(span.end - 1 - len(logic.node.body))
    return f"{span.source.name}:{first + step.line - 1}"


def _why(solver: Clingo, effect: Deduce, reply: Deduced, atom: tuple[str, Row]) -> Why | None:
    """Ask why an atom holds; None where the deduction has it in no answer. Errors: LOT-E0648."""
    from lotterylang.world.logic.support import Why

    found = solver.why(effect, atom, _answer(effect, reply, atom)).result()
    if isinstance(found, Why):
        return found
    if isinstance(found, Failed) and found.kind == "NotFound":
        return None
    said = found.message if isinstance(found, Failed) else getattr(found, "why", "")
    raise _no_atom(f"the reasons of `{effect.path}` can't be told: {said}", "ask for another atom")


def _answer(effect: Deduce, reply: Deduced, atom: tuple[str, Row]) -> Mapping[str, Any] | None:
    """Give the answer that the program had; None where what it had is no single answer."""
    if effect.mode in ("must", "could"):
        return None
    name, row = atom
    having = (answer for answer in map(dict, reply.answers) if row in answer.get(name, ()))
    return next(having, dict(reply.answers[0]))


def _parsed(atom: str) -> tuple[str, Row]:
    """Read an atom. Errors: LOT-E0648."""
    import clingo

    from lotterylang.world.logic import encoding

    try:
        found = encoding.read(clingo.parse_term(atom, logger=lambda *_: None)) if atom.isprintable() else None
    except RuntimeError:
        found = None
    if found is None:
        raise _no_atom(f"`{atom}` is no atom", "write it as logic has it, as in `--atom 'sits(\"Ann\", 2)'`")
    return found


def _no_atom(message: str, help: str) -> LotError:
    return error("LOT-E0648", message, help=help)
