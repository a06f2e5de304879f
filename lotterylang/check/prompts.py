"""Inference of prompts: role lines, `${}`, holes; and of what stands before them, the model and its arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lotterylang.check import types
from lotterylang.check.histories import is_blank, misplaced
from lotterylang.check.holes import PendingHole, refuse_unfillable
from lotterylang.check.jumps import Jumps
from lotterylang.check.names import Binding, close_name
from lotterylang.check.prelude import HISTORY, SURELY
from lotterylang.check.promises import Refinement
from lotterylang.check.types import BOOL, Type, known
from lotterylang.check.walk import below
from lotterylang.syntax import tree
from lotterylang.syntax.source import Span

MODEL_EXAMPLE = 'write `model small = onnx("smollm2-135m-instruct")` at the top of the file'


class Prompts(Jumps):
    """Prompts and models."""

    pending: list[PendingHole]

    # models

    def on_model(self, node: tree.OnModel | None, span: Span, takes: Mapping[str, Type]) -> None:
        """Judge the model of an instruction. Errors: LOT-E0205, LOT-E0415, LOT-E0417."""
        models = self.declared.models
        if node is None:
            self._default_model(span)
            return
        local = self.scope.find(node.name)
        is_parameter = local is not None and local.type == types.MODEL
        if not is_parameter and node.name not in models and node.name not in self.declared.nodes.in_error:
            close = close_name(node.name, models)
            place = self.declared.place(close or node.name)
            others = ((place, "declared here"),) if place is not None else ()
            message = f"there is no model `{node.name}`"
            at = Span(node.span.source, node.span.start, node.span.start + len(node.name))
            help = f"write `{close}`" if close else MODEL_EXAMPLE
            self.report.add("LOT-E0205", at, message, "not declared as a model", help=help, others=others)
        for arg in node.args:
            self._model_argument(node.name, arg, takes)

    def _default_model(self, span: Span) -> None:
        models = list(self.declared.models)
        at = Span(span.source, span.start, span.start + len(span.text.split()[0]))
        if not models:
            self.report.add("LOT-E0205", at, "no model is declared", "needs one", help=MODEL_EXAMPLE)
        elif len(models) > 1:
            names = " or ".join(f"`{name}`" for name in models[:4])
            message = "the program declares several models, this names none"
            self.report.add("LOT-E0417", at, message, "which one?", help=f"write {names} after it")

    def _model_argument(self, model: str, arg: object, takes: Mapping[str, Type]) -> None:
        if isinstance(arg, tree.NamedArg) and arg.name in takes and not isinstance(arg.value, tree.Lambda):
            with self.pure("a model's argument"):
                self.expr(arg.value, takes[arg.name])
            return
        span: Span = getattr(arg, "span")  # noqa: B009
        shown = " or ".join(f"`{model}({name} = …)`" for name in takes) or f"`{model}` alone"
        self.report.add("LOT-E0415", span, f"`{model}` does not take this here", "not taken", help=f"write {shown}")

    # prompts

    def prompt(self, node: tree.Text, *, has_holes: bool = False) -> list[tree.Hole]:
        """Judge a prompt. Gives its holes. Errors: LOT-E0401, LOT-E0411, LOT-E0412, LOT-E0408."""
        holes: list[tree.Hole] = []
        turn: tree.RoleLine | None = None
        before: object = None
        is_chat = any(isinstance(part, tree.RoleLine) for part in node.parts)
        for part in node.parts:
            if isinstance(part, tree.RoleLine):
                self._role_line(part, turn)
                turn = part
            elif isinstance(part, tree.Value) and self._is_history(part.value):
                self._history(node.parts, part, part.value)
            elif is_chat and turn is None and not is_blank(part) and not self._follows_history(before):
                help = "begin with a role line, or write none at all"
                self.report.add(
                    "LOT-E0411", part.span, "this stands before the first turn", "nobody says it", help=help
                )
            if isinstance(part, tree.Value):
                self.shown_value(part, is_history=id(part.value) in self.histories)
            elif isinstance(part, tree.Hole):
                holes.append(part)
                self._hole_stands(part, turn, before, has_holes)
            before = part
        self.note(node, types.TEXT)
        return holes

    def _is_history(self, node: tree.Expr) -> bool:
        called = node.function if isinstance(node, tree.Call) else None
        if not isinstance(called, tree.Name) or called.name not in (HISTORY, SURELY + HISTORY):
            return False
        return self.scope.find(called.name) is None and called.name not in self.declared.nodes.places

    def _follows_history(self, before: object) -> bool:
        """Tell whether a history stands just before: it says already what may follow it."""
        return isinstance(before, tree.Value) and id(before.value) in self.histories

    def _history(self, parts: Sequence[object], part: tree.Value, call: tree.Expr) -> None:
        """Judge where `${turns(…)}` stands; what it takes is judged as any value is. Errors: LOT-E0411."""
        self.histories.add(id(call))
        wrong = misplaced(parts, part)
        if wrong is not None:
            self.report.add("LOT-E0411", part.span, wrong.message, wrong.label, help=wrong.help)

    def _role_line(self, node: tree.RoleLine, turn: tree.RoleLine | None) -> None:
        if node.role == "system" and turn is not None:
            help = "put it first"
            self.report.add("LOT-E0411", node.span, "`system:` stands after another turn", "not first", help=help)

    def _hole_stands(self, node: tree.Hole, turn: tree.RoleLine | None, before: object, has_holes: bool) -> None:
        if not has_holes:
            help = "a hole stands in the prompt of an ASK"
            self.report.add(
                "LOT-E0401", node.span, f"the hole `{node.name}` can't be filled here", "no ASK fills it", help=help
            )
        if turn is not None and turn.role != "assistant":
            help = "write a line `assistant:` before it"
            message = f"the hole `{node.name}` stands in a `{turn.role}` turn"
            others = ((turn.span, "the turn begins here"),)
            self.report.add(
                "LOT-E0412", node.span, message, "the model writes `assistant` turns", help=help, others=others
            )
        if isinstance(before, tree.Hole):
            help = "put a word, a sign or a new line between them"
            message = f"nothing stands between `{before.name}` and `{node.name}`"
            others = ((before.span, "one ends"),)
            self.report.add("LOT-E0408", node.span, message, "the other begins", help=help, others=others)

    # holes

    def ask_holes(self, holes: list[tree.Hole]) -> Type:
        """Judge the holes of an ASK. Gives the record of them."""
        fields: dict[str, types.Field] = {}
        names = frozenset(hole.name for hole in holes)
        for hole in holes:
            kind = self._hole(hole, names)
            if hole.name in fields:
                help = "give it another name"
                self.report.add("LOT-E0407", hole.span, f"two holes are named `{hole.name}`", "the second", help=help)
            fields[hole.name] = types.Field(hole.name, kind)
        return types.Record(None, tuple(fields.values()))

    def _hole(self, node: tree.Hole, names: frozenset[str]) -> Type:
        kind = self.written(node.type.type)
        is_fillable = refuse_unfillable(kind, node, self.report)
        refinements = list(self.declared.written.refined(node.type.type))
        if node.type.where is not None:
            self._deduce_before(node.type.where, names)
            outer, self.frame.holes = self.frame.holes, names - {node.name}
            with self.scope.block(), self.pure("`where`"):
                for name in (node.name, "it"):
                    self.scope.bind(Binding(name, known(kind), node.span))
                is_fillable &= not isinstance(self.expr(node.type.where, BOOL), types.Unknown)
            self.frame.holes = outer
            refinements.append(Refinement((), node.type.where, frozenset({node.name, "it"})))
        if is_fillable:
            self.pending.append(PendingHole(node, kind, tuple(refinements)))
        return kind

    def _deduce_before(self, where: tree.Expr, names: frozenset[str]) -> None:
        """Judge what a hole is bounded by that is derived before the ASK, so that it knows no hole."""
        outer, self.frame.holes, self.frame.is_derived = self.frame.holes, names | {"it"}, True
        for part in below(where):
            if isinstance(part, tree.Derived):
                self.expr(part)
                self.bounding.add(id(part))
        self.frame.holes, self.frame.is_derived = outer, False
