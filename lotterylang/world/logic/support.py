"""Support: why an atom holds, as the facts and rules that it rests on, in an order in which each rests on earlier ones.

Enters: a deduction, one of its answers, an atom. Before a rule stands what else it looked at: that something does
*not* hold, and what an aggregate counts. Next door: `instances.py` has the rules at work; `solver.py` answers;
`worker.py` sends this to and fro.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

from lotterylang.run.effects import Deduce, Deduced, Failed, Row, Symbol
from lotterylang.syntax.logic.reading import Rules
from lotterylang.syntax.logic.safety import Refused
from lotterylang.world.logic import encoding
from lotterylang.world.logic.atoms import atom
from lotterylang.world.logic.grounded import OutOfTime, Search, ground, solve
from lotterylang.world.logic.instances import AtWork, Instance

if TYPE_CHECKING:
    import clingo

    from lotterylang.world.logic.solver import Solver, Task

Answer = Mapping[str, Sequence[Row]]


@dataclass(frozen=True, slots=True)
class Step:
    """An atom and what gives it: a fact, by its predicate and place among the rows, or a rule, by its line (from 1).

    What else a rule looked at is a step with neither: a literal, and `told` why it is so. Of a rule that leaves a
    choice `told` is "chosen".
    """

    atom: str
    fact: tuple[str, int] | None = None
    line: int = 0
    rule: str = ""
    because: tuple[str, ...] = ()
    told: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """Why an atom holds: steps, the last one of which gives it."""

    steps: tuple[Step, ...]


def question_why(question: dict[str, Any], atom: tuple[str, Row], answer: Answer | None) -> dict[str, Any]:
    """Turn the question for an answer into the question why an atom holds in it."""
    found = None if answer is None else [[name, [_plain(row) for row in rows]] for name, rows in answer.items()]
    return {**question, "why": [atom[0], _plain(atom[1])], "answer": found}


def why_of(data: dict[str, Any]) -> Why | Failed | Deduced:
    """Read the reply from JSON data."""
    if "kind" in data:
        return Failed(data["kind"], data["message"])
    if "outcome" in data:
        return Deduced(data["outcome"], why=data["why"])
    return Why(tuple(_step(*step) for step in data["steps"]))


def explained(solver: Solver, effect: Deduce, question: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Answer why an atom holds, as JSON data."""
    until = time.monotonic() + seconds
    name, row = question["why"][0], tuple(question["why"][1])
    try:
        task = solver.task(effect, until)
        atoms, control = _answer_set(task, (name, row), question["answer"])
        target = None if atoms is None else next((a for a in atoms if _is(a, name, row)), None)
        if atoms is None or target is None:
            return {"kind": "NotFound", "message": f"no such answer of `{effect.logic}` has `{atom(name, row)}`"}
        reasons = _Reasons(_facts(effect, task), AtWork(task.rules, atoms), task.rules)
        return {"steps": reasons.steps(target, lambda denied: _is_possible(control, denied))}
    except OutOfTime:
        return {"outcome": "unknown", "why": f"there was no answer within {seconds:g} s"}
    except Refused as refused:
        return {"kind": "Rejected", "message": refused.told(effect.logic)}


def _answer_set(task: Task, atom: tuple[str, Row], answer: Any) -> tuple[list[clingo.Symbol] | None, clingo.Control]:
    """Give all atoms of an answer set that has the answer's relations, or just the atom; None where there is none.

    With it comes the program that it is an answer set of.
    """
    control = ground(task.rules, task.relations, task.facts, Search())
    wanted = {name: {tuple(row) for row in rows} for name, rows in answer or ()}
    assumptions = []
    for name, arity in task.relations if answer is not None else [(atom[0], len(atom[1]))]:
        for found in control.symbolic_atoms.by_signature(name, arity):
            holds = _row(found.symbol) in wanted[name] if wanted else _is(found.symbol, *atom)
            if holds or wanted:
                assumptions.append(found.literal if holds else -found.literal)
    atoms: list[clingo.Symbol] = []
    solve(control, task.until, lambda model: atoms.extend(model.symbols(atoms=True)), assumptions)
    return atoms or None, control


class _Reasons:
    """Why each atom holds: None for a fact, else a rule at work. No atom rests on itself."""

    def __init__(self, facts: Mapping[clingo.Symbol, tuple[str, int]], work: AtWork, rules: Rules) -> None:
        self._facts, self._work, self._rules = facts, work, rules
        self._found: dict[clingo.Symbol, Instance | None] = {}
        found = ((head, each) for head, instances in work.instances().items() for each in instances)
        # what must hold is never told as chosen
        order = sorted(found, key=lambda each: (self._chooses(each[1]), each[1].place, str(each)))
        lacking = [len(set(each.body)) for _, each in order]
        resting: dict[clingo.Symbol, list[int]] = {}
        for rank, (_, each) in enumerate(order):
            for part in dict.fromkeys(each.body):
                resting.setdefault(part, []).append(rank)
        ready = [rank for rank, count in enumerate(lacking) if count == 0]
        known: list[tuple[clingo.Symbol, Instance | None]] = [(fact, None) for fact in facts]
        while known or ready:
            atom, reason = known.pop() if known else order[heappop(ready)]
            if atom in self._found:
                continue
            self._found[atom] = reason
            for rank in resting.get(atom, ()):
                lacking[rank] -= 1
                if lacking[rank] == 0:
                    heappush(ready, rank)

    def steps(self, target: clingo.Symbol, is_possible: Callable[[clingo.Symbol], bool]) -> list[Any]:
        """Give the steps to an atom as JSON data. Errors: Refused where it rests on itself by way of an aggregate."""
        if target not in self._found:
            raise Refused(f"`{target}` rests on an aggregate that it is part of")
        needed: dict[clingo.Symbol, None] = {}
        waiting = [(target, False)]
        while waiting:
            atom, is_ready = waiting.pop()
            if is_ready or atom in needed:
                needed.setdefault(atom)
                continue
            waiting.append((atom, True))
            reason = self._found[atom]
            waiting.extend((part, False) for part in reversed(reason.body if reason is not None else ()))
        steps = [step for atom in needed for step in self._steps_of(atom, is_possible)]
        return list({step[0]: step for step in steps}.values())

    def _chooses(self, instance: Instance) -> bool:
        """Tell whether a rule leaves open which of the atoms at its head it gives."""
        return bool(self._rules.statements[instance.place].head.ast_type.name != "Literal")

    def _steps_of(self, atom: clingo.Symbol, is_possible: Callable[[clingo.Symbol], bool]) -> Iterator[list[Any]]:
        reason = self._found[atom]
        if reason is None:
            yield [str(atom), list(self._facts[atom]), 0, "", [], ""]
            return
        beside = [_denied(sign, each, is_possible) for sign, each in reason.denied]
        beside += [(literal, f"of {elements}") for literal, elements in self._work.counted(reason)]
        for literal, told in beside:
            yield [literal, None, 0, "", [], told]
        statement = self._rules.statements[reason.place]
        because = [*map(str, reason.body), *(literal for literal, _ in beside)]
        told = "chosen" if self._chooses(reason) else ""
        yield [str(atom), None, statement.location.begin.line, str(statement), because, told]


def _denied(sign: int, atom: clingo.Symbol, is_possible: Callable[[clingo.Symbol], bool]) -> tuple[str, str]:
    if sign == 2:
        return f"not not {atom}", "it is in this answer"
    return f"not {atom}", "it is not in this answer" if is_possible(atom) else "nothing gives it"


def _is_possible(control: clingo.Control, pattern: clingo.Symbol) -> bool:
    """Tell whether any answer may have an atom; `_` in it stands for anything."""
    if "_" not in map(str, pattern.arguments):
        return control.symbolic_atoms[pattern] is not None
    atoms = control.symbolic_atoms.by_signature(pattern.name, len(pattern.arguments), pattern.positive)
    return any(
        all(str(wanted) in ("_", str(term)) for wanted, term in zip(pattern.arguments, a.symbol.arguments, strict=True))
        for a in atoms
    )


def _facts(effect: Deduce, task: Task) -> dict[clingo.Symbol, tuple[str, int]]:
    places = [(name, place) for name, rows in effect.facts for place in range(len(rows))]
    found: dict[clingo.Symbol, tuple[str, int]] = {}
    for fact, place in zip(task.facts, places, strict=True):
        found.setdefault(fact, place)
    return found


def _is(atom: clingo.Symbol, name: str, row: Row) -> bool:
    return encoding.read(atom) == (name, row)


def _row(atom: clingo.Symbol) -> Row:
    """Give the terms of an atom of a relation. Errors: Refused for what is no value."""
    plain = encoding.read(atom)
    if plain is None:
        raise encoding.no_value(atom)
    return plain[1]


def _plain(row: Row) -> Row:
    return tuple(term.name if isinstance(term, Symbol) else term for term in row)


def _step(atom: str, fact: list[Any] | None, line: int, rule: str, because: list[str], told: str) -> Step:
    return Step(atom, None if fact is None else (fact[0], fact[1]), line, rule, tuple(because), told)
