"""Inference of examples: what is given, and what is expected."""

from __future__ import annotations

from lotterylang.check.attempts import FAILURES, REPLY_FAILURES
from lotterylang.check.declared import whole
from lotterylang.check.divide import Division
from lotterylang.check.effects import Trace
from lotterylang.check.judge import Frame
from lotterylang.check.names import close_name, span_of
from lotterylang.check.relations import fits
from lotterylang.check.types import BOOL, UNKNOWN
from lotterylang.syntax import tree
from lotterylang.syntax.source import Span
from lotterylang.syntax.tree.node import Node


class Examples(Division):
    """Examples."""

    def example(self, node: tree.Example) -> Trace:
        """Judge an example. Gives what it touches."""
        self.frame = Frame(is_test=True)
        with self.scope.alone():
            for statement in node.body:
                self._test_statement(statement)
        return self.frame.trace

    def _test_statement(self, node: Node) -> None:
        match node:
            case tree.GivenReplies():
                self._given_replies(node)
            case tree.GivenValue():
                self._given_value(node)
            case tree.Expect():
                self._expect(node)
            case tree.NeverFails():
                help = "leave it out: an example fails with whatever fails in it"
                self.report.add("LOT-E0901", node.span, "`never fails` is not built yet", "stands here", help=help)
            case _:
                self.statements((node,), node.span, UNKNOWN)

    # what is expected

    def _expect(self, node: tree.Expect) -> None:
        self.expr(node.value, BOOL if node.fails is None else None)
        if node.fails is not None and node.fails not in FAILURES:
            self.no_failure(node.fails, FAILURES, node.span)

    # what is given

    def _given_value(self, node: tree.GivenValue) -> None:
        memory = self.declared.memories.get(node.name)
        if node.args is not None:
            message = f"`given {node.name}(…) =` is not built yet"
            self.report.add("LOT-E0901", node.span, message, "stands here", help="give the replies of the model")
        elif memory is None:
            self._nothing_given(node.name, node.span, list(self.declared.memories), "a memory")
        want = whole(memory) if memory is not None and node.args is None else None
        with self.pure("a given value"):
            self.expr(node.value, want)

    def _nothing_given(self, name: str, span: Span, known: list[str], what: str) -> None:
        if name in self.declared.nodes.not_built:
            return
        close = close_name(name, known)
        names = ", ".join(f"`{other}`" for other in known[:8])
        help = f"write `{close}`" if close else f"name one of {names}" if names else f"declare {what} first"
        place = self.declared.place(name)
        others = ((place, "declared here"),) if place is not None else ()
        message = f"`{name}` is not {what}"
        code = "LOT-E0205" if what == "a model or function" else "LOT-E0206"
        self.report.add(code, span_of(name, span), message, f"not {what}", help=help, others=others)

    def _given_replies(self, node: tree.GivenReplies) -> None:
        if node.name not in self.declared.models and node.name not in self.declared.functions:
            known = [*self.declared.models, *self.declared.functions]
            self._nothing_given(node.name, node.span, known, "a model or function")
        for line in node.replies:
            for answer in line.answers:
                self._answer(answer)

    def _answer(self, node: tree.AnswerValue | tree.AnswerHoles | tree.AnswerFailure) -> None:
        self.frame.allows_cases = True
        match node:
            case tree.AnswerFailure() if node.kind not in REPLY_FAILURES:
                self.no_failure(node.kind, REPLY_FAILURES, node.span)
            case tree.AnswerValue():
                with self.pure("a reply"):
                    self.expr(node.value)
                if node.probability is not None and not 0 < node.probability <= 1:
                    message, help = "a probability lies above 0 and is at most 1", "write `at 0.6`"
                    self.report.add("LOT-E0420", node.span, message, "no probability", help=help)
            case tree.AnswerHoles():
                for name, value in node.values:
                    self._hole_answer(node, name, value)
        self.frame.allows_cases = False

    def _hole_answer(self, node: tree.AnswerHoles, name: str, value: tree.Expr) -> None:
        kinds = [hole.kind for hole in self.pending if hole.node.name == name]
        with self.pure("a reply"):
            found = self.expr(value, kinds[0] if len(kinds) == 1 else None)
        if kinds and len(kinds) > 1 and not any(fits(found, kind) for kind in kinds):
            message = f"no hole `{name}` is filled by `{found}`"
            self.report.add("LOT-E0420", value.span, message, "fits none", help=f"give it `{kinds[0]}`")
        elif not kinds and self.report.is_empty:
            close = close_name(name, [hole.node.name for hole in self.pending])
            help = f"write `{close}`" if close else "name a hole of the prompt"
            self.report.add("LOT-E0420", node.span, f"no prompt has a hole `{name}`", "no such hole", help=help)
