"""Inference of what handles failures: `try … catch`, `try x in xs`, `retry`.

Next door: `feedback.py` finds the questions that a `retry` would only repeat.
"""

from __future__ import annotations

from lotterylang.check import types
from lotterylang.check.blocks import Blocks
from lotterylang.check.feedback import repeated
from lotterylang.check.names import close_name, span_of
from lotterylang.check.types import INT, TEXT, Type, maybe
from lotterylang.syntax import tree
from lotterylang.syntax.source import Span

REPLY_FAILURES = ("Truncated", "Impossible", "ContextFull", "Timeout", "BudgetSpent")
FAILURES = (*REPLY_FAILURES, "Rejected", "Undefined", "Conflict", "ToolFailed", "Denied", "NotFound", "Empty")


class Attempts(Blocks):
    """Bodies that may fail, and what becomes of their failures."""

    def _try(self, node: tree.Try, want: Type | None) -> Type:
        with self.inside(self.frame.inside or "try"):
            kind = self.block(node.body, want)
            return self._catches(node, kind, want)

    def _try_in(self, node: tree.TryIn, want: Type | None) -> Type:
        with self.inside(self.frame.inside or "try"):
            with self.scope.block():
                self.bind_each(node.each, "try")
                kind = self.block(node.body, want)
            return self._catches(node, kind, want)

    def _catches(self, node: tree.Try | tree.TryIn, kind: Type, want: Type | None) -> Type:
        """Judge the catches; gives the type that they and the body share."""
        kinds, known = [kind], set[str]()
        for catch in node.catches:
            self._is_taken(catch, known)
            known.update(catch.kinds or FAILURES)
            with self.scope.block():
                if catch.name is not None:
                    self.caught[id(catch)] = kind
                    self.bind(catch.name, failure_type(catch.kinds or FAILURES, kind), span_of(catch.name, catch.span))
                kinds.append(self.block(catch.body, want))
        return self.common(node, kinds, want, "the body and what catches its failures")

    def _is_taken(self, catch: tree.Catch, known: set[str]) -> None:
        """See that a catch names failures, and one that none before it catches. Errors: LOT-E0421, LOT-E0510."""
        unknown = [kind for kind in catch.kinds if kind not in FAILURES]
        for kind in unknown:
            self.no_failure(kind, FAILURES, span_of(kind, catch.span))
        head = Span(catch.span.source, catch.span.start, catch.body.span.start - 1)
        if not unknown and known.issuperset(catch.kinds or FAILURES):
            message, help = "this `catch` is never taken", "remove it, or put it first"
            self.report.add("LOT-E0510", head, message, "all of it is caught before", help=help)

    def no_failure(self, kind: str, known: tuple[str, ...], span: Span) -> None:
        """Say that there is no failure of that name. Errors: LOT-E0421."""
        close = close_name(kind, known)
        help = f"write `{close}`" if close else f"failures are {', '.join(f'`{name}`' for name in known)}"
        self.report.add("LOT-E0421", span, f"there is no failure `{kind}` here", "no such failure", help=help)

    def _retry(self, node: tree.Retry, want: Type | None) -> Type:
        with self.pure("the number of attempts"):
            self.expr(node.count, INT)
        with self.inside(self.frame.inside or "retry"), self.scope.block():
            if node.name is not None:
                self.bind(node.name, TEXT, span_of(node.name, node.span, " as "))
            kind = self.block(node.body, want)
        for found in repeated(node, self.declared.nodes.functions):
            self._refuse_repeated(node, found)
        return kind

    def _refuse_repeated(self, node: tree.Retry, found: tree.Ask | tree.Call) -> None:
        what = "this ASK" if isinstance(found, tree.Ask) else "this call"
        place = "in the prompt" if isinstance(found, tree.Ask) else "as an argument that its prompts show"
        if node.name is None:
            message = f"{what} gets the same reply on each attempt"
            help = f"write `retry … as feedback`, and give `feedback` {place}; or sample by `(temperature = 0.8)`"
        else:
            message = f"{what} does not show the feedback `{node.name}`"
            help = f"write `{node.name}` {place}; or sample by `(temperature = 0.8)`"
            help = help.replace(f"`{node.name}` in", f"`${{{node.name}}}` in")
        self.report.add("LOT-E0511", found.span, message, "the same question again", help=help)


def failure_type(kinds: tuple[str, ...], best: Type) -> Type:
    """Give the type of a failure that is caught: which it is, why, where, and the best answer so far."""
    fields: dict[str, Type] = {"kind": types.Literal(kinds), "message": TEXT, "path": TEXT, "best": maybe(best)}
    return types.Record("Failure", tuple(types.Field(name, kind) for name, kind in fields.items()))
