"""Regular expressions with a bound: whether a whole text matches, in a time that grows with text times pattern.

Python's engine tries back, which for some patterns takes ages on a short text. How many ways it may have to try is
estimated from the pattern; where they are too many, all ways are followed side by side. Next door: `prelude.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from lotterylang.run.values import Failure

MOST_WAYS = 10_000_000
"""Ways that may be tried one after another: a fraction of a second."""
MOST_WAYS_OF_ALL = 1_000_000_000
"""Ways that may be tried from all places of a text together, as they are estimated: far more than what is tried."""
MOST_STATES = 5_000
MOST_WORK = 20_000_000
"""States times characters that are followed side by side: some seconds."""

_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
_CHARACTERS = ("LITERAL", "NOT_LITERAL", "IN", "ANY")
Test = Callable[[str, int], bool]


class _NotRegular(Exception):
    """A pattern that can't be followed side by side: it refers back, looks around, or is too large."""


@dataclass(slots=True)
class _Graph:
    """States: `(None, next…)` goes on at once, `("at", test, next)` where a test holds, `("in", test, next)` reads."""

    flags: int
    state: Any
    states: list[tuple[Any, ...]] = field(default_factory=list)

    def add(self, state: tuple[Any, ...]) -> int:
        if len(self.states) >= MOST_STATES:
            raise _NotRegular
        self.states.append(state)
        return len(self.states) - 1

    def sequence(self, items: Any, following: int) -> int:
        for item in reversed(list(items)):
            following = self.item(str(item[0]), item, following)
        return following

    def item(self, operator: str, item: Any, following: int) -> int:
        argument = item[1]
        if operator in _CHARACTERS:
            return self.add(("in", _reading(self._compiled(item)), following))
        if operator == "AT":
            return self.add(("at", _standing(self._compiled(item)), following))
        if operator == "BRANCH":
            return self.add((None, *(self.sequence(branch, following) for branch in argument[1])))
        if operator == "SUBPATTERN" and not argument[1] and not argument[2]:
            return self.sequence(argument[3], following)
        if operator in _REPEATS[:2]:
            return self._repeat(argument, following)
        raise _NotRegular

    def _repeat(self, argument: Any, following: int) -> int:
        low, high, inner = argument
        if str(high) == "MAXREPEAT":
            loop = self.add((None, following))
            self.states[loop] = (None, self.sequence(inner, loop), following)
            following = loop
        else:
            end = following
            for _ in range(int(high) - int(low)):
                following = self.add((None, self.sequence(inner, following), end))
        for _ in range(int(low)):
            following = self.sequence(inner, following)
        return following

    def _compiled(self, item: Any) -> re.Pattern[str]:
        private: Any = re
        part = private._parser.SubPattern(self.state, [item])
        compiled: re.Pattern[str] = private._compiler.compile(part, self.flags)
        return compiled


@dataclass(frozen=True, slots=True)
class _Plan:
    compiled: re.Pattern[str]
    ways: Callable[[int], int]
    graph: _Graph | None
    start: int


def matches(pattern: str, text: str) -> bool:
    """Tell whether the whole text matches. Errors: Failure Undefined for no pattern, or one that takes too long."""
    try:
        plan = _plan(pattern)
    except (re.error, OverflowError, RecursionError) as problem:
        raise Failure("Undefined", f"`{pattern}` is no regular expression: {problem}") from None
    if plan.ways(len(text)) <= MOST_WAYS:
        return plan.compiled.fullmatch(text) is not None
    if plan.graph is None or len(plan.graph.states) * len(text) > MOST_WORK:
        raise Failure("Undefined", f"`{pattern}` takes too long on a text of {len(text):,} characters")
    return _followed(plan.graph, plan.start, text)


def found_in(pattern: str, text: str) -> tuple[str, ...]:
    """List the parts of a text that match, from left to right, none of them empty. Errors: as `matches`."""
    try:
        plan = _plan(pattern)
    except (re.error, OverflowError, RecursionError) as problem:
        raise Failure("Undefined", f"`{pattern}` is no regular expression: {problem}") from None
    if plan.ways(len(text)) * len(text) > MOST_WAYS_OF_ALL:
        raise Failure("Undefined", f"`{pattern}` takes too long on a text of {len(text):,} characters")
    return tuple(found.group() for found in plan.compiled.finditer(text) if found.group())


@lru_cache(maxsize=256)
def _plan(pattern: str) -> _Plan:
    private: Any = re
    compiled = re.compile(pattern)
    parsed = private._parser.parse(pattern)
    graph: _Graph | None = _Graph(parsed.state.flags, parsed.state)
    start = 0
    try:
        assert graph is not None
        start = graph.sequence(parsed, graph.add(("end",)))
    except _NotRegular:
        graph = None
    return _Plan(compiled, lambda size: _ways(parsed, size), graph, start)


def _ways(items: Any, size: int) -> int:
    """Estimate from above in how many ways a part may be tried on a text of some size; past the limit, any more."""
    found = 1
    for operator, argument in items:
        match str(operator):
            case "BRANCH":
                found *= sum(_ways(branch, size) for branch in argument[1])
            case "SUBPATTERN":
                found *= _ways(argument[3], size)
            case "ATOMIC_GROUP":
                found *= _ways(argument, size)
            case "ASSERT" | "ASSERT_NOT":
                found *= _ways(argument[1], size)
            case "GROUPREF_EXISTS":
                found *= _ways(argument[1], size) + _ways(argument[2] or (), size)
            case name if name in _REPEATS:
                low, high, inner = argument
                most = min(int(high), max(size, int(low))) if str(high) != "MAXREPEAT" else max(size, int(low))
                once = _ways(inner, size)
                found *= (most - int(low) + 1) * (1 if once == 1 else min(once ** min(most, 64), MOST_WAYS + 1))
        found = min(found, MOST_WAYS + 1)
    return found


def _followed(graph: _Graph, start: int, text: str) -> bool:
    """Follow all ways at once, one character after another. Cost: states times characters."""
    here = _reached(graph, {start: None}, text, 0)
    for position in range(len(text)):
        read: dict[int, None] = {}
        for number in here:
            state = graph.states[number]
            if state[0] == "in" and state[1](text, position):
                read[state[2]] = None
        if not read:
            return False
        here = _reached(graph, read, text, position + 1)
    return any(graph.states[number][0] == "end" for number in here)


def _reached(graph: _Graph, from_states: dict[int, None], text: str, position: int) -> list[int]:
    """List the states that are reached without reading."""
    seen = set(from_states)
    waiting = list(from_states)
    for number in waiting:
        state = graph.states[number]
        following: tuple[int, ...] = ()
        if state[0] is None:
            following = state[1:]
        elif state[0] == "at" and state[1](text, position):
            following = state[2:]
        for other in following:
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return waiting


def _reading(compiled: re.Pattern[str]) -> Test:
    known: dict[str, bool] = {}

    def test(text: str, position: int) -> bool:
        character = text[position]
        if character not in known:
            known[character] = compiled.fullmatch(character) is not None
        return known[character]

    return test


def _standing(compiled: re.Pattern[str]) -> Test:
    return lambda text, position: compiled.match(text, position) is not None
