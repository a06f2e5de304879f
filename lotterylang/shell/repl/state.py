"""The state of a session: a program, its memory, and the names bound by what was typed. Nothing in it ever changes.

Each entry makes a new state, or none; so undoing is going back. Next door: `live.py` makes the next state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from lotterylang.check import check_module
from lotterylang.check.modules import name_of
from lotterylang.check.program import Program
from lotterylang.check.types import Type
from lotterylang.run.memory import Memory
from lotterylang.run.values import Value
from lotterylang.syntax import tree
from lotterylang.syntax.source import Source


@dataclass(frozen=True, slots=True)
class Bound:
    """A name that stands for a value in what is typed."""

    type: Type
    value: Value


@dataclass(frozen=True, slots=True)
class State:
    """What stands between two entries: `module` as it was written, and checked as `program`.

    `memory` is read by branches and written by none.
    """

    module: tree.Module
    program: Program
    memory: Memory
    names: Mapping[str, Bound] = field(default_factory=dict)


def empty() -> State:
    """Give the state of a session that declared nothing."""
    module = tree.Module(Source("<repl>", ""), ())
    return State(module, check_module(module), Memory())


def declared(state: State, nodes: Sequence[Any], start_of: Callable[[Program], Memory]) -> State:
    """Add declarations, in the place of those of the same names; the whole program is checked again.

    A store whose declaration did not change keeps what it holds; others hold what they start with. Errors: all that the
    checker finds; LOT-E0603.
    """
    new = {key for node in nodes for key in _keys(node)}
    kept = [left for node in state.module.declarations for left in _without(node, new)]
    module = replace(state.module, declarations=(*kept, *nodes))
    program = check_module(module, is_live=True)
    memory = start_of(program)
    for name, declaration in program.memories.items():
        if state.program.memories.get(name) == declaration and name in state.memory:
            memory[name] = state.memory[name]
    names = {name: bound for name, bound in state.names.items() if ("name", name) not in new}
    return State(module, program, memory, names)


def ran(state: State, memory: Memory, bound: Mapping[str, Bound]) -> State:
    """Give the state after statements ran on a branch of the memory, and bound names."""
    whole = Memory()
    for name in {**state.memory, **memory}:
        whole[name] = memory[name] if name in memory else state.memory[name]
    return State(state.module, state.program, whole, {**state.names, **bound})


def _keys(node: Any) -> set[tuple[str, str]]:
    """Give what a declaration is known by: another of the same key takes its place."""
    if isinstance(node, tree.Import):
        return {("name", name_of(node))}
    if isinstance(node, tree.Example | tree.Property):
        return {("test", node.name)}
    if isinstance(node, tree.Uses):
        return {("uses", node.tool)}
    if isinstance(node, tree.Let):
        return {("name", name) for name in node.binder if name != "_"}
    return {("name", node.name)}


def _without(node: Any, new: set[tuple[str, str]]) -> Iterator[Any]:
    """Give what is left of a declaration where others take its place: of a tuple, the names that stay."""
    stays = _keys(node) - new
    if isinstance(node, tree.Let) and stays:
        yield replace(node, binder=tuple(name if ("name", name) in stays else "_" for name in node.binder))
    elif stays:
        yield node
