"""How what an entry did, a declaration and the memory are written for a person. Next door: `commands.py`, `loop.py`."""

from __future__ import annotations

from collections.abc import Iterator

from lotterylang.check.modules import name_of
from lotterylang.check.program import MemoryDeclaration
from lotterylang.check.types import NOTHING
from lotterylang.run.convert import shown
from lotterylang.run.lower.places import EMPTIED
from lotterylang.run.memory import Store
from lotterylang.run.values import Value
from lotterylang.shell.repl.live import Live, Said
from lotterylang.shell.repl.state import Bound
from lotterylang.syntax import tree

MOST_PLACES = 30
"""Places of a store that are shown unless it is named."""


def said(each: Said, live: Live) -> Iterator[str]:
    """Write what an entry did: what it declared, the names it bound, its value."""
    for node in each.declared:
        yield declaration(live, node)
    for name, bound in each.bound.items():
        yield f"{name} = {valued(bound)}"
    if each.value is not None and each.value.type != NOTHING:
        yield valued(each.value)


def valued(bound: Bound) -> str:
    """Write a value and its type."""
    return f"{shown(bound.value)} : {bound.type}"


def declaration(live: Live, node: tree.Node) -> str:
    """Write what is declared, and what a constant is."""
    match node:
        case tree.Example() | tree.Property():
            return f"{type(node).__name__.lower()} {shown(node.name)}"
        case tree.Uses():
            return f"uses {'pure ' if node.is_pure else ''}tool {node.tool}"
        case tree.Import():
            return f"import {name_of(node)}"
        case tree.Let() if len(node.binder) > 1:
            return "\n".join(_named(live, name) for name in node.binder if name != "_")
        case _:
            return _named(live, name_of(node))


def _named(live: Live, name: str) -> str:
    program = live.state.program
    if name in program.functions:
        found = program.functions[name]
        params = ", ".join(f"{param}: {kind}" for param, kind in found.params)
        return f"fn {name}({params}) -> {found.result}  {touched(found.effects)}"
    if name in program.constants:
        let = program.constants[name]
        return f"{name} = {valued(Bound(program.types[id(let.value)], live.constants()[name]))}"
    if name in program.memories:
        return f"memory {name} : {stored(program.memories[name])}"
    if name in program.models:
        return f"model {name} : {program.models[name].spec}"
    for word, known in (("tool", program.tools), ("index", program.indexes), ("logic", program.logics)):
        if name in known:
            return f"{word} {name}"
    return f"enum {name}" if name in program.enums else f"type {name}"


def touched(effects: frozenset[str]) -> str:
    """Write what code touches."""
    return f"touches {', '.join(sorted(effects))}" if effects else "pure"


def stored(memory: MemoryDeclaration) -> str:
    """Write the type of a store."""
    if memory.kind == "cells":
        return f"cells<{memory.value}>"
    return f"map<{memory.key}, {memory.value}>" if memory.kind == "map" else str(memory.value)


def held(memory: MemoryDeclaration, store: Store, unwritten: Value, most: int | None) -> Iterator[str]:
    """Write what a store holds: each place, its value, and where it was written."""
    head = f"{memory.name} : {stored(memory)}"
    start = f"{shown(unwritten)} unless written" if memory.start is not None else "nothing unless written"
    if memory.kind == "cell":
        place = _place(store, None) if None in store else f"{shown(unwritten)}" if memory.start is not None else "empty"
        yield f"{head} = {place}"
        return
    yield head if memory.kind == "map" and store else f"{head}, {start}" if memory.kind == "cells" else f"{head}, empty"
    keys = sorted(store) if memory.kind == "cells" else list(store)
    for key in keys[:most]:
        yield f"  [{shown(key)}] = {_place(store, key)}"
    if most is not None and len(keys) > most:
        yield f"  and {len(keys) - most} more: name it to see all"


def _place(store: Store, key: Value) -> str:
    value, path, _ = store[key]
    if store[key] is EMPTIED:
        return "emptied"
    return shown(value) if path is None else f"{shown(value)}  written by {path}"
