"""Inference of examples: what is given, and what is expected."""

from __future__ import annotations

from lotterylang.check import types
from lotterylang.check.attempts import FAILURES, REPLY_FAILURES
from lotterylang.check.declared import Callee, whole
from lotterylang.check.effects import Trace
from lotterylang.check.endorse import Endorsements
from lotterylang.check.judge import Frame
from lotterylang.check.names import close_name, span_of
from lotterylang.check.program import ToolDeclaration
from lotterylang.check.relations import fits
from lotterylang.check.rules import deduction_of
from lotterylang.check.types import BOOL, HIT, TEXT, UNKNOWN, Function, Type
from lotterylang.check.unify import open_variables, substitute
from lotterylang.syntax import tree
from lotterylang.syntax.source import Span
from lotterylang.syntax.tree.node import Node

TOOL_FAILURES = ("ToolFailed", "Denied", "NotFound", "Timeout")
GIVEN = "a memory, tool, index, logic or function"
"""What a value may be given for."""
SEARCH_FAILURES = ("NotFound", "Timeout")
LOGIC_FAILURES = ("Rejected", *SEARCH_FAILURES)
ANY_FAILURES = tuple(dict.fromkeys((*REPLY_FAILURES, *TOOL_FAILURES)))


class Examples(Endorsements):
    """Examples."""

    def example(self, node: tree.Example) -> Trace:
        """Judge an example. Gives what it touches."""
        self.frame = Frame(is_test=True)
        with self.scope.alone():
            self._test_body(node.body)
        return self.frame.trace

    def _test_body(self, body: tuple[Node, ...]) -> None:
        """Judge what is given before all else, as it is computed: no name of the body is bound there."""
        for statement in sorted(body, key=lambda each: not isinstance(each, tree.GivenReplies | tree.GivenValue)):
            self._test_statement(statement)

    def _test_statement(self, node: Node) -> None:
        match node:
            case tree.GivenReplies():
                self._given_replies(node)
            case tree.GivenValue():
                self._given_value(node)
            case tree.Expect():
                self._expect(node)
            case tree.NeverFails():
                message, help = "`never fails` says nothing in an example", "leave it out: whatever fails, fails it"
                self.report.add("LOT-E0428", node.span, message, "belongs in a property", help=help)
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
        tool = self.declared.tools.get(node.name)
        if tool is not None:
            self._given_tool(node, tool)
            return
        if node.args is None and node.name in {**self.declared.indexes, **self.declared.logics}:
            with self.pure("a given value"):
                self._given_outside(node.name, node.value)
            return
        if node.name in self.declared.functions:
            self._given_function(node, self.declared.functions[node.name])
            return
        if memory is None:
            known = [*self.declared.memories, *self.declared.tools, *self.declared.indexes, *self.declared.logics]
            self._nothing_given(node.name, node.span, [*known, *self.declared.functions], GIVEN)
        elif node.args is not None:
            message = f"`{node.name}` is a memory: nothing is passed to it"
            help = f"write `given {node.name} = …`, all that it holds"
            self.report.add("LOT-E0420", node.span, message, "not called", help=help)
        with self.pure("a given value"):
            self.expr(node.value, whole(memory) if memory is not None else None)

    def _given_function(self, node: tree.GivenValue, callee: Callee) -> None:
        """Judge what a function gives instead of running: to these arguments, or to any."""
        result = callee.result or UNKNOWN
        with self.pure("a given value"):
            if node.args is not None and any(isinstance(param.type, Function) for param in callee.params):
                message = f"`{callee.name}` takes a function, and functions are not compared"
                help = f"write `given {callee.name} = …`, for any call of it"
                self.report.add("LOT-E0420", node.span, message, "for these arguments", help=help)
            elif node.args is not None:
                called = tree.Call(node.span, tree.Name(node.span, node.name), node.args)
                call = self._matched(called, callee)
                if call is not None:
                    self._fill(call)
                    result = substitute(result, call.bound)
            self.expr(node.value, None if open_variables(result) else result)

    def _given_tool(self, node: tree.GivenValue, tool: ToolDeclaration) -> None:
        with self.pure("a given value"):
            if node.args is not None:
                self.expr(tree.Call(node.span, tree.Name(node.span, node.name), node.args))
            self.expr(node.value, tool.kind.result)

    def _given_outside(self, name: str, value: tree.Expr) -> None:
        """Judge what stands in for an index or a logic."""
        if name in self.declared.logics:
            self._given_outcome(name, value)
            return
        kind = self.expr(value)
        if not fits(kind, types.List(TEXT)) and not fits(kind, types.List(HIT)):
            message = f"an index gives a list of texts or hits, this is `{kind}`"
            self.report.add("LOT-E0420", value.span, message, "no hits", help='write `["a text"]` or `[Hit(…)]`')

    def _given_outcome(self, name: str, value: tree.Expr) -> None:
        """Judge `Sat(sits = […])`, `Unsat(likes = […])`, `Unknown()`, perhaps with relations. Errors: LOT-E0420."""
        outcomes = deduction_of(self.declared.logics[name], None).outcomes
        function = value.function if isinstance(value, tree.Call) else None
        outcome = function.name if isinstance(function, tree.TypeValue) else ""
        help = "write `Sat(relation = […])`, `Unsat(fact = […])` or `Unknown()`"
        if not isinstance(value, tree.Call) or outcome not in outcomes:
            self.report.add("LOT-E0420", value.span, f"`{name}` gives no such thing", "no outcome", help=help)
            return
        record = outcomes["Unsat"].fields[0].type if outcome == "Unsat" else outcomes["Sat"]
        fields = {f.name: f.type for f in record.fields} if isinstance(record, types.Record) else {}
        for arg in value.args:
            if isinstance(arg, tree.NamedArg) and arg.name in fields and not isinstance(arg.value, tree.Lambda):
                self.expr(arg.value, fields[arg.name])
            else:
                self.report.add("LOT-E0420", arg.span, f"`{outcome}` has no such part here", "no part", help=help)

    def _nothing_given(self, name: str, span: Span, known: list[str], what: str) -> None:
        if name in self.declared.nodes.in_error:
            return
        close = close_name(name, known)
        names = ", ".join(f"`{other}`" for other in known[:8])
        help = f"write `{close}`" if close else f"name one of {names}" if names else f"declare {what} first"
        place = self.declared.place(name)
        others = ((place, "declared here"),) if place is not None else ()
        message = f"`{name}` is not {what}"
        code = "LOT-E0206" if what == GIVEN else "LOT-E0205"
        self.report.add(code, span_of(name, span), message, f"not {what}", help=help, others=others)

    def _given_replies(self, node: tree.GivenReplies) -> None:
        outside = (*self.declared.tools, *self.declared.indexes, *self.declared.logics)
        known = [*self.declared.models, *outside, *self.declared.functions]
        if node.name not in known:
            self._nothing_given(node.name, node.span, known, "a model, tool, index, logic or function")
        tool = self.declared.tools.get(node.name)
        failures = ANY_FAILURES
        if node.name in self.declared.models:
            failures = REPLY_FAILURES
        elif node.name in outside:
            searches = LOGIC_FAILURES if node.name in self.declared.logics else SEARCH_FAILURES
            failures = TOOL_FAILURES if tool is not None else searches
        for line in node.replies:
            for answer in line.answers:
                if isinstance(answer, tree.AnswerValue) and node.name in outside and tool is None:
                    with self.pure("a reply"):
                        self._given_outside(node.name, answer.value)
                else:
                    self._answer(answer, failures, tool.kind.result if tool is not None else None)

    def _answer(
        self,
        node: tree.AnswerValue | tree.AnswerHoles | tree.AnswerFailure,
        failures: tuple[str, ...],
        want: Type | None = None,
    ) -> None:
        self.frame.allows_cases = True
        match node:
            case tree.AnswerFailure() if node.kind not in failures:
                self.no_failure(node.kind, failures, node.span)
            case tree.AnswerValue():
                with self.pure("a reply"):
                    self.expr(node.value, want)
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
