"""Solver: one deduction in, one reply out, in one process. It keeps what it has read and grounded for the next one.

The reply depends on the deduction alone, never on what was asked before. So a program that was solved before answers
only where one answer is possible: what all answer sets share, what any of them has, an answer set that is the only
one, or all of them. Where there is a choice, and for cores, a fresh program is solved. What is kept has its facts as
choices, to be assumed. It is made when facts come a second time, and for flat rules alone, since other rules may be
finite only *because* a fact holds. Next door: `syntax/logic/reading.py` says which are flat; `grounded.py` solves;
`cores.py` says what contradicts; `worker.py` runs this where it can be killed.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from lotterylang.run.effects import Deduce, Deduced, Failed, Row
from lotterylang.syntax.logic.faults import unbound, underived
from lotterylang.syntax.logic.reading import Rules, Signature, read, unknown
from lotterylang.syntax.logic.safety import Refused, together
from lotterylang.world.logic import encoding
from lotterylang.world.logic.cores import core
from lotterylang.world.logic.grounded import OutOfTime, Search, assumed, ground, ground_open, look_for, solve

if TYPE_CHECKING:
    import clingo

MOST_KEPT = 32
"""Programs, and texts of rules, that are kept; the one that was used longest ago goes first."""

MOST_OPEN_FACTS = 100
"""With more facts than these, solving them as choices costs more than grounding them afresh."""

NOT_BEST = "it was over before it was known whether any answer is better"
NOT_ALL = "it was over before all answers were found"
NOT_FEWER = "it was over before it was known whether fewer do"
"""What is said where time or memory ended before that."""

TELLS_EVERY_S = 0.2
"""How long a search goes on before it tells of the best answer so far."""

Answer = tuple[tuple[str, tuple[Row, ...]], ...]
Tell = Callable[[Deduced], None]


@dataclass(frozen=True, slots=True)
class Task:
    """A deduction as clingo has it: rules that were read, facts as symbols, and when it must be over."""

    rules: Rules
    relations: tuple[Signature, ...]
    facts: tuple[clingo.Symbol, ...]
    mode: Literal["must", "could", "best", "models"] | None
    most: int
    until: float


@dataclass(frozen=True, slots=True)
class _Kept:
    control: clingo.Control
    literals: dict[clingo.Symbol, int]


class Solver:
    """What answers deductions one after another."""

    def __init__(self) -> None:
        self._read: OrderedDict[str, tuple[Rules, list[Refused]] | Refused] = OrderedDict()
        self._kept: OrderedDict[tuple[str, tuple[Signature, ...]], _Kept] = OrderedDict()
        self._seen: OrderedDict[tuple[str, tuple[Signature, ...]], dict[clingo.Symbol, None]] = OrderedDict()

    def answer(self, effect: Deduce, seconds: float, tell: Tell = lambda _: None) -> Deduced | Failed:
        """Answer a deduction within `seconds`, as far as clingo can be interrupted: while it grounds, it can't.

        `tell` is told what would be the reply if there were no time or memory for more: of facts that contradict each
        other before their core is known, and now and then of the best answer so far. Rules that can't be read are
        `Failed`, and so is what they derive that is no value.
        """
        until = time.monotonic() + seconds
        try:
            return self._answer(self.task(effect, until), effect, tell)
        except OutOfTime:
            return Deduced("unknown", why=f"there was no answer within {seconds:g} s")
        except Refused as refused:
            return Failed("Rejected", refused.told(effect.logic))

    def forget(self) -> None:
        """Let go of all that is kept."""
        self._kept.clear()
        self._seen.clear()
        self._read.clear()

    def task(self, effect: Deduce, until: float) -> Task:
        """Read rules and facts. Errors: Refused."""
        rules, unsafe = self._rules(effect.rules)
        given = {name: len(rows[0]) if rows else None for name, rows in effect.facts}
        lacking = underived(rules, effect.relations, given)
        found = [*unsafe, *unknown(rules, given), *(Refused(fact, help=help) for fact, help in lacking.values())]
        if found:
            raise together(found)
        facts = tuple(encoding.symbol(name, row) for name, rows in effect.facts for row in rows)
        most = 1 if effect.most is None else effect.most
        return Task(rules, effect.relations, facts, effect.mode, most, until)

    def _rules(self, text: str) -> tuple[Rules, list[Refused]]:
        """Give rules as they are read, and those of which a variable is bound by nothing. Errors: Refused."""
        if text not in self._read:
            try:
                rules = read(text)
                self._read[text] = rules, unbound(rules)
            except Refused as refused:
                self._read[text] = refused
        found: tuple[Rules, list[Refused]] | Refused = _used(self._read, text)
        if isinstance(found, Refused):
            raise found
        return found

    def _answer(self, task: Task, effect: Deduce, tell: Tell) -> Deduced:
        if task.mode == "models" and task.most < 1:
            return Deduced("sat")
        found = self._from_kept(task)
        if found is None:
            control = ground(task.rules, task.relations, task.facts, _search(task))
            reply = _best(task, control, tell) if task.mode == "best" else _searched(task, control)
        else:
            reply = Deduced("sat", tuple(found))
        if reply.outcome == "unknown" or reply.answers:
            return reply
        everything = tuple(range(len(task.facts)))
        tell(Deduced("unsat", core=_by_predicate(effect, everything), why=NOT_FEWER))
        places, is_least = core(task.rules, task.relations, task.facts, task.until)
        return Deduced("unsat", core=_by_predicate(effect, places), why="" if is_least else NOT_FEWER)

    def _from_kept(self, task: Task) -> list[Answer] | None:
        """Give the answers where they can't depend on what was asked before; None where they may."""
        if task.mode == "best" or not task.rules.is_flat or len(task.facts) > MOST_OPEN_FACTS:
            return None
        kept = self._program(task)
        if kept is None:
            return None
        try:
            return self._solved(task, kept)
        finally:
            if time.monotonic() >= task.until:  # an interrupt may still be on its way
                self._kept.pop((task.rules.text, task.relations), None)

    def _solved(self, task: Task, kept: _Kept) -> list[Answer] | None:
        assumptions, search = assumed(kept.literals, task.facts), _search(task)
        if search.consequences is not None:
            look_for(kept.control, search)
            return _consequences(task, kept.control, assumptions)
        found: list[Sequence[clingo.Symbol]] = []
        look_for(kept.control, replace(search, models=task.most + 1))
        _, is_all, _ = solve(kept.control, task.until, lambda m: found.append(m.symbols(shown=True)), assumptions)
        return _sorted(task, found) if is_all and len(found) <= task.most else None

    def _program(self, task: Task) -> _Kept | None:
        """Give a program that has all facts of the task; None where one of them is seen for the first time."""
        key, facts = (task.rules.text, task.relations), dict.fromkeys(task.facts)
        seen = self._seen.setdefault(key, {})
        _used(self._seen, key)
        if not facts.keys() <= seen.keys():
            if len(seen) + len(facts) > MOST_OPEN_FACTS:
                seen.clear()
            seen.update(facts)
            return None
        if key not in self._kept or not facts.keys() <= self._kept[key].literals.keys():
            control, literals = ground_open(task.rules, task.relations, list(seen))
            self._kept[key] = _Kept(control, dict(zip(seen, literals, strict=True)))
        found: _Kept = _used(self._kept, key)
        return found


def _search(task: Task) -> Search:
    """Say what a task looks for."""
    if task.mode == "best":
        return Search(0 if task.rules.minimises else 1, optimises=True)
    if task.mode in ("must", "could"):
        return Search(0, "cautious" if task.mode == "must" else "brave")
    return Search(task.most)


def _searched(task: Task, control: clingo.Control) -> Deduced:
    """Give what a fresh program has: `sat` without answers where it has none. Errors: OutOfTime, Refused."""
    if task.mode in ("must", "could"):
        return Deduced("sat", tuple(_consequences(task, control, ())))
    found: list[Sequence[clingo.Symbol]] = []
    _, is_all, _ = solve(control, task.until, lambda model: found.append(model.symbols(shown=True)))
    answers = tuple(_sorted(task, found))
    if is_all or len(found) >= task.most:
        return Deduced("sat", answers)
    return Deduced("unknown", answers, why=NOT_ALL)


def _best(task: Task, control: clingo.Control, tell: Tell) -> Deduced:
    """Give the best answer of a fresh program, as `unknown` where a better one may be. Errors as in `_searched`."""
    found: list[Sequence[clingo.Symbol]] = []
    told = time.monotonic()

    def see(model: clingo.Model) -> None:
        nonlocal told
        found[:] = [model.symbols(shown=True)]
        if time.monotonic() >= told + TELLS_EVERY_S:
            with suppress(Refused):  # of this answer; another one may be better
                tell(Deduced("unknown", (_answer_of(task, found[0]),), why=NOT_BEST))
            told = time.monotonic()

    _, is_all, _ = solve(control, task.until, see)
    answers = tuple(_answer_of(task, atoms) for atoms in found)
    if is_all or not task.rules.minimises:
        return Deduced("sat", answers)
    return Deduced("unknown", answers, why=NOT_BEST)


def _consequences(task: Task, control: clingo.Control, assumptions: Any) -> list[Answer]:
    found: list[Sequence[clingo.Symbol]] = []
    _, is_all, _ = solve(control, task.until, lambda model: found.append(model.symbols(shown=True)), assumptions)
    if not is_all:
        raise OutOfTime
    return [_answer_of(task, atoms) for atoms in found[-1:]]


def _sorted(task: Task, found: Iterable[Sequence[clingo.Symbol]]) -> list[Answer]:
    return sorted((_answer_of(task, atoms) for atoms in found), key=_order)


def _answer_of(task: Task, atoms: Iterable[clingo.Symbol]) -> Answer:
    """Read the relations out of the atoms of an answer set. Errors: Refused for what is no value."""
    found: dict[Signature, list[Row]] = {relation: [] for relation in task.relations}
    for atom in atoms:
        plain = encoding.read(atom)
        if plain is not None:
            name, row = plain
            if (name, len(row)) in found:
                found[name, len(row)].append(row)
        elif atom.positive and (atom.name, len(atom.arguments)) in found:
            raise encoding.no_value(atom)
    return tuple((name, encoding.ordered(found[name, arity])) for name, arity in task.relations)


def _order(answer: Answer) -> list[Any]:
    return [[encoding.key(row) for row in rows] for _, rows in answer]


def _by_predicate(effect: Deduce, places: tuple[int, ...]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Turn places among all facts into places among the rows of each predicate."""
    found, first = [], 0
    for name, rows in effect.facts:
        found.append((name, tuple(p - first for p in places if first <= p < first + len(rows))))
        first += len(rows)
    return tuple(found)


def _used(kept: OrderedDict[Any, Any], key: Any) -> Any:
    """Give what is kept under a key, as used just now; let go of what was used longest ago."""
    kept.move_to_end(key)
    while len(kept) > MOST_KEPT:
        kept.popitem(last=False)
    return kept[key]
