"""Inference of the instructions: ASK, CHOOSE, SCORE, and READ, WRITE, COPY, MOV."""

from __future__ import annotations

from lotterylang.check import types
from lotterylang.check.declared import prelude, whole
from lotterylang.check.effects import Calling, Passed, Trace, on_own
from lotterylang.check.names import close_name, span_of
from lotterylang.check.program import MemoryDeclaration
from lotterylang.check.prompts import Prompts
from lotterylang.check.relations import fits, join
from lotterylang.check.types import BOOL, NOTHING, NUMBER, SCORE, TEXT, UNKNOWN, Function, Type
from lotterylang.check.walk import constant_text
from lotterylang.syntax import tree
from lotterylang.syntax.source import Span

SAMPLING = {"temperature": NUMBER, "top_p": NUMBER}
SCORING: dict[str, Type] = {"score": types.Literal(("sum", "mean", "lift"))}
WRITABLE = types.Text | types.Literal | types.Int | types.Number | types.Bool | types.Enum | types.Unknown


class Instructions(Prompts):
    """What touches the world or memory."""

    # the model

    def _ask(self, node: tree.Ask, want: Type | None) -> Type:
        self.on_model(node.model, node.span, SAMPLING)
        holes = self.prompt(node.prompt, has_holes=True)
        self.touch("ASK", node.span)
        if not holes:
            help = "write `@{answer: text, max 40 tokens}` where the model shall go on"
            return self.report.add(
                "LOT-E0402", node.prompt.span, "the prompt of an ASK has no hole", "nothing to fill", help=help
            )
        record = self.ask_holes(holes)
        name = node.model.name if node.model is not None else next(iter(self.declared.models), "")
        self.asked.append((None if self.scope.find(name) is not None else name, record))
        return record

    def _choose(self, node: tree.Choose, want: Type | None) -> Type:
        self.on_model(node.model, node.span, SCORING)
        self.prompt(node.prompt)
        item = self._options(node, want)
        if node.by is not None:
            self._written_by(node.by, item)
        elif not isinstance(item, WRITABLE):
            help = "say how one is written: `by x => …`"
            message = f"options of type `{item}` have no text of their own"
            self.report.add("LOT-E0413", node.options.span, message, f"items are `{item}`", help=help)
        if node.against is not None:
            self._against(node.against, node.prompt)
        self.touch("CHOOSE", node.span)
        return types.Choice(item)

    def _options(self, node: tree.Choose, want: Type | None) -> Type:
        """Give the type of what is chosen from: an enum, `bool`, or the items of a list."""
        options = node.options
        if isinstance(options, tree.TypeValue):
            kind = self.declared.written.types.get(options.name)
            if isinstance(kind, types.Enum):
                self.note(options, types.List(kind))
                return kind
        elif isinstance(options, tree.Name) and options.name == "bool" and self.scope.find("bool") is None:
            self.note(options, types.List(BOOL))
            return BOOL
        found = self.expr(options, _literals(options))
        if isinstance(found, types.List):
            return found.item
        if found != UNKNOWN:
            help = 'write a list, `["a", "b"]`, an enum, or `bool`'
            self.report.add(
                "LOT-E0413", options.span, f"CHOOSE takes one of a list, this is `{found}`", "no list", help=help
            )
        return UNKNOWN

    def _written_by(self, by: tree.Lambda | tree.Name, item: Type) -> None:
        with self.pure("`by`"):
            _, passed = self.function_argument(by, Function((item,), TEXT))
            self._run_passed(passed, by.span)

    def _run_passed(self, passed: Passed, span: Span) -> None:
        atoms = self.frame.trace.atoms
        atoms.append(passed if isinstance(passed, Trace) else Calling(passed, {}, span))

    def _against(self, node: tree.Against, prompt: tree.Text) -> None:
        """Judge `against slot in values`. Errors: LOT-E0301, LOT-E0414."""
        values = self.expr(node.values)
        slots = [p.value for p in prompt.parts if isinstance(p, tree.Value) and isinstance(p.value, tree.Name)]
        slot = next((name for name in slots if isinstance(name, tree.Name) and name.name == node.slot), None)
        if slot is None or node.slot in self.declared.constants:
            self._no_slot(node, [name.name for name in slots if isinstance(name, tree.Name)])
        elif not isinstance(values, types.List):
            if values != UNKNOWN:
                message = f"`against` takes a list of values, this is `{values}`"
                self.report.add("LOT-E0301", node.values.span, message, "no list", help="write a list")
        elif join(values.item, self.types.get(id(slot), UNKNOWN)) is None:
            message = f"`{node.slot}` is `{self.types[id(slot)]}`, the values are `{values.item}`"
            help = "list values that it could have had"
            self.report.add("LOT-E0301", node.values.span, message, "other values", help=help)
        else:
            self.demand("show", values.item, node.values.span)

    def _no_slot(self, node: tree.Against, shown: list[str]) -> None:
        if node.slot in self.declared.constants:
            message = f"`{node.slot}` is a constant: it could not have had another value"
            help = f"bind it first, `let this = {node.slot}`, and write `against this in …`"
            self.report.add("LOT-E0414", node.span, message, "no local name", help=help)
            return
        close = close_name(node.slot, shown)
        message = f"the prompt has no `${{{node.slot}}}`"
        help = f"write `{close}`" if close else f"write `${{{node.slot}}}` in the prompt"
        self.report.add("LOT-E0414", node.span, message, "not in the prompt", help=help)

    def _score(self, node: tree.Score, want: Type | None) -> Type:
        self.on_model(node.model, node.span, {})
        self.expr(node.text, TEXT)
        self.prompt(node.prompt)
        self.touch("SCORE", node.span)
        return SCORE

    # memory

    def _read(self, node: tree.Read) -> Type:
        kind = self.place(node.place)
        if node.default is not None:
            default = self.expr(node.default, kind if isinstance(kind, types.Literal | types.Enum) else None)
            both = join(kind, default)
            if both is None:
                message = f"the place holds `{kind}`, the default is `{default}`"
                both = self.report.add(
                    "LOT-E0302", node.default.span, message, f"this is `{default}`", help="give both one type"
                )
            kind = both
        self._reach("READ", node.place)
        self.bind_all(node.binder, kind, node.span, "->")
        return NOTHING

    def _write(self, node: tree.Write) -> Type:
        self.expr(node.value, self.place(node.place))
        self._reach("WRITE", node.place)
        return NOTHING

    def _copy(self, node: tree.Copy) -> Type:
        return self._moved(node, "COPY")

    def _mov(self, node: tree.Mov) -> Type:
        return self._moved(node, "MOV")

    def _moved(self, node: tree.Copy | tree.Mov, effect: str) -> Type:
        source, target = self.place(node.source), self.place(node.target)
        if not fits(source, target):
            message = f"`{node.source.span.text}` holds `{source}`, `{node.target.span.text}` holds `{target}`"
            self.report.add("LOT-E0301", node.span, message, "two types", help="move between places of one type")
        for place in (node.source, node.target):
            self._reach(effect, place)
        return NOTHING

    def _reach(self, effect: str, place: tree.Place) -> None:
        """Note what an instruction does: to a memory inside this function, nobody outside of it sees that."""
        is_own = place.name in self.frame.memories
        self.touch(on_own(effect, self.frame.function or "") if is_own else effect, place.span)

    def place(self, node: tree.Place) -> Type:
        """Give the type of what a place holds. Errors: LOT-E0206, LOT-E0502."""
        memory = self.frame.memories.get(node.name) or self.declared.memories.get(node.name)
        if memory is None:
            if node.key is not None:
                self.expr(node.key)
            return self._no_memory(node)
        if node.key is None:
            return whole(memory)
        if memory.key is None:
            self.expr(node.key)
            return self._no_cells(node, memory)
        self.expr(node.key, memory.key)
        return memory.value

    def _no_cells(self, node: tree.Place, memory: MemoryDeclaration) -> Type:
        help = f"write `{node.name}` alone, or declare `memory {node.name} : cells<{memory.value}>`"
        message = f"`{node.name}` is one cell, it has no places inside"
        others = ((self.declared.place(node.name) or span_of(node.name, memory.node.span), "declared here"),)
        return self.report.add("LOT-E0502", node.span, message, "one cell", help=help, others=others)

    def _no_memory(self, node: tree.Place) -> Type:
        name = node.name
        if name in self.declared.nodes.in_error:
            return UNKNOWN
        local = self.scope.find(name)
        place = local.span if local is not None else self.declared.place(name)
        close = close_name(name, [*self.frame.memories, *self.declared.memories])
        if local is not None or place is not None or name in prelude():
            message, help = f"`{name}` is no memory", "READ, WRITE, COPY and MOV take places of memory"
        else:
            message, help = f"there is no memory `{name}`", f"declare it: `memory {name} : text`"
            place = self.declared.place(close) if close else None
        help = f"write `{close}`" if close else help
        others = ((place, "declared here"),) if place is not None else ()
        at = Span(node.span.source, node.span.start, node.span.start + len(name))
        return self.report.add("LOT-E0206", at, message, "no memory", help=help, others=others)


def _literals(node: tree.Expr) -> Type | None:
    """Give the literal type of a list of plain texts, so that a `match` on the choice can be whole."""
    if not isinstance(node, tree.List) or not node.items:
        return None
    written = [constant_text(item) for item in node.items]
    texts = [text for text in written if text is not None]
    return types.List(types.Literal(tuple(dict.fromkeys(texts)))) if len(texts) == len(written) else None
