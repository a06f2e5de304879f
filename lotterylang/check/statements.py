"""Inference of blocks and plain statements.

Next door: `jumps.py` has bodies with labels, `blocks.py` the expressions made of blocks, `instructions.py` what touches
the world.
"""

from __future__ import annotations

from dataclasses import replace

from lotterylang.check import types
from lotterylang.check.calls import Calls
from lotterylang.check.declared import memory_of, whole
from lotterylang.check.names import close_name, facts, span_of
from lotterylang.check.order import names_in
from lotterylang.check.places import emptied_reads
from lotterylang.check.relations import fits
from lotterylang.check.types import BOOL, NEVER, NOTHING, TEXT, UNKNOWN, Type
from lotterylang.syntax import tree
from lotterylang.syntax.source import Span
from lotterylang.syntax.tree.node import Binder, Node

STATEMENTS = (
    tree.Let | tree.Read | tree.Write | tree.Copy | tree.Mov | tree.Jump | tree.Label | tree.Ensure | tree.Fail
    | tree.Return | tree.Memory
)  # fmt: skip
LOOPS = ("for", "fold", "lambda")
_WORDS = {"for": "a `for`", "fold": "a `fold`", "within": "a `within`", "lambda": "a function that is passed on"}
_WORDS |= {"try": "a `try`", "retry": "a `retry`"}


class Statements(Calls):
    """Blocks and plain statements."""

    # blocks

    def block(self, node: tree.Block, want: Type | None = None) -> Type:
        """Judge a block in a scope of its own."""
        with self.scope.block():
            return self.statements(node.statements, node.span, want)

    def statements(self, statements: tuple[Node, ...], span: Span, want: Type | None) -> Type:
        """Judge statements in order. Gives the type of the last expression; `never` if the end is not reached."""
        kind: Type = NOTHING
        is_over = False
        for i, statement in enumerate(statements):
            if is_over:
                help = "remove it, or give it a label that a JUMP leads to"
                self.report.add("LOT-E0505", statement.span, "this is never reached", "after the end", help=help)
                is_over = False
            kind = self._statement(statement, want if i + 1 == len(statements) else UNKNOWN)
            is_over = isinstance(kind, types.Never)
        for place, moved in emptied_reads(statements, {**self.declared.memories, **self.frame.memories}):
            help = "read it before the MOV, or write to it first"
            message, others = f"`{place.span.text}` is empty here", ((moved.span, "moved away here"),)
            self.report.add("LOT-E0506", place.span, message, "reads it", help=help, others=others)
        if statements and not isinstance(statements[-1], STATEMENTS):
            return kind
        if isinstance(kind, types.Unknown):
            return UNKNOWN
        if not is_over and want is not None and not fits(NOTHING, want):
            return self._no_value_at_end(statements, span, want)
        return NEVER if is_over else NOTHING

    def _no_value_at_end(self, statements: tuple[Node, ...], span: Span, want: Type) -> Type:
        at = statements[-1].span if statements else span
        help = "let the last line be an expression"
        return self.report.add(
            "LOT-E0326", at, f"the block ends without a value of type `{want}`", "no value", help=help
        )

    def _statement(self, node: Node, want: Type | None) -> Type:
        if isinstance(node, STATEMENTS):
            kind: Type = getattr(self, f"_{type(node).__name__.lower()}")(node)
            return kind
        return self.expr(node, want)  # type: ignore[arg-type]

    # statements

    def _let(self, node: tree.Let) -> Type:
        declared = self.written(node.type.type) if node.type is not None else None
        kind = self.expr(node.value, declared)
        if declared is not None:
            self.promise(node, node.binder if len(node.binder) == 1 else (), declared)
        bound = declared if declared is not None else kind
        if len(node.binder) == 1 and node.binder[0] in names_in(node.value):
            self.bind(node.binder[0], bound, span_of(node.binder[0], node.span, "let"), is_changed=True)
        else:
            self.bind_all(node.binder, bound, node.span, "let")
        return NOTHING

    def _ensure(self, node: tree.Ensure) -> Type:
        with self.pure("`ensure`"):
            self.expr(node.condition, BOOL)
            if node.why is not None:
                self.expr(node.why, TEXT)
        self.scope.show(facts(node.condition, True, self.types))
        return NOTHING

    def _fail(self, node: tree.Fail) -> Type:
        with self.pure("`fail`"):
            self.expr(node.why, TEXT)
            if node.best is not None:
                self.expr(node.best)
        return NEVER

    def _return(self, node: tree.Return) -> Type:
        kind: Type = NOTHING
        if self.frame.is_test or self.frame.inside in LOOPS:
            where = "an example" if self.frame.is_test else _WORDS[self.frame.inside or "for"]
            help = "let the last line be the value" if not self.frame.is_test else "remove it"
            self.report.add("LOT-E0507", node.span, f"`return` does not leave {where}", f"inside {where}", help=help)
            if node.value is not None:
                self.expr(node.value)
            return NEVER
        if node.value is not None:
            kind = self.expr(node.value, self.frame.result)
        elif self.frame.result is not None and not fits(NOTHING, self.frame.result):
            message = f"`return` gives no value of type `{self.frame.result}`"
            self.report.add("LOT-E0326", node.span, message, "no value", help="write `return` and a value")
        self.frame.returns.append(kind)
        return NEVER

    def _memory(self, node: tree.Memory) -> Type:
        """Judge a memory of one call. Errors: LOT-E0523 where it can't stand."""
        if self.frame.function is None or not self.is_head(node):
            help = "put it at the top level of a function's body, before any label"
            message = f"the memory `{node.name}` can't stand here"
            self.declared.nodes.in_error.add(node.name)
            return self.report.add("LOT-E0523", node.span, message, "inside a block", help=help)
        if node.kept is not None:
            help = "declare it at the top of the file, or leave `kept in` out"
            message = f"`{node.name}` is of one call of `{self.frame.function}`: it can't be kept"
            self.report.add("LOT-E0523", node.span, message, "gone when the call ends", help=help)
            node = replace(node, kept=None)
        self._refuse_shadowing(node.name, span_of(node.name, node.span), is_changed=False)
        memory = memory_of(node, self.declared.written, self.report, self.frame.variables)
        if memory.start is not None:
            with self.pure("the start of a memory"):
                self.expr(memory.start, memory.value if memory.kind == "cells" else whole(memory))
        for where, kind in ((memory.where, memory.value), (memory.key_where, memory.key)):
            if where is not None and kind is not None:
                self.where(where, ("it",), kind)
        self.frame.memories[node.name] = self.own_memories[id(node)] = memory
        return NOTHING

    def _label(self, node: tree.Label) -> Type:
        help = "put it at the top level of the function's body"
        self.report.add(
            "LOT-E0504", node.span, f"the label `{node.name}` stands inside a block", "inside a block", help=help
        )
        return NOTHING

    def _jump(self, node: tree.Jump) -> Type:
        if node.condition is not None:
            self.expr(node.condition, BOOL)
        if self.frame.inside is not None:
            word = _WORDS[self.frame.inside]
            help = f"end the {self.frame.inside} first; a `fold` ends early by `until`"
            message = f"JUMP does not leave {word}"
            return self.report.add("LOT-E0503", node.span, message, f"inside {word}", help=help)
        if node.label not in self.frame.labels:
            close = close_name(node.label, self.frame.labels)
            help = f"write `JUMP {close}`" if close else f"put `{node.label}:` on a line of its own"
            message = f"there is no label `{node.label}`"
            return self.report.add("LOT-E0208", node.span, message, "not in this function", help=help)
        self.arrive(node.label, node.span)
        if node.condition is None:
            return NEVER
        self.scope.show(facts(node.condition, False, self.types))
        return NOTHING

    def bind_all(self, binder: Binder, kind: Type, span: Span, after: str = "") -> None:
        """Bind one name, or take a tuple apart. Errors: LOT-E0321 for what is no tuple of that length."""
        if len(binder) == 1:
            self.bind(binder[0], kind, span_of(binder[0], span, after))
            return
        parts: tuple[Type, ...] = (UNKNOWN,) * len(binder)
        if isinstance(kind, types.Tuple) and len(kind.items) == len(binder):
            parts = kind.items
        elif not isinstance(kind, types.Unknown | types.Never):
            message = f"`{kind}` does not come apart into {len(binder)}"
            help = "name its fields" if isinstance(kind, types.Record) else "bind it to one name"
            self.report.add("LOT-E0321", span_of(binder[0], span, after), message, f"this is `{kind}`", help=help)
        for i, (name, part) in enumerate(zip(binder, parts, strict=True)):
            if name in binder[:i] and name != "_":
                self.report.add(
                    "LOT-E0202", span, f"`{name}` is bound twice", "twice here", help="give it another name"
                )
            else:
                self.bind(name, part, span_of(name, span, after))
