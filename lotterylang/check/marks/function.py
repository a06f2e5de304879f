"""Following: the body of one function in, what it does with marks out: with memory, with the world, in what it calls.

Next door: `values.py` follows values; `program.py` has all functions followed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lotterylang.check.indexes import TOOLBOX
from lotterylang.check.marks.origins import NONE, Act, Flow, Given, Marks, Origin, joined, replaced
from lotterylang.check.marks.values import Values
from lotterylang.check.standard import acts_outside, computes
from lotterylang.check.types import INDEX, ToolCall
from lotterylang.syntax import tree

_INSIDE = "what tools change inside of the run"
"""A place as those of memory are: the game of `std.tools`, all of them one."""


class Follower(Values):
    """Follows one function whole."""

    def flow(self, body: tree.Block, params: tuple[tree.Param, ...] = ()) -> Flow:
        """Follow the body; where a JUMP may lead back, until what came before changes nothing more."""
        self.names = {param.name: frozenset({Given(param.name)}) for param in params}
        every = joined(self.names.values())
        for param in params:
            if isinstance(param.default, tree.Name) and self._is_function(param.default):
                self.names[param.name] |= self.passed(param.default, every)
            if id(param) in self.program.conditions:
                self.promised(self.names[param.name])
        before: object = None
        while before != (state := (dict(self.names), self.left, self.fails, dict(self.writes))):
            before = state
            self.result |= self._statements(body) | self.left
            if not any(isinstance(statement, tree.Label) for statement in body.statements):
                break  # nothing leads back: what comes later decides nothing before it
        writes = frozenset(self.writes.items())
        acts = frozenset(Act(tool, span, way, marks) for (tool, span, way), marks in self.acts.items())  # type: ignore[arg-type]
        return Flow(self.result, self.fails, acts, writes, self.touched, self.may_fail)

    # memory

    def place(self, node: tree.Place) -> str:
        """Name a place: a memory of one call by its function."""
        return f"{self.function} {node.name}" if node.name in self.own else node.name

    def _at_memory(self, node: tree.Memory) -> Marks:
        self.own.add(node.name)
        if node.start is not None:
            self.keep(f"{self.function} {node.name}", self.marks(node.start))
        return NONE

    def keep(self, place: str, marks: Marks) -> None:
        """Note what is put into a place, and what decided that it is. What the place promises may fail."""
        self.writes[place] = self.writes.get(place, NONE) | marks | self.decided
        memory = self.program.memories.get(place)
        if memory is not None and (memory.where is not None or memory.key_where is not None):
            self.promised(marks)

    def _at_place(self, node: tree.Place) -> Marks:
        key = self.marks(node.key) if node.key is not None else NONE
        name = self.place(node)
        return key | self.held.get(name, NONE) | self.writes.get(name, NONE)

    def _at_read(self, node: tree.Read) -> Marks:
        found = self.marks(node.place) | (self.marks(node.default) if node.default is not None else NONE)
        self.bind(node.binder, found)
        return NONE

    def _at_write(self, node: tree.Write) -> Marks:
        key = self.marks(node.place.key) if node.place.key is not None else NONE
        self.keep(self.place(node.place), self.marks(node.value) | key)
        return NONE

    def _moved(self, node: tree.Copy | tree.Mov) -> Marks:
        found = self.marks(node.source) | (self.marks(node.target.key) if node.target.key is not None else NONE)
        self.keep(self.place(node.target), found)
        self.keep(self.place(node.source), found if isinstance(node, tree.Mov) else NONE)
        return NONE

    _at_copy = _at_mov = _moved

    # the world

    def _at_endorse(self, node: tree.Endorse) -> Marks:
        self.marks(node.value)
        return NONE

    def _at_find(self, node: tree.Find) -> Marks:
        outer = dict(self.names)
        found = joined([self.marks(part) for part in (node.count, node.index, node.query)])
        self.touched |= found
        if self._holds_documents(node.index):
            found |= {Origin("document", node.span)}
        self.names["it"] = found
        found |= self.marks(node.where) if node.where is not None else NONE
        self.names = outer
        return found

    def _holds_documents(self, node: tree.Expr) -> bool:
        """Tell whether what is searched may hold documents: a list does not, nor does an index of tools."""
        if isinstance(node, tree.Name) and node.name not in self.names and node.name in self.program.indexes:
            return self.program.indexes[node.name].provider != TOOLBOX
        return self.program.types.get(id(node)) == INDEX

    def _at_calltool(self, node: tree.CallTool) -> Marks:
        found = self.marks(node.call)
        self.touched |= found
        kind = self.program.types.get(id(node.call))
        tools = [self.program.tools[tool.name] for tool in kind.tools] if isinstance(kind, ToolCall) else []
        if any(tool.acts and not acts_outside(tool) for tool in tools):
            self.keep(_INSIDE, found)
            found |= self.held.get(_INSIDE, NONE) | self.writes[_INSIDE]
        for tool in tools:
            if acts_outside(tool):
                self.act(tool.name, node.span, "given", found)
                self.act(tool.name, node.span, "decided", self.decided)
        return found if all(computes(tool) for tool in tools) else found | {Origin("tool", node.span)}

    def act(self, tool: str, span: Any, way: str, marks: Marks) -> None:
        """Note an outside action."""
        key = (tool, span, way)
        self.acts[key] = self.acts.get(key, NONE) | marks

    # calls

    def _at_divide(self, node: tree.Divide) -> Marks:
        each = decided = self.marks(node.parts)
        if node.mode == "any" and node.solver in self.known:  # a part that fails decides which comes next, which wins
            params = [param for param, _ in self.program.functions[node.solver].params]
            decided |= replaced(self.known[node.solver].touched, dict.fromkeys(params, each))
        with self.under(decided):
            return decided | self.called(node.solver, {}, each)

    def _at_lambda(self, node: tree.Lambda) -> Marks:
        return self.passed(node, NONE)

    def _at_call(self, node: tree.Call) -> Marks:
        values = [(arg, arg.value if isinstance(arg, tree.NamedArg | tree.Spread) else arg) for arg in node.args]
        plain = {id(arg): self.marks(value) for arg, value in values if not self._is_function(value)}
        functions = {id(arg): value for arg, value in values if self._is_function(value)}
        name = node.function.name if isinstance(node.function, tree.Name | tree.TypeValue) else ""
        if name in self.names or name not in self.known:
            every = joined(plain.values()) | self.names.get(name, NONE)
            if name not in self.names and self._promises(name):
                self.promised(every)
            return every | joined([self.passed(value, every) for value in functions.values()])
        return self._called_by_name(name, node, plain, functions)

    def _promises(self, name: str) -> bool:
        """Tell whether a record or a tool promises something of what it is built of."""
        if name in self.program.tools:
            return any(id(param) in self.program.conditions for param in self.program.tools[name].node.params)
        record = self.program.records.get(name)
        return name in self.program.promises or (record is not None and any(field.where for field in record.fields))

    def _called_by_name(self, name: str, node: tree.Call, plain: dict[int, Marks], functions: dict[int, Any]) -> Marks:
        """Follow a call of a function of the program. What it passes on runs somewhere in it, with anything of it."""
        params = [param for param, _ in self.program.functions[name].params]
        inside = replaced(self.known[name].touched, _paired(params, node, plain)) | joined(plain.values())
        passed = {arg: self.passed(value, inside) for arg, value in functions.items()}
        return self.called(name, _paired(params, node, plain | passed), NONE)

    def called(self, name: str, given: Mapping[str, Marks], every: Marks) -> Marks:
        """Follow a call: `given` are the marks of its arguments by name, `every` those of any that is not named."""
        if name not in self.known:
            return every | self.names.get(name, NONE)
        flow = self.known[name]
        marks = {param: every for param, _ in self.program.functions[name].params} | dict(given)
        for act in flow.acts:
            above = self.decided if act.way == "decided" else NONE
            self.act(act.tool, act.span, act.way, replaced(act.marks, marks) | above)
        for place, written in flow.writes:
            self.keep(place, replaced(written, marks))
        if flow.may_fail:  # whatever decides that it is called decides that
            self.may_fail = True
            self.fails |= replaced(flow.fails, marks) | self.branch
        self.touched |= replaced(flow.touched, marks)
        return replaced(flow.result, marks) | every

    def passed(self, value: Any, marks: Marks) -> Marks:
        """Follow a function that is passed on, as if it were called with anything that has these marks."""
        with self.under(marks):
            if not isinstance(value, tree.Lambda):
                return self.called(value.name, {}, marks)
            outer = dict(self.names)
            self.names[value.param] = marks
            found = self.marks(value.body)
            self.names = outer
            return found

    def _is_function(self, value: Any) -> bool:
        if isinstance(value, tree.Lambda):
            return True
        return isinstance(value, tree.Name) and value.name not in self.names and value.name in self.known


def _paired(params: list[str], node: tree.Call, marks: Mapping[int, Marks]) -> dict[str, Marks]:
    """Give the marks of arguments, which are by `id`, by parameter; what `..` spreads may be any of them."""
    spread = joined(marks.get(id(arg), NONE) for arg in node.args if isinstance(arg, tree.Spread))
    found = dict.fromkeys(params, spread)
    placed = [arg for arg in node.args if not isinstance(arg, tree.NamedArg | tree.Spread)]
    for param, arg in zip(params, placed, strict=False):
        found[param] |= marks.get(id(arg), NONE)
    for named in node.args:
        if isinstance(named, tree.NamedArg) and named.name in found:
            found[named.name] |= marks.get(id(named), NONE)
    return found
