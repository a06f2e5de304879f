"""Support: why an atom holds, as the facts and rules that it rests on, in an order in which each rests on earlier ones.

Enters: a deduction, one of its answers, an atom. In the answer set every rule is either at work or not: so each is
grounded once more over the answer's atoms as facts, with a head that tells which atom it gives out of which. What holds
because something does *not*, or by an aggregate, is seen in the rule, not listed. Next door: `solver.py` answers;
`worker.py` sends this to and fro.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lotterylang.run.effects import Deduce, Deduced, Failed, Row, Symbol
from lotterylang.syntax.logic.reading import Rules, fresh_name
from lotterylang.syntax.logic.safety import Refused
from lotterylang.world.logic import encoding
from lotterylang.world.logic.grounded import OutOfTime, Search, ground, solve

if TYPE_CHECKING:
    import clingo

    from lotterylang.world.logic.solver import Solver, Task

Answer = Mapping[str, Sequence[Row]]


@dataclass(frozen=True, slots=True)
class Step:
    """An atom and what gives it: a fact, by its predicate and place among the rows, or a rule, by its line (from 1)."""

    atom: str
    fact: tuple[str, int] | None = None
    line: int = 0
    rule: str = ""
    because: tuple[str, ...] = ()


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
        atoms = _answer_set(task, (name, row), question["answer"])
        target = None if atoms is None else next((a for a in atoms if _is(a, name, row)), None)
        if atoms is None or target is None:
            return {"kind": "NotFound", "message": f"no such answer of `{effect.logic}` has `{name}{row}`"}
        return {"steps": _steps(target, _facts(effect, task), _instances(task.rules, atoms), task.rules)}
    except OutOfTime:
        return {"outcome": "unknown", "why": f"there was no answer within {seconds:g} s"}
    except Refused as refused:
        return {"kind": "Rejected", "message": refused.told(effect.logic)}


def _answer_set(task: Task, atom: tuple[str, Row], answer: Any) -> list[clingo.Symbol] | None:
    """Give all atoms of an answer set that has the answer's relations, or just the atom; None where there is none."""
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
    return atoms or None


def _instances(rules: Rules, atoms: Iterable[clingo.Symbol]) -> dict[clingo.Symbol, list[tuple[int, Any]]]:
    """Give what each atom follows from: the rule, by its place, and the atoms of its body."""
    import clingo
    from clingo import ast

    told = fresh_name(rules.text, "lot_why")
    control = clingo.Control(["--warn=none"], logger=lambda *_: None)
    with control.backend() as backend:
        for atom in atoms:
            backend.add_rule([backend.add_atom(atom)])
    with ast.ProgramBuilder(control) as builder:
        for place, statement in enumerate(rules.statements):
            if statement.ast_type.name == "Definition":
                builder.add(statement)
            if statement.ast_type.name == "Rule":
                for rule in _telling(statement, told, place):
                    builder.add(rule)
    control.ground([("base", [])])
    found: dict[clingo.Symbol, list[tuple[int, Any]]] = {}
    for each in control.symbolic_atoms.by_signature(told, 3):
        number, head, body = each.symbol.arguments
        found.setdefault(head, []).append((number.number, tuple(body.arguments)))
    return found


def _telling(rule: Any, told: str, place: int) -> Iterable[Any]:
    """Give rules that tell when a rule is at work: for which atom of its head, out of which atoms of its body."""
    import clingo
    from clingo import ast

    at = rule.location
    for literal, condition in _heads(rule.head):
        body, because = [ast.Literal(at, ast.Sign.NoSign, literal.atom)], []
        for number, part in enumerate([*rule.body, *condition]):
            if part.ast_type.name == "Literal" and part.sign == 0 and part.atom.ast_type.name == "SymbolicAtom":
                part = _named(part, number)
                because.append(part.atom.symbol)
            body.append(part)
        terms = [ast.SymbolicTerm(at, clingo.Number(place)), literal.atom.symbol, ast.Function(at, "", because, 0)]
        head = ast.Literal(at, ast.Sign.NoSign, ast.SymbolicAtom(ast.Function(at, told, terms, 0)))
        yield ast.Rule(at, head, body)


def _named(literal: Any, number: int) -> Any:
    """Name what stands for anything in a literal, `_`, since a head may not have it."""
    from clingo import ast

    class Naming(ast.Transformer):
        count = 0

        def visit_Variable(self, node: Any) -> Any:  # noqa: N802 (clingo's name)
            self.count += 1
            return node.update(name=f"Lot_{number}_{self.count}") if node.name == "_" else node

    return Naming().visit(literal)


def _heads(head: Any) -> list[tuple[Any, list[Any]]]:
    """Give the literals that a head may derive, each with what it holds under."""
    kind = head.ast_type.name
    if kind == "Literal":
        found: list[tuple[Any, list[Any]]] = [(head, [])]
    else:
        elements = [e.condition if kind == "HeadAggregate" else e for e in getattr(head, "elements", ())]
        found = [(element.literal, list(element.condition)) for element in elements]
    return [(each, under) for each, under in found if each.sign == 0 and each.atom.ast_type.name == "SymbolicAtom"]


def _steps(
    target: clingo.Symbol, facts: Mapping[clingo.Symbol, tuple[str, int]], instances: Mapping[Any, Any], rules: Rules
) -> list[Any]:
    """Give the steps to an atom as JSON data. Errors: Refused where it rests on itself by way of an aggregate."""

    reasons: dict[Any, tuple[int, Any] | None] = dict.fromkeys(facts)
    order = sorted((n, str(head), str(body), head, body) for head, found in instances.items() for n, body in found)
    grows = True
    while grows and target not in reasons:
        grows = False
        for number, _, _, head, body in order:
            if head not in reasons and all(part in reasons for part in body):
                reasons[head], grows = (number, body), True
    if target not in reasons:
        raise Refused(f"`{target}` rests on an aggregate that it is part of")
    needed: dict[clingo.Symbol, None] = {}
    waiting = [(target, False)]
    while waiting:
        atom, is_ready = waiting.pop()
        if is_ready or atom in needed:
            needed.setdefault(atom)
            continue
        waiting.append((atom, True))
        reason = reasons[atom]
        waiting.extend((part, False) for part in reversed(reason[1] if reason else ()))
    return [_told(atom, facts, reasons[atom], rules) for atom in needed]


def _told(atom: Any, facts: Mapping[Any, tuple[str, int]], reason: tuple[int, Any] | None, rules: Rules) -> list[Any]:
    if reason is None:
        return [str(atom), list(facts[atom]), 0, "", []]
    statement = rules.statements[reason[0]]
    return [str(atom), None, statement.location.begin.line, str(statement), [str(part) for part in reason[1]]]


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


def _step(atom: str, fact: list[Any] | None, line: int, rule: str, because: list[str]) -> Step:
    return Step(atom, None if fact is None else (fact[0], fact[1]), line, rule, tuple(because))
