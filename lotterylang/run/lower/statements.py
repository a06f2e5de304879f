"""Statements as instructions: memory, jumps, bindings, calls of the program's functions. Next door: `prompts.py`."""

from __future__ import annotations

from typing import Any

from lotterylang.run.lower.blocks import is_expression, return_of
from lotterylang.run.lower.emitter import Evaluate, Label, slot_reader
from lotterylang.run.lower.expressions import called
from lotterylang.run.lower.own import OwnLowering, held_in, replace_held
from lotterylang.run.lower.places import EMPTIED, Start, empty, judge_all, reader, start_of, writer, writer_of_all
from lotterylang.run.machine import CALL, Code, Function, Instruction, Slots, slots_for
from lotterylang.run.memory import Store
from lotterylang.run.values import Failure, Value
from lotterylang.syntax import tree


class StatementLowering(OwnLowering):
    """Statements, and calls."""

    labels: dict[str, Label]

    def statement(self, node: Any) -> None:
        method = getattr(self, f"emit_{type(node).__name__.lower()}", None)
        if is_expression(node) or method is None:
            self.emitter.assign(self.value(node), node, self.emitter.layout.slot())
        else:
            method(node)

    def emit_let(self, node: tree.Let) -> None:
        value = self.value(node.value)
        if len(node.binder) == 1:
            slot = self.emitter.assign(value, node, self.emitter.bind(node.binder[0]))
            self.keep_promise(node, f"`{node.binder[0]}`", slot)
            return
        if id(node) in self.program.conditions:
            slot = self.emitter.assign(value, node)
            self.keep_promise(node, f"`{', '.join(node.binder)}`", slot)
            value = slot_reader(slot)
        bind = self.binding(node.binder)
        self.emitter.assign(lambda s: bind(s, value(s)), node, self.emitter.layout.slot())

    def keep_promise(self, node: Any, what: str, slot: int) -> None:
        """Judge the value in a slot by what the written type says of it, if it says anything."""
        condition = self.program.conditions.get(id(node))
        if condition is None:
            return
        names = node.binder if isinstance(node, tree.Let) else (getattr(node, "name", "it"),)
        name = "it" if len(names) > 1 or isinstance(node, tree.Fn) else names[0].rpartition(".")[2]
        judge = self.check(name, condition, what)
        self.emitter.assign(lambda s: judge(s, {name: s[slot]}), node)

    def emit_endorse(self, node: tree.Endorse) -> int:
        slot = self.emitter.assign(self.value(node.value), node)
        self.keep_promise(node, f"`{' '.join(node.span.text.split())}`", slot)
        return slot

    def emit_ensure(self, node: tree.Ensure) -> None:
        holds, promise = Label(), " ".join(node.condition.span.text.split())
        self.emitter.jump_if(self.value(node.condition), holds, node)
        why = self.value(node.why) if node.why is not None else lambda s: f"`{promise}` does not hold"
        self.emitter.assign(_rejected(why), node)
        self.emitter.place(holds)

    def emit_fail(self, node: tree.Fail) -> None:
        why, *best = self.values([node.why, *([node.best] if node.best is not None else [])])
        self.emitter.assign(_rejected(why, *best), node)

    def emit_return(self, node: tree.Return) -> None:
        value = self.value(node.value) if node.value is not None else lambda s: None
        if self.emitter.attempts:
            value = slot_reader(self.emitter.assign(value, node))
            self.leave_attempts(self.emitter.attempts, node)
        if self.function_node is not None and id(self.function_node) in self.program.conditions:
            slot = self.emitter.assign(value, node)
            self.keep_promise(self.function_node, f"the result of `{self.function_node.name}`", slot)
            value = slot_reader(slot)
        if self.own and self.function_node is not None:
            value = slot_reader(self.emitter.assign(value, node))
            self.leave_own(node)
        self.emitter.emit(lambda following: return_of(value), node)

    def emit_label(self, node: tree.Label) -> None:
        self.emitter.place(self.labels[node.name])

    def emit_jump(self, node: tree.Jump) -> None:
        stay = Label()
        if node.condition is not None and not self.emitter.budgets:
            self.emitter.jump_if(self.value(node.condition), self.labels[node.label], node)
            return
        if node.condition is not None:
            self.emitter.jump_if(self.value(node.condition), stay, node, when=False)
        self.leave_budgets(self.emitter.budgets, node)
        self.emitter.jump(self.labels[node.label], node)
        self.emitter.place(stay)

    # memory

    def key(self, place: tree.Place) -> Evaluate | None:
        """Lower the key of a place; a single cell has none."""
        return self.value(place.key) if place.key is not None else None

    def start(self, name: str) -> Start:
        """Give what an unwritten place of a store holds."""
        declaration, constants = self.declared(name), self.unit.constants
        if declaration.start is None or declaration.kind == "map":
            return empty(name)
        own = self.own.get(name)
        return (lambda s, key: constants[start_of(name)]) if own is None else (lambda s, key: s[own.start])

    def emit_read(self, node: tree.Read) -> None:
        name = node.place.name
        if node.place.key is None and self.declared(name).kind != "cell":
            found = self._whole_store(name)
        else:
            found = self._reading(node, name)
        if len(node.binder) == 1:
            self.emitter.assign(found, node, self.emitter.bind(node.binder[0]))
            return
        bind = self.binding(node.binder)
        self.emitter.assign(lambda s: bind(s, found(s)), node, self.emitter.layout.slot())

    def _reading(self, node: tree.Read, name: str) -> Evaluate:
        key = self.key(node.place)
        if node.default is None:
            return reader(self.store(name), key, self.start(name), empty(name))
        if self.is_simple(node.default):
            default = self.pure(node.default)
            return reader(self.store(name), key, lambda s, key: default(s), lambda s, key: default(s))
        return self._reading_else(node, name, key)

    def _reading_else(self, node: tree.Read, name: str, key: Evaluate | None) -> Evaluate:
        """Lower a READ whose default needs instructions: they run only where nothing is held."""
        at, found, end = self.emitter.assign(key or (lambda s: None), node), self.emitter.layout.slot(), Label()
        store = self.store(name)
        self.emitter.assign(lambda s: held_in(s, store).get(s[at], EMPTIED), node, found)
        self.emitter.jump_if(lambda s: s[found] is not EMPTIED, end, node)
        default = self.value(node.default)
        self.emitter.assign(lambda s: (default(s), None, None), node, found)
        self.emitter.place(end)
        return lambda s: s[found][0]

    def _whole_store(self, name: str) -> Evaluate:
        ordered, store = self.declared(name).kind == "cells", self.store(name)

        def read(s: Slots) -> Value:
            held = {key: entry[0] for key, entry in held_in(s, store).items() if entry is not EMPTIED}
            return dict(sorted(held.items())) if ordered else held

        return read

    def emit_write(self, node: tree.Write) -> None:
        name = node.place.name
        parts = [node.value] if node.place.key is None else [node.value, node.place.key]
        value, *key = self.values(parts)
        judge = self.stored(name)
        if node.place.key is None and self.declared(name).kind != "cell":
            self.emitter.emit(lambda following: writer_of_all(self.store(name), value, judge, node, following), node)
            return
        at = key[0] if key else None
        self.emitter.emit(lambda following: writer(self.store(name), at, value, judge, node, following), node)

    def emit_copy(self, node: tree.Copy) -> None:
        self._transfer(node, empties=False)

    def emit_mov(self, node: tree.Mov) -> None:
        self._transfer(node, empties=True)

    def _transfer(self, node: Any, *, empties: bool) -> None:
        source, target = node.source, node.target
        if source.key is None and self.declared(source.name).kind != "cell":
            self._transfer_store(node, empties=empties)
            return
        from_key, to_key = self.values([place.key or tree.Constant(place.span, None) for place in (source, target)])
        here, there = self.emitter.layout.slot(), self.emitter.layout.slot()
        read = reader(self.store(source.name), slot_reader(here), self.start(source.name), empty(source.name))
        judge, taken, given = self.stored(target.name), self.store(source.name), self.store(target.name)

        def transfer(s: Slots) -> None:
            s[here], s[there] = from_key(s), to_key(s)
            value = read(s)
            if judge is not None:
                judge(s, s[there], value)
            if empties:
                # An emptied place is empty, whatever a place of this store holds at the start.
                held_in(s, taken)[s[here]] = EMPTIED
            held_in(s, given)[s[there]] = (value, s[0].path, node)

        self.emitter.assign(transfer, node, self.emitter.layout.slot())

    def _transfer_store(self, node: Any, *, empties: bool) -> None:
        """Copy or move all that a store holds to another store of its kind."""
        source, target = node.source.name, node.target.name
        read, judge = self._whole_store(source), self.stored(target)
        taken, given, declared = self.store(source), self.store(target), self.declared(source)
        starts = declared.kind == "cells" and declared.start is not None

        def transfer(s: Slots) -> None:
            frame, held = s[0], read(s)
            judge_all(judge, s, held)
            # Only where a start value might come back must a store remember what was emptied.
            emptied: Store = dict.fromkeys(held_in(s, taken), EMPTIED) if starts else {}
            moved: Store = {key: (value, frame.path, node) for key, value in held.items()}
            if empties:
                replace_held(s, taken, emptied, node)
            replace_held(s, given, {**emptied, **moved} if taken == given else moved, node)

        self.emitter.assign(transfer, node, self.emitter.layout.slot())

    # calls

    def emit_call(self, node: tree.Call) -> int:
        if self._is_closed_call(node):
            return self.emitter.assign(self.combined(node), node)
        name = called(node)
        code = self.unit.codes.get(name) if self.emitter.lookup(name) is None else None
        target = self.emitter.layout.slot()
        if code is not None:
            args = self.values(self.bound(node))
            self.emitter.emit(lambda following: _call(code, args, target), node)
        else:
            function, *given = self.values([node.function, *node.args])
            self.emitter.emit(lambda following: _call_value(function, given, target, name, following), node)
        return target


def _rejected(why: Evaluate, best: Evaluate | None = None) -> Evaluate:
    def fail(s: Slots) -> None:
        raise Failure("Rejected", why(s), best(s) if best is not None else None)

    return fail


def _call(code: Code, args: list[Evaluate], target: int) -> Instruction:
    def call(s: Slots) -> int:
        frame = s[0]
        slots = [None, *[arg(s) for arg in args]]
        slots += [None] * (code.size - len(slots))
        path = frame.path.call(code.name) if code.performs else frame.path
        frame.machine.enter(code, slots, path, frame, target)
        return CALL

    return call


def _call_value(function: Evaluate, args: list[Evaluate], target: int, name: str, following: int) -> Instruction:
    def call(s: Slots) -> int:
        frame, called = s[0], function(s)
        values = tuple(arg(s) for arg in args)
        if not isinstance(called, Function):  # a function of the prelude
            s[target] = called(*values)
            return following
        code = called.code
        path = frame.path.call(name if code.name == "lambda" else code.name) if code.performs else frame.path
        frame.machine.enter(code, slots_for(called, values), path, frame, target)
        return CALL

    return call
