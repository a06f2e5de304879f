"""Types to Hypothesis strategies: values of every type that a property may draw, refinements kept.

Enters: a type, its condition, what was drawn before. Leaves: a strategy; for types of few values also the list of all.
Small and plain values come first, so that a counterexample shrinks to them. Next door: `bounds.py` reads conditions.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from lotterylang.check import types
from lotterylang.run.convert import normal
from lotterylang.run.lower.operators import cases
from lotterylang.run.values import Record, Tuple, Value, number
from lotterylang.syntax import tree
from lotterylang.testing.bounds import Bounds, bounds_of
from lotterylang.testing.evaluation import Evaluation

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    Strategy = SearchStrategy[Any]

MOST_ITEMS = 6
"""Items of a list or map that nothing bounds."""

WORDS = ("a", "b", "is", "No", "1", "2.5", "a,", "b.")
"""Of these are texts of several words made."""

FEW = 64
"""Values of a type that counts as a choice."""


class Strategies:
    """Draws for one program: `texts` and `numbers` are those that it speaks of, more telling than any others."""

    def __init__(self, evaluation: Evaluation, texts: Sequence[str], numbers: Sequence[Value]) -> None:
        self.evaluation = evaluation
        self.texts = tuple(dict.fromkeys(texts))
        self.numbers = tuple(dict.fromkeys(near for n in numbers for near in (n, n - 1, n + 1)))

    def of(self, kind: types.Type, name: str = "it", condition: Any = None, known: Any = None) -> Strategy:
        """Give the values of a type for which a condition holds, in which `name` or `it` stands for the value."""
        known = known or {}
        bounds = bounds_of(condition, name, known, self.evaluation) if condition is not None else Bounds()
        drawn = self._among(bounds) if bounds.among else self._of(kind, bounds)
        if condition is None:
            return drawn
        return drawn.filter(lambda value: self.evaluation.holds(condition, {**known, name: value, "it": value}))

    def few(self, kind: types.Type, name: str, condition: Any, known: Mapping[str, Value]) -> list[Value] | None:
        """List all values of a type for which a condition holds; None where there are many."""
        bounds = bounds_of(condition, name, known, self.evaluation) if condition is not None else Bounds()
        found = list(bounds.among) if bounds.among else _all_of(kind, bounds)
        if found is None or condition is None:
            return found
        return [v for v in found if self.evaluation.holds(condition, {**known, name: v, "it": v})]

    def _among(self, bounds: Bounds) -> Strategy:
        from hypothesis import strategies as st

        return st.sampled_from(bounds.among or ())

    def _of(self, kind: types.Type, bounds: Bounds) -> Strategy:
        from hypothesis import strategies as st

        match kind:
            case types.Text():
                return self._text(bounds)
            case types.Int():
                return self._int(bounds)
            case types.Number():
                return self._number(bounds)
            case types.List(item):
                most = bounds.shortest + MOST_ITEMS if bounds.longest is None else bounds.longest
                items = self.of(item, *bounds.each) if bounds.each else self._of(item, Bounds())
                return st.lists(items, min_size=bounds.shortest, max_size=most).map(tuple)
            case types.Map(key, value):
                most = bounds.shortest + MOST_ITEMS if bounds.longest is None else bounds.longest
                keys, values = self.of(key, "it", bounds.keys), self.of(value, "it", bounds.values)
                return st.dictionaries(keys, values, min_size=bounds.shortest, max_size=most)
            case types.Tuple(items):
                places = (self.of(item, "it", bounds.parts.get(i)) for i, item in enumerate(items))
                return st.tuples(*places).map(Tuple)
            case types.Maybe(item):
                return st.none() | self._of(item, bounds)
            case types.Record(name, fields):
                wheres = {f.name: _both(f.where, bounds.fields.get(f.name)) for f in fields}
                parts = {f.name: self.of(f.type, f.name, wheres[f.name]) for f in fields}
                return st.fixed_dictionaries(parts).map(lambda drawn: Record(name, drawn))
        found = _all_of(kind, bounds)
        if found is None:
            raise TypeError(f"no strategy for {kind}")
        return st.sampled_from(found)

    def _text(self, bounds: Bounds) -> Strategy:
        from hypothesis import strategies as st

        if bounds.pattern is not None:
            return st.from_regex(bounds.pattern, fullmatch=True).filter(lambda text: "\0" not in text).map(normal)
        letters = st.characters(codec="utf-8", exclude_characters="\0")
        most = bounds.shortest + 20 if bounds.longest is None else bounds.longest
        free = st.text(letters, min_size=bounds.shortest, max_size=most).map(normal)
        several = st.lists(st.sampled_from(WORDS), min_size=2, max_size=4).map(" ".join)
        spoken = st.sampled_from([text for text in self.texts if bounds.shortest <= len(text) <= most] or [WORDS[0]])
        other = (several | spoken).map(lambda text: text[:most])
        return free | other.filter(lambda text: len(text) >= bounds.shortest)

    def _int(self, bounds: Bounds) -> Strategy:
        from hypothesis import strategies as st

        low = None if bounds.low is None else math.ceil(bounds.low)
        high = None if bounds.high is None else math.floor(bounds.high)
        if low is not None and high is not None and low > high:
            return st.nothing()
        spoken = [
            n for n in self.numbers if isinstance(n, int) and (low is None or n >= low) and (high is None or n <= high)
        ]
        free = st.integers(low, high)
        return free | st.sampled_from(spoken) if spoken else free

    def _number(self, bounds: Bounds) -> Strategy:
        from hypothesis import strategies as st

        free = st.fractions(bounds.low, bounds.high, max_denominator=1_000).map(number)
        return self._int(bounds) | free


def _both(a: Any, b: Any) -> Any:
    """Join two conditions on one value; either may be None."""
    return a or b if a is None or b is None else tree.And(a.span, (a, b))


def _all_of(kind: types.Type, bounds: Bounds) -> list[Value] | None:
    match kind:
        case types.Bool():
            return [False, True]
        case types.Nothing():
            return [None]
        case types.Literal(options):
            return list(options)
        case types.Enum(name, written):
            return list(cases(name, written))
        case types.Maybe(item):
            found = _all_of(item, bounds)
            return None if found is None else [None, *found]
        case types.Int() if bounds.low is not None and bounds.high is not None:
            low, high = math.ceil(bounds.low), math.floor(bounds.high)
            return list(range(low, high + 1)) if high - low < FEW else None
        case types.Tuple(items):
            each = [_all_of(item, Bounds()) for item in items]
            if any(part is None for part in each) or math.prod(len(part or ()) for part in each) > FEW:
                return None
            return [Tuple(parts) for parts in itertools.product(*(part or () for part in each))]
    return None


def is_number(value: object) -> bool:
    """Tell whether a literal of a program is a number."""
    return isinstance(value, int | Fraction) and not isinstance(value, bool)
