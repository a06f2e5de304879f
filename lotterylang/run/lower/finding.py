"""FIND as an instruction: what its `where` says of metadata goes to the index; all of it is judged on what comes back.

Next door: `outside.py` has the other instructions that go outside; `run/outside.py` turns hits into values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from lotterylang.check.types import INDEX
from lotterylang.check.walk import below
from lotterylang.run import outside
from lotterylang.run.effects import Find
from lotterylang.run.lower.emitter import Evaluate
from lotterylang.run.lower.prompts import PromptLowering
from lotterylang.run.machine import Slots
from lotterylang.run.needs import Need
from lotterylang.run.values import Failure, Value
from lotterylang.syntax import tree

Truth = Callable[[Slots], bool | None]
"""A condition on a frame's slots; None where a key or an item is not there, so that it neither holds nor does not."""

_TURNED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
"""What a comparison says when its sides change places."""


class FindLowering(PromptLowering):
    """Searches."""

    def emit_find(self, node: tree.Find) -> int:
        is_index = self.program.types.get(id(node.index)) == INDEX
        index: Evaluate = self.pure(node.index) if is_index else lambda s: None  # its name, or None for a list
        searched = [] if is_index else [node.index]
        parts = self.values([node.count, *searched, node.query])
        count, *sources, query = (self.emitter.assign(part, node) for part in parts)
        wanted = self._wanted(node.where) if node.where is not None else lambda s, hit: True
        needs, is_all = self._needs(node.where) if is_index and node.where is not None else ([], node.where is None)

        def find(s: Slots) -> Find | Value:
            most = max(s[count], 0)
            passages = () if is_index else outside.passages(s[sources[0]])
            passages = tuple(each for each in passages if wanted(s, outside.hit(each)))
            if most == 0 or not (is_index or passages):
                return ()
            told = tuple(need for need in (each(s) for each in needs) if need is not None)
            is_told = not is_index or (is_all and len(told) == len(needs))
            asked = most if is_told else max(most, outside.MOST_FILTERED)
            return Find(s[0].path.effect("find"), index(s), passages, asked, s[query], told)

        def found(s: Slots, reply: Any) -> Value:
            hits = (hit for hit in map(outside.hit, reply.hits) if wanted(s, hit))
            return tuple(hits)[: max(s[count], 0)]

        return self.effect(node, find, found)

    def _wanted(self, where: tree.Expr) -> Callable[[Slots, Value], bool]:
        """Give the test of a hit, which `it` stands for."""
        with self.emitter.scope():
            slot = self.emitter.bind("it")
            holds = self._truth(where)

        def test(s: Slots, hit: Value) -> bool:
            s[slot] = hit
            return holds(s) is True

        return test

    def _truth(self, node: Any) -> Truth:
        """Give a condition that knows of what is not there, as SQL does of NULL."""
        match node:
            case tree.And(_, items):
                return _joined([self._truth(item) for item in items], False)
            case tree.Or(_, items):
                return _joined([self._truth(item) for item in items], True)
            case tree.Not(_, value):
                inner = self._truth(value)
                return lambda s: None if (held := inner(s)) is None else not held
        evaluate = self.pure(node)

        def known(s: Slots) -> bool | None:
            try:
                return bool(evaluate(s))
            except Failure as failure:
                if failure.kind != "NotFound":
                    raise
                return None

        return known

    def _needs(self, where: tree.Expr) -> tuple[list[Callable[[Slots], Need | None]], bool]:
        """Give what a condition says of metadata, and whether that is all that it says."""
        pairs = [pair for part in _conjuncts(where) for pair in _pairs(part)]
        asides = [aside for left, sign, right in pairs if (aside := _aside(left, sign, right)) is not None]
        return [self._need(*aside) for aside in asides], len(asides) == len(pairs)

    def _need(self, key: tree.Expr, sign: str, value: tree.Expr) -> Callable[[Slots], Need | None]:
        """Give what makes a need; None where a side fails: the hits say whether it is ever reached."""
        key_of, value_of = self.pure(key), self.pure(value)

        def need(s: Slots) -> Need | None:
            try:
                return outside.needed(key_of(s), sign, value_of(s))
            except Failure:
                return None

        return need


def _joined(parts: Sequence[Truth], decides: bool) -> Truth:
    """Join conditions by `and`, which False decides, or by `or`, which True does."""

    def truth(s: Slots) -> bool | None:
        is_known = True
        for part in parts:
            held = part(s)
            if held is decides:
                return decides
            is_known = is_known and held is not None
        return (not decides) if is_known else None

    return truth


def _conjuncts(node: Any) -> Iterator[Any]:
    """Yield what must all hold."""
    if isinstance(node, tree.And):
        for item in node.items:
            yield from _conjuncts(item)
    else:
        yield node


def _pairs(node: Any) -> Iterator[tuple[Any, str, Any]]:
    """Yield the neighbours of a comparison; of anything else one pair that says nothing of metadata."""
    if not isinstance(node, tree.Comparison):
        yield node, "", node
        return
    left = node.first
    for sign, right in node.rest:
        yield left, sign, right
        left = right


def _aside(left: Any, sign: str, right: Any) -> tuple[tree.Expr, str, tree.Expr] | None:
    """Give key, sign and value where metadata stand on one side, and nothing of the hit on the other."""
    for side, turned, other in ((left, sign, right), (right, _TURNED.get(sign), left)):
        key = _key(side)
        if key is not None and (turned in _TURNED or (turned == "in" and side is left)) and not _speaks_of_it(other):
            return key, str(turned), other
    return None


def _key(node: Any) -> tree.Expr | None:
    """Give the key of `it.meta[key]`."""
    match node:
        case tree.Item(_, tree.Attribute(_, tree.Name(_, "it"), "meta"), key) if not _speaks_of_it(key):
            return None if isinstance(key, tree.Range) else key
    return None


def _speaks_of_it(node: Any) -> bool:
    return any(isinstance(part, tree.Name) and part.name == "it" for part in below(node))
