"""What crosses to tools, indexes and logic, and what comes back: values as data, and replies as values by their types.

Next door: `lower/outside.py` has the instructions, `effects.py` the data.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from lotterylang.check.program import LogicDeclaration
from lotterylang.check.types import Tool, Type
from lotterylang.run.convert import Mismatch, from_json, shortened, shown
from lotterylang.run.effects import Called, Deduce, Deduced, Hit, Row, Symbol, Term
from lotterylang.run.needs import Need
from lotterylang.run.values import Case, Failure, Record, Tuple, Value, number, rounded

MOST_FILTERED = 1_000
"""Hits that an index is asked for where a `where` says more than it can look up."""

LARGEST_TERM = 2**31 - 1
"""Logic counts in 32 bits."""


def called(tool: Tool, reply: Called) -> Value:
    """Give what a tool gave. Errors: Failure ToolFailed for what is not of its type."""
    try:
        return from_json(tool.result, reply.value)
    except Mismatch as problem:
        raise Failure("ToolFailed", f"`{tool.name}` gave something else than `{tool.result}`: {problem}") from None


# searching


def passages(listed: Value) -> tuple[Hit, ...]:
    """Give the passages of a list of texts or hits; the source of a text is its position, from 0."""
    return tuple(
        Hit(item, "", 0, str(place)) if isinstance(item, str) else _passage(item) for place, item in enumerate(listed)
    )


def _passage(hit: Record) -> Hit:
    return Hit(**{**hit.fields, "meta": tuple(hit.fields["meta"].items())})


def hit(passage: Hit) -> Record:
    """Give a passage as the value of type `Hit`."""
    score = rounded(passage.score) if isinstance(passage.score, float) else number(Fraction(passage.score))
    plain = {"text": passage.text, "title": passage.title, "score": score, "source": passage.source}
    return Record("Hit", plain | {"meta": dict(passage.meta)})


def needed(key: Value, sign: str, value: Value) -> Need | None:
    """Give what the `where` of a FIND says of metadata; None for what no metadata can be held against."""
    texts = tuple(each for each in value if isinstance(each, str)) if isinstance(value, tuple) else (value,)
    is_plain = isinstance(key, str) and isinstance(value, tuple if sign == "in" else str)
    return Need(key, sign, texts) if is_plain else None  # type: ignore[arg-type]


# deriving


def rows(name: str, value: Value) -> tuple[Row, ...]:
    """Give the facts of a predicate: one a value, or one an item of a list. Errors: Failure Undefined past 32 bits."""
    items = value if isinstance(value, tuple) and not isinstance(value, Tuple) else (value,)
    return tuple(tuple(_term(name, part) for part in (i if isinstance(i, Tuple) else (i,))) for i in items)


def _term(name: str, value: Value) -> Term:
    if isinstance(value, bool):
        return Symbol("true" if value else "false")
    if isinstance(value, Case):
        return Symbol(value.name)
    if isinstance(value, int) and abs(value) > LARGEST_TERM:
        raise Failure("Undefined", f"{shortened(shown(value))} in `{name}` is too large for logic, which has 32 bits")
    return value  # type: ignore[no-any-return]


def deduction(path: str, logic: LogicDeclaration, mode: Any, most: int | None, values: Mapping[str, Value]) -> Deduce:
    """Give the effect of a DEDUCE: rules as they stand, or as a value has them; all other values as facts."""
    facts = tuple((name, rows(name, values[name])) for name in (field.name for field in logic.facts))
    relations = tuple((name, len(parts)) for name, parts in logic.relations)
    rules = logic.rules if logic.program is None else values[logic.program]
    return Deduce(path, logic.name, rules, facts, relations, mode, most)


def deduced(logic: LogicDeclaration, mode: str | None, facts: Mapping[str, Value], reply: Deduced) -> Record:
    """Give what was derived: `Sat`, `Unsat` or `Unknown`. Errors: Failure Rejected for what is not of its type."""
    answers = [Record(None, _answer(logic, dict(answer))) for answer in reply.answers]
    if reply.outcome == "unknown":
        by_then = {"best": answers[0] if answers else None, "models": tuple(answers)}
        return Record("Unknown", {"why": reply.why} | {word: by_then[word] for word in by_then if word == mode})
    if reply.outcome == "unsat":
        given = {field.name: facts[field.name] for field in logic.facts}
        return Record("Unsat", {"core": Record(None, _core(given, dict(reply.core)))})
    return Record("Sat", {"models": tuple(answers)} if mode == "models" else answers[0].fields)


def derived(logic: LogicDeclaration, relation: str | None, reply: Deduced) -> Value:
    """Give the values of a relation as a list, None for the only one.

    Errors: Failure Impossible where the facts contradict each other, so that there is no answer to have values;
    Timeout where nothing was found out; Rejected as in `deduced`.
    """
    if reply.outcome == "unsat":
        raise Failure("Impossible", f"the facts of `{logic.name}` contradict each other: no value is left")
    if reply.outcome == "unknown":
        raise Failure("Timeout", f"`{logic.name}` was not derived: {reply.why}")
    return _answer(logic, dict(reply.answers[0]))[relation or logic.relations[0][0]]


def _core(facts: Mapping[str, Value], core: Mapping[str, tuple[int, ...]]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, value in facts.items():
        items = value if isinstance(value, tuple) and not isinstance(value, Tuple) else (value,)
        found[name] = tuple(items[place] for place in core.get(name, ()))
    return found


def _answer(logic: LogicDeclaration, answer: Mapping[str, tuple[Row, ...]]) -> dict[str, Value]:
    return {
        name: tuple(_row(logic.name, name, parts, row) for row in answer.get(name, ()))
        for name, parts in logic.relations
    }


def _row(logic: str, relation: str, parts: tuple[Type, ...], row: tuple[Any, ...]) -> Value:
    try:
        values = [from_json(kind, part) for kind, part in zip(parts, row, strict=True)]
    except (Mismatch, ValueError):
        atom = f"{relation}({', '.join(shortened(shown(part)) for part in row)})"
        message = f"the rules of `{logic}` derive `{atom}`, which is not of its types"
        raise Failure("Rejected", message) from None
    return values[0] if len(values) == 1 else Tuple(values)
