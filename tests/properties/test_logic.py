"""Small programs by chance: clingo behind the door derives what trying all sets of atoms does, and cores are least."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, combinations
from typing import Any

import pytest
from deductions import deduce
from hypothesis import given, settings
from hypothesis import strategies as st

from lotterylang.run.effects import Deduce, Deduced, Failed, Symbol
from lotterylang.world.logic.encoding import packed, unpacked
from lotterylang.world.logic.solver import Solver
from lotterylang.world.logic.support import Step, explained

ATOMS = ("h(1)", "h(2)", "h(3)")
FACTS = ("f(1)", "f(2)", "f(3)", "f(4)")
SOLVER = Solver()
"""One for all programs: what it keeps must never show."""


@pytest.fixture(scope="module", autouse=True)
def _let_go() -> Iterator[None]:
    yield
    SOLVER.forget()  # clingo's programs must not outlive clingo


@dataclass(frozen=True)
class Rule:
    """`head :- positive, not negative.`; without a head it is a constraint; a choice may leave its head out."""

    head: str | None
    is_choice: bool
    positive: frozenset[str]
    negative: frozenset[str]

    def __str__(self) -> str:
        body = ", ".join([*sorted(self.positive), *(f"not {atom}" for atom in sorted(self.negative))])
        head = "" if self.head is None else f"{{{self.head}}}" if self.is_choice else self.head
        return f"{head} :- {body}." if body else f"{head}."


def _rules() -> st.SearchStrategy[list[Rule]]:
    some = st.frozensets(st.sampled_from(ATOMS + FACTS), max_size=2)
    derived = st.builds(Rule, st.sampled_from(ATOMS), st.booleans(), some, some)
    bodies = st.tuples(some, some).filter(any)
    constraint = bodies.map(lambda body: Rule(None, False, *body))
    return st.lists(derived | constraint, max_size=7)


def _subsets(items: Any) -> Any:
    listed = sorted(items)
    return map(frozenset, chain.from_iterable(combinations(listed, n) for n in range(len(listed) + 1)))


def _answer_sets(rules: list[Rule], facts: frozenset[str]) -> set[frozenset[str]]:
    """Try every set of atoms: an answer set is what follows from the rules that are left when it is believed."""
    return {chosen for chosen in _subsets(ATOMS) if _is_stable(rules, facts, chosen | facts)}


def _is_stable(rules: list[Rule], facts: frozenset[str], believed: frozenset[str]) -> bool:
    known, grows = set(facts), True
    while grows:
        grows = False
        for rule in rules:
            holds = rule.positive <= known and not rule.negative & believed
            if (
                holds
                and rule.head is not None
                and rule.head not in known
                and (not rule.is_choice or rule.head in believed)
            ):
                known.add(rule.head)
                grows = True
    broken = any(r.head is None and r.positive <= known and not r.negative & believed for r in rules)
    return known == believed and not broken


def _ask(rules: list[Rule], facts: list[str], mode: Any = None, most: int | None = None) -> Deduced | Failed:
    return SOLVER.answer(_deduction(rules, facts, mode, most), 30)


def _deduction(rules: list[Rule], facts: list[str], mode: Any = None, most: int | None = None) -> Deduce:
    """Write a rule a line."""
    text = "\n".join(map(str, rules)) + "\n#defined f/1. #defined h/1. "
    return deduce(text, "h/1", mode=mode, most=most, f=[int(fact[2]) for fact in facts])


def _atoms(reply: Deduced | Failed, number: int = 0) -> frozenset[str]:
    assert isinstance(reply, Deduced) and reply.outcome == "sat", reply
    return frozenset(f"h({row[0]})" for row in dict(reply.answers[number])["h"])


@settings(max_examples=150, deadline=None)
@given(_rules(), st.lists(st.sampled_from(FACTS), unique=True))
def test_answers_are_the_answer_sets(rules: list[Rule], facts: list[str]) -> None:
    expected = _answer_sets(rules, frozenset(facts))
    for _ in range(2):  # grounded afresh, and from what is kept
        one, must, could = (_ask(rules, facts, mode) for mode in (None, "must", "could"))
        every = _ask(rules, facts, "models", 99)
        if not expected:
            _assert_least(rules, facts, one)
            assert one == must == could == every
            continue
        assert _atoms(one) in expected and one == _ask(rules, facts, "models", 1)
        assert _atoms(must) == frozenset.intersection(*expected) and _atoms(could) == frozenset.union(*expected)
        found = [_atoms(every, number) for number in range(len(every.answers))]  # type: ignore[union-attr]
        assert set(found) == expected and len(found) == len(expected)


@settings(max_examples=80, deadline=None)
@given(_rules(), st.lists(st.sampled_from(FACTS), unique=True))
def test_reasons_are_proofs(rules: list[Rule], facts: list[str]) -> None:
    """Every step is a fact, or a rule whose body stands above it or is not in the answer; none rests on itself."""
    effect = _deduction(rules, facts)
    for answer in _answer_sets(rules, frozenset(facts)):
        held = [["h", [[int(atom[2])] for atom in answer if atom[0] == "h"]]]
        for atom in answer & frozenset(ATOMS):
            question = {"why": ["h", [int(atom[2])]], "answer": held}
            known: set[str] = set()
            for found in explained(SOLVER, effect, question, 30)["steps"]:
                step = Step(*found)
                assert step.atom in facts if step.fact else set(step.because) <= known
                if step.line:
                    rule = rules[step.line - 1]
                    assert rule.head == step.atom and (step.told == "chosen") == rule.is_choice
                    assert set(step.because) == rule.positive | {f"not {each}" for each in rule.negative}
                elif step.told:
                    assert step.atom.removeprefix("not ") not in answer
                known.add(step.atom)
            assert step.atom == atom


def _assert_least(rules: list[Rule], facts: list[str], reply: Deduced | Failed) -> None:
    assert isinstance(reply, Deduced) and reply.outcome == "unsat"
    core = frozenset(facts[place] for place in dict(reply.core)["f"])
    assert not _can_hold(rules, frozenset(facts), core)
    for fact in core:
        assert _can_hold(rules, frozenset(facts), core - {fact})


def _can_hold(rules: list[Rule], facts: frozenset[str], held: frozenset[str]) -> bool:
    """Tell whether these facts have an answer together with some choice of the others."""
    return any(_answer_sets(rules, held | others) for others in _subsets(facts - held))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=6), st.permutations(range(6)))
def test_without_any_fact_of_its_core_a_clash_is_none(pairs: list[tuple[int, int]], order: list[int]) -> None:
    rules = "#defined clash/2. :- clash(X, Y), fact(X), fact(Y)." + "".join(f" clash({x}, {y})." for x, y in pairs)
    reply = SOLVER.answer(deduce(rules, "fact/1", fact=order), 30)
    assert isinstance(reply, Deduced)
    assert (reply.outcome == "unsat") == bool(pairs)
    named = [order[place] for place in dict(reply.core).get("fact", ())]
    for left in [named, *(named[:n] + named[n + 1 :] for n in range(len(named)))]:
        again = SOLVER.answer(deduce(rules, "fact/1", fact=left), 30)
        assert isinstance(again, Deduced) and again.outcome == ("unsat" if left == named and pairs else "sat")


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
TERMS = TEXTS | st.integers(1 - 2**31, 2**31 - 1) | st.sampled_from([Symbol("metal"), Symbol("wood")])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(TERMS, TERMS), max_size=6))
def test_facts_come_back_as_they_went(rows: list[tuple[Any, Any]]) -> None:
    reply = SOLVER.answer(deduce("out(X, Y) :- told(X, Y).", "out/2", told=rows), 30)
    plain = {tuple(t.name if isinstance(t, Symbol) else t for t in row) for row in rows}
    assert isinstance(reply, Deduced)
    assert set(dict(reply.answers[0])["out"]) == plain and len(dict(reply.answers[0])["out"]) == len(plain)
    assert unpacked(packed(rows)) == tuple(rows)
