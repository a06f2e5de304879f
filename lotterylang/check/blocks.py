"""Inference of the expressions made of blocks: `if`, `for`, `fold`, `within`.

Next door: `statements.py` has the blocks themselves, `matches.py` has `match`.
"""

from __future__ import annotations

from lotterylang.check import types
from lotterylang.check.names import close_name, facts
from lotterylang.check.relations import fits, joined
from lotterylang.check.statements import Statements
from lotterylang.check.types import BOOL, INT, NOTHING, UNKNOWN, Type
from lotterylang.check.values import item_want
from lotterylang.syntax import tree

LIMITS = ("calls", "depth", "seconds", "steps", "tokens")


class Blocks(Statements):
    """Loops, choices and limits."""

    # choices

    def _if(self, node: tree.If, want: Type | None) -> Type:
        wanted = want if node.otherwise is not None else UNKNOWN
        kinds = []
        with self.scope.block():
            for condition, block in node.branches:
                self.expr(condition, BOOL)
                with self.scope.block():
                    self.scope.show(facts(condition, True, self.types))
                    kinds.append(self.block(block, wanted))
                self.scope.show(facts(condition, False, self.types))
            if node.otherwise is not None:
                kinds.append(self.block(node.otherwise, wanted))
        self._learn(node, kinds)
        if node.otherwise is not None:
            return self.common(node, kinds, want, "the branches")
        if want is not None and not fits(NOTHING, want):
            help = "add `else { … }`"
            message = f"`if` without `else` gives no value of type `{want}`"
            return self.report.add("LOT-E0326", node.span, message, "no `else`", help=help)
        return NOTHING

    def _learn(self, node: tree.If, kinds: list[Type]) -> None:
        """Show what must hold after an `if` some of whose branches never end."""
        for (condition, _), kind in zip(node.branches, kinds, strict=False):
            if not isinstance(kind, types.Never):
                break
            self.scope.show(facts(condition, False, self.types))
        if len(kinds) == 2 and node.otherwise is not None and isinstance(kinds[1], types.Never):
            self.scope.show(facts(node.branches[0][0], True, self.types))

    # loops

    def _for(self, node: tree.For, want: Type | None) -> Type:
        with self.scope.block():
            for each in node.each:
                with self.traced() as source:
                    self.bind_each(each)
                self.touching.append((each, source, self.frame.function))
            if node.condition is not None:
                with self.pure("the condition of a `for`"):
                    self.expr(node.condition, BOOL)
                self.scope.show(facts(node.condition, True, self.types))
            with self.inside("for"), self.traced() as trace:
                kind = self.block(node.body, item_want(want))
        self.loops.append((node, trace, self.frame.function))
        return types.List(kind)

    def bind_each(self, each: tree.Each, word: str = "for") -> None:
        """Bind what a loop gives a body. Errors: LOT-E0320 for what is no list."""
        kind = self.expr(each.source)
        match kind:
            case types.List(item):
                self.bind_all(each.binder, item, each.span)
            case types.Map(key, value) if len(each.binder) == 2:
                self.bind_all(each.binder, types.Tuple((key, value)), each.span)
            case types.Unknown() | types.Never():
                self.bind_all(each.binder, UNKNOWN, each.span)
            case _:
                help = _how_to_list(kind)
                message = f"`{word}` goes through a list, this is `{kind}`"
                self.report.add("LOT-E0320", each.source.span, message, "no list", help=help)
                self.bind_all(each.binder, UNKNOWN, each.span)

    def _fold(self, node: tree.Fold, want: Type | None) -> Type:
        declared = None
        if node.type is not None:
            declared = self.written(node.type)
            self.keep_condition(node, self.declared.written.implied(node.type), ("it",), declared)
        start = self.expr(node.start, declared)
        state = declared if declared is not None else start
        with self.scope.block():
            self.bind_all(node.binder, state, node.span)
            if node.until is not None:
                with self.pure("`until`"):
                    self.expr(node.until, BOOL)
            self.bind_each(node.each)
            with self.inside("fold"):
                hint = declared if declared is not None else (None if state == UNKNOWN else state)
                self._next_state(node, hint)
        return state

    def _next_state(self, node: tree.Fold, state: Type | None) -> None:
        if node.type is not None or state is None:
            self.block(node.body, state)
            return
        found = self.block(node.body, None)
        if fits(found, state):
            return
        both = joined([found, state])
        name = node.binder[0] if len(node.binder) == 1 else f"({', '.join(node.binder)})"
        help = f"write `fold {name}: {both} = …`" if both is not None else f"let the body give `{state}`"
        at = node.body.statements[-1].span if node.body.statements else node.body.span
        message = f"the body gives `{found}`, the state is `{state}`"
        others = ((node.start.span, f"this is `{state}`"),)
        self.report.add("LOT-E0327", at, message, f"this is `{found}`", help=help, others=others)

    def _within(self, node: tree.Within, want: Type | None) -> Type:
        seen: set[str] = set()
        for limit in node.limits:
            with self.pure("a limit"):
                self.expr(limit.value, INT)
            if limit.name not in LIMITS:
                close = close_name(limit.name, LIMITS)
                help = f"write `{close}`" if close else f"limits are {', '.join(f'`{name}`' for name in LIMITS)}"
                self.report.add(
                    "LOT-E0508", limit.span, f"there is no limit `{limit.name}`", "no such limit", help=help
                )
            elif limit.name in seen:
                self.report.add(
                    "LOT-E0508", limit.span, f"`{limit.name}` is limited twice", "again here", help="keep one"
                )
            seen.add(limit.name)
        with self.inside(self.frame.inside or "within"):
            return self.block(node.body, want)


def _how_to_list(kind: Type) -> str:
    match kind:
        case types.Map():
            return "write `for (key, value) in m`, or `for key in keys(m)`"
        case types.Int():
            return "write `0..<n`, or `1..n` with both ends"
        case types.Text() | types.Literal():
            return "write `chars(x)`, `words(x)` or `lines(x)`"
        case types.Maybe():
            return "rule `none` out first: `if xs != none { … }`"
        case types.Choice():
            return "write `.scores`"
    return "name a list"
