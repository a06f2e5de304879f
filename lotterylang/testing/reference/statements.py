"""Blocks, statements, choices and memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lotterylang.check.program import MemoryDeclaration
from lotterylang.run.convert import shown
from lotterylang.run.kinds import belongs
from lotterylang.run.values import Case, Failure, Record, ToolCall
from lotterylang.syntax import tree
from lotterylang.testing.reference.expressions import Expressions
from lotterylang.testing.reference.operators import bind
from lotterylang.testing.reference.state import (
    EMPTIED,
    GONE,
    Budget,
    Cells,
    Held,
    Jumped,
    Names,
    Own,
    Returned,
    replacing,
)

STATEMENTS = {
    kind: kind.__name__.lower()
    for kind in (
        *(tree.Memory, tree.Let, tree.Read, tree.Write, tree.Copy, tree.Mov, tree.Jump, tree.Label),
        *(tree.Ensure, tree.Fail, tree.Return),
    )
}


class Statements(Expressions):
    """Statements."""

    starts: Names

    def block(self, node: Any, names: Names) -> Any:
        """Give the value of a block, or of a single expression in its place."""
        if not isinstance(node, tree.Block):
            return self.eval(node, names)
        return self.statements(node.statements, dict(names))

    def statements(self, statements: tuple[Any, ...], names: Names) -> Any:
        """Do statements in the scope given; the value is that of the last one, if it is an expression."""
        value = None
        for statement in statements:
            value = self.statement(statement, names)
        return value

    def statement(self, node: Any, names: Names) -> Any:
        """Do a statement; an expression gives its value."""
        word = STATEMENTS.get(type(node))
        if word is None:
            return self.eval(node, names)
        getattr(self, f"do_{word}")(node, names)
        return None

    def body(self, name: str, args: tuple[Any, ...]) -> Any:
        """Run a function of the program in the present place."""
        fn = self.program.functions[name].node
        names = dict(zip([param.name for param in fn.params], args, strict=True))
        for param in fn.params:
            condition = self.program.conditions.get(id(param))
            self.promise(condition, param.name, names[param.name], f"`{param.name}` of `{name}`", names)
        try:
            value = self._labelled(fn.body.statements, names)
        except Returned as returned:
            value = returned.value
        finally:
            for own in [each for each in names.values() if isinstance(each, Own)]:
                self.memory.pop(own, None)
        self.promise(self.program.conditions.get(id(fn)), "it", value, f"the result of `{name}`", names)
        return value

    def _labelled(self, statements: tuple[Any, ...], names: Names) -> Any:
        """Do the statements of a body that JUMP may go about in."""
        labels = {each.name: at for at, each in enumerate(statements) if isinstance(each, tree.Label)}
        at, value = 0, None
        while at < len(statements):
            try:
                value = self.statement(statements[at], names)
                at += 1
            except Jumped as jumped:
                at = labels[jumped.label]
        return value

    # bindings, jumps, failures

    def do_let(self, node: tree.Let, names: Names) -> None:
        """`let`."""
        value = self.eval(node.value, names)
        name = node.binder[0].rpartition(".")[2] if len(node.binder) == 1 else "it"
        condition = self.program.conditions.get(id(node))
        self.promise(condition, name, value, f"`{', '.join(node.binder)}`", names)
        bind(node.binder, value, names)

    def do_jump(self, node: tree.Jump, names: Names) -> None:
        """`JUMP`."""
        if node.condition is None or self.eval(node.condition, names):
            raise Jumped(node.label)

    def do_label(self, node: tree.Label, names: Names) -> None:
        """A label does nothing."""

    def do_ensure(self, node: tree.Ensure, names: Names) -> None:
        """`ensure`."""
        if not self.eval(node.condition, names):
            written = f"`{' '.join(node.condition.span.text.split())}` does not hold"
            raise Failure("Rejected", written if node.why is None else self.eval(node.why, names))

    def do_fail(self, node: tree.Fail, names: Names) -> None:
        """`fail`."""
        why = self.eval(node.why, names)
        raise Failure("Rejected", why, None if node.best is None else self.eval(node.best, names))

    def do_return(self, node: tree.Return, names: Names) -> None:
        """`return`."""
        raise Returned(None if node.value is None else self.eval(node.value, names))

    # memory

    def do_memory(self, node: tree.Memory, names: Names) -> None:
        """`memory` of one call."""
        declaration = self.program.own_memories[id(node)]
        own = Own(declaration, None if declaration.start is None else self.eval(declaration.start, names))
        names[f"memory {node.name}"] = own
        self.memory[own] = Cells()
        if declaration.start is not None:
            held = own.start if declaration.kind == "map" else {None: own.start}
            for key, value in held.items():
                self._judge(declaration, key, value)
            if declaration.kind == "map":
                self.memory[own] = Cells({key: Held(value, self.place.path) for key, value in held.items()})

    def _at(self, place: tree.Place, names: Names) -> str | Own:
        """Give the store that a place is in: of this call, or of the run."""
        own: Own | None = names.get(f"memory {place.name}")
        return place.name if own is None else own

    def _declared(self, store: str | Own) -> MemoryDeclaration:
        return self.program.memories[store] if isinstance(store, str) else store.declaration

    def _is_whole(self, place: tree.Place, store: str | Own) -> bool:
        return place.key is None and self._declared(store).kind != "cell"

    def _key(self, place: tree.Place, names: Names) -> Any:
        return None if place.key is None else self.eval(place.key, names)

    def _store(self, store: str | Own) -> Names:
        """Give all that a store holds."""
        held = {key: each.value for key, each in self.memory[store].items() if each is not EMPTIED}
        return dict(sorted(held.items())) if self._declared(store).kind == "cells" else held

    def _held(self, store: str | Own, key: Any) -> Any:
        """Give what a place holds. Errors: Failure Empty."""
        declaration, held = self._declared(store), self.memory[store].get(key)
        if held is None and declaration.start is not None and declaration.kind != "map":
            return self.starts[store] if isinstance(store, str) else store.start
        if held is None or held is EMPTIED:
            raise Failure("Empty", f"`{_written(declaration, key)}` holds nothing")
        return held.value

    def _judge(self, declaration: MemoryDeclaration, key: Any, value: Any) -> None:
        """Judge what a place is to hold, and its key. Errors: Failure Rejected."""
        where = _written(declaration, key)
        self.promise(declaration.key_where, "it", key, f"the key of `{where}`", {})
        self.promise(declaration.where, "it", value, f"`{where}`", {})

    def do_read(self, node: tree.Read, names: Names) -> None:
        """`READ`."""
        store = self._at(node.place, names)
        if self._is_whole(node.place, store):
            bind(node.binder, self._store(store), names)
            return
        key = self._key(node.place, names)
        if node.default is None:
            bind(node.binder, self._held(store, key), names)
            return
        held = self.memory[store].get(key, EMPTIED)
        bind(node.binder, self.eval(node.default, names) if held is EMPTIED else held.value, names)

    def do_write(self, node: tree.Write, names: Names) -> None:
        """`WRITE`."""
        store, value = self._at(node.place, names), self.eval(node.value, names)
        declaration = self._declared(store)
        if self._is_whole(node.place, store):
            for key, each in value.items():
                self._judge(declaration, key, each)
            if not (node.if_empty and self._store(store)):
                self._replace(store, value, node.if_empty)
            return
        key = self._key(node.place, names)
        self._judge(declaration, key, value)
        cells = self.memory[store]
        if not node.if_empty or cells.get(key, EMPTIED) is EMPTIED:
            cells[key] = Held(value, self.place.path, node.if_empty)

    def _replace(self, store: str | Own, values: Mapping[Any, Any], if_empty: bool) -> None:
        path = self.place.path
        cells = {key: Held(value, path, if_empty) for key, value in values.items()}
        self.memory[store] = replacing(cells, Held(GONE, path, if_empty))

    def do_copy(self, node: tree.Copy, names: Names) -> None:
        """`COPY`."""
        self._transfer(node, names, empties=False)

    def do_mov(self, node: tree.Mov, names: Names) -> None:
        """`MOV`."""
        self._transfer(node, names, empties=True)

    def _transfer(self, node: Any, names: Names, *, empties: bool) -> None:
        source, target = self._at(node.source, names), self._at(node.target, names)
        if self._is_whole(node.source, source):
            held = self._store(source)
            for key, each in held.items():
                self._judge(self._declared(target), key, each)
            of = self._declared(source)
            emptied = [*self.memory[source]] if of.kind == "cells" and of.start is not None else []
            if empties:
                self._replace(source, {}, False)
                self.memory[source].update(dict.fromkeys(emptied, EMPTIED))
            self._replace(target, held, False)
            if source == target:
                self.memory[target].update({key: EMPTIED for key in emptied if key not in held})
            return
        here, there = self._key(node.source, names), self._key(node.target, names)
        value = self._held(source, here)
        self._judge(self._declared(target), there, value)
        if empties:
            self.memory[source][here] = EMPTIED
        self.memory[target][there] = Held(value, self.place.path)

    # choices and limits

    def _block(self, node: tree.Block, names: Names) -> Any:
        return self.block(node, names)

    def _if(self, node: tree.If, names: Names) -> Any:
        for condition, block in node.branches:
            if self.eval(condition, names):
                value = self.block(block, names)
                return value if node.otherwise is not None else None
        return None if node.otherwise is None else self.block(node.otherwise, names)

    def _match(self, node: tree.Match, names: Names) -> Any:
        value = self.eval(node.subject, names)
        for arm in node.arms:
            inner = dict(names)
            if self.fits(arm.pattern, value, inner) and (arm.guard is None or self.eval(arm.guard, inner)):
                return self.block(arm.body, inner)
        raise Failure("Impossible", "no arm of the match fits")

    def fits(self, pattern: Any, value: Any, names: Names, inside: bool = False) -> bool:
        """Tell whether a value fits a pattern, whose names it then binds."""
        match pattern:
            case tree.ConstantPattern():
                return type(value) is type(pattern.value) and bool(value == pattern.value)
            case tree.EitherPattern():
                return any(self.fits(option, value, names, inside) for option in pattern.options)
            case tree.TuplePattern():
                pairs = zip(pattern.items, value or (), strict=value is not None)
                return value is not None and all(self.fits(part, each, names, True) for part, each in pairs)
            case tree.CallPattern():
                if not isinstance(value, ToolCall) or value.tool != pattern.name:
                    return False
                names.update(zip(pattern.params, value.arguments.values(), strict=True))
                return True
            case tree.TypePattern():
                names[pattern.name or "_"] = value
                return self._is_of(pattern, value)
            case tree.CasePattern(name="_"):
                return True
            case tree.CasePattern(enum=None) if inside:
                names[pattern.name] = value
                return True
            case tree.CasePattern():
                return isinstance(value, Case) and value.name == pattern.name
        raise AssertionError(f"the reference does not know {type(pattern).__name__}")

    def _is_of(self, pattern: tree.TypePattern, value: Any) -> bool:
        """Tell whether a value is of the type that a pattern names, or the outcome of DEDUCE of that name."""
        kind, promise = self.program.types.get(id(pattern)), self.program.promises.get(pattern.type)
        if kind is None:
            return isinstance(value, Record) and value.name == pattern.type
        return belongs(kind)(value) and (promise is None or bool(self.eval(promise, {"it": value})))

    def _within(self, node: tree.Within, names: Names) -> Any:
        limits = {limit.name: max(self.eval(limit.value, names), 0) for limit in node.limits}
        if "depth" in limits:
            limits["depth"] = min(limits["depth"], self.budget.level())
        outer = self.budget
        self.budget = Budget(limits, outer, outer.opened + ("depth" in limits))
        try:
            return self.block(node.body, names)
        finally:
            outer.deepest = max(outer.deepest, self.budget.deepest)
            self.budget = outer


def _written(declaration: MemoryDeclaration, key: Any) -> str:
    return declaration.name if key is None else f"{declaration.name}[{shown(key)}]"
