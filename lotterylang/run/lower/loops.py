"""Loops: `for` and `fold` as one closure where all in them is simple, else as instructions; `for` as a fork.

Next door: `blocks.py` has the other expressions made of blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lotterylang.run.lower.blocks import BlockLowering
from lotterylang.run.lower.emitter import Evaluate, Label
from lotterylang.run.machine import FORK, Code, Fork, Instruction, Slots
from lotterylang.run.paths import Path
from lotterylang.syntax import tree


class LoopLowering(BlockLowering):
    """Loops."""

    nested_loops: Mapping[int, tree.For] = {}  # those that stand for a part of one in the source

    def items(self, node: tree.For, value: Callable[[Any], Evaluate]) -> Callable[[Slots], list[Any]]:
        """Give the closure that lists what the bodies of a `for` are given, and bind the names on the way."""
        loops = []
        for number, each in enumerate(node.each):  # a later source may use an earlier name, so it is evaluated anew
            source = value(each.source) if number == 0 else self.pure(each.source)
            loops.append((source, self.binding(each.binder)))
        condition = self.pure(node.condition) if node.condition is not None else None

        def run(s: Slots, level: int = 0, chosen: tuple[Any, ...] = ()) -> list[Any]:
            if level == len(loops):
                return [chosen] if condition is None or condition(s) else []
            found = []
            for item in listed(loops[level][0](s)):
                loops[level][1](s, item)
                found += run(s, level + 1, (*chosen, item))
            return found

        return run

    def pure_for(self, node: tree.For) -> Evaluate:
        with self.emitter.scope():
            items, binds = self.items(node, self.pure), [self.binding(each.binder) for each in node.each]
            body = self.pure(node.body)
        if len(binds) == 1:
            bind = binds[0]

            def run_one(s: Slots) -> tuple[Any, ...]:
                found = []
                for (item,) in items(s):
                    bind(s, item)
                    found.append(body(s))
                return tuple(found)

            return run_one

        def run(s: Slots) -> tuple[Any, ...]:
            found = []
            for chosen in items(s):
                for bind, item in zip(binds, chosen, strict=True):
                    bind(s, item)
                found.append(body(s))
            return tuple(found)

        return run

    def emit_for(self, node: tree.For) -> int:
        if any(self.program.effects.get(id(each)) for each in node.each[1:]):
            return self._nested_for(node)
        if self.program.joined.get(id(node)):
            return self._side_by_side(node)
        with self.emitter.scope():
            items = self.emitter.assign(self.items(node, self.value), node)
            binds = [self.binding(each.binder) for each in node.each]
            found = self.emitter.assign(lambda s: [], node)
            value = self.emitter.layout.slot()

            def bind(s: Slots, chosen: Any) -> None:
                for bind_one, item in zip(binds, chosen, strict=True):
                    bind_one(s, item)

            def body() -> None:
                self.block_into(node.body, value)
                self.emitter.assign(lambda s: s[found].append(s[value]), node.body, self.emitter.layout.slot())

            self.loop(node, "for" if self.marks(node) else None, items, bind, None, body)
            return self.emitter.assign(lambda s: tuple(s[found]), node)

    def _nested_for(self, node: tree.For) -> int:
        """Lower a `for` whose later sources touch something as one `for` in another."""
        inner = tree.For(node.span, node.each[1:], node.condition, node.body, node.in_order)
        outer = tree.For(node.span, node.each[:1], None, tree.Block(node.span, (inner,)), node.in_order)
        if self.marks(node):
            self.nested_loops = {**self.nested_loops, id(inner): inner, id(outer): outer}
        slot = self.emit_for(outer)
        return self.emitter.assign(lambda s: tuple(item for items in s[slot] for item in items), node)

    def marks(self, node: Any) -> bool:
        """Tell whether a loop or an attempt stands in paths, and is counted."""
        return id(node) in self.nested_loops or self.program.marks(node)

    def pure_fold(self, node: tree.Fold) -> Evaluate:
        with self.emitter.scope():
            start, source = self.pure(node.start), self.pure(node.each.source)
            keep, bind = self._keeping(node), self.binding(node.each.binder)
            until = self.pure(node.until) if node.until is not None else None
            body = self.pure(node.body)

        def run(s: Slots) -> Any:
            state, items = start(s), listed(source(s))
            keep(s, state)
            for item in items:
                if until is not None and until(s):
                    break
                bind(s, item)
                state = body(s)
                keep(s, state)
            return state

        return run

    def _keeping(self, node: tree.Fold) -> Callable[[Slots, Any], None]:
        """Give what binds the state, once it is judged by what the written type says of it."""
        bind, condition = self.binding(node.binder), self.program.conditions.get(id(node))
        if condition is None:
            return bind
        judge = self.check("it", condition, f"the state `{', '.join(node.binder)}`")

        def keep(s: Slots, value: Any) -> None:
            judge(s, {"it": value})
            bind(s, value)

        return keep

    def emit_fold(self, node: tree.Fold) -> int:
        start, source = self.values([node.start, node.each.source])
        with self.emitter.scope():
            state = self.emitter.assign(start, node.start)
            items = self.emitter.assign(lambda s: listed(source(s)), node.each)
            keep, bind = self._keeping(node), self.binding(node.each.binder)
            self.emitter.assign(lambda s: keep(s, s[state]), node, self.emitter.layout.slot())
            until = self.pure(node.until) if node.until is not None else None

            def body() -> None:
                self.block_into(node.body, state)
                self.emitter.assign(lambda s: keep(s, s[state]), node.body, self.emitter.layout.slot())

            self.loop(node, "fold" if self.marks(node) else None, items, bind, until, body)
        return state

    def loop(
        self,
        node: Any,
        word: str | None,
        items: int,
        bind: Callable[[Slots, Any], None],
        until: Evaluate | None,
        body: Callable[[], None],
    ) -> None:
        """Put down a loop in order; each body stands under a path segment of its position, unless there is no word."""
        emitter, top, end = self.emitter, Label(), Label()
        outer, base, position = (emitter.layout.slot() for _ in range(3))
        emitter.assign(lambda s: s[0].path, node, outer)
        if word is not None:
            emitter.assign(lambda s: s[0].path.occurrence(word), node, base)
        emitter.assign(lambda s: 0, node, position)
        emitter.place(top)
        emitter.jump_if(lambda s: s[position] >= len(s[items]), end, node)
        if until is not None:
            emitter.jump_if(until, end, node)

        def enter(s: Slots) -> None:
            if word is not None:
                s[0].path = Path(segment(word, s[base], s[position]), s[outer])
            bind(s, s[items][s[position]])
            s[position] += 1

        emitter.assign(enter, node, emitter.layout.slot())
        body()
        emitter.jump(top, node)
        emitter.place(end)

        def leave(s: Slots) -> None:
            s[0].path = s[outer]

        emitter.assign(leave, node, emitter.layout.slot())

    def _side_by_side(self, node: tree.For) -> int:
        with self.emitter.scope():
            items = self.emitter.assign(self.items(node, self.value), node)
            code = self.nested("for", [], node.body)
            binds = [self.binding(each.binder) for each in node.each]
            self.emitter.emit(lambda following: _fork(code, items, binds), node)
        return self.emitter.assign(lambda s: tuple(s[0].reply), node)


def segment(word: str, occurrence: int, position: int) -> str:
    """Write the path segment of a body: `for[3]`, in the second `for` of a function `for#2[3]`."""
    return f"{word}[{position}]" if occurrence == 1 else f"{word}#{occurrence}[{position}]"


def _fork(code: Code, items: int, binds: list[Callable[[Slots, Any], None]]) -> Instruction:
    def run(s: Slots) -> int:
        frame = s[0]
        branches, paths = [], []
        occurrence = frame.path.occurrence("for")
        for position, chosen in enumerate(s[items]):
            for bind, item in zip(binds, chosen, strict=True):
                bind(s, item)
            branches.append(s.copy())
            paths.append(Path(segment("for", occurrence, position), frame.path))
        frame.request = Fork(code, tuple(branches), tuple(paths))
        return FORK

    return run


def listed(value: Any) -> tuple[Any, ...]:
    """Give what a loop runs over: a map's entries as pairs."""
    return tuple(value.items()) if isinstance(value, dict) else value
