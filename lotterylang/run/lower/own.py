"""Memory inside a function: each call has stores of its own, under keys that nobody else has.

A slot of the frame holds the key, so a branch finds the store of the call around it, and two calls never meet.
Next door: `statements.py` has READ, WRITE, COPY and MOV; `run/memory.py` the stores.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lotterylang.check.program import MemoryDeclaration
from lotterylang.run.lower.emitter import Evaluate
from lotterylang.run.lower.stored import Stored, StoredLowering
from lotterylang.run.machine import Slots
from lotterylang.run.memory import Own, Store
from lotterylang.syntax import tree

StoreAt = str | int
"""A store by its name, or by the slot that holds its key."""


def held_in(s: Slots, store: StoreAt) -> Store:
    """Give the store that an instruction means."""
    memory: dict[Any, Store] = s[0].memory
    return memory[store if store.__class__ is str else s[store]]  # type: ignore[index]


def replace_held(s: Slots, store: StoreAt, entries: Store, node: Any) -> None:
    """Put entries in the place of all that a store holds."""
    s[0].memory.replace(store if isinstance(store, str) else s[store], entries, s[0].path, node)


@dataclass(frozen=True, slots=True)
class OwnMemory:
    """A memory of this function: its declaration, and the slots of its key and of its start value."""

    declaration: MemoryDeclaration
    key: int
    start: int


class OwnLowering(StoredLowering):
    """The memories of one call. `own` has those of the function that is being lowered, by name."""

    own: dict[str, OwnMemory]

    def declared(self, name: str) -> MemoryDeclaration:
        """Give the declaration of a store that is in view here."""
        return self.own[name].declaration if name in self.own else super().declared(name)

    def store(self, name: str) -> StoreAt:
        """Say where a store that is in view here is found."""
        return self.own[name].key if name in self.own else name

    def emit_memory(self, node: tree.Memory) -> None:
        """Put down the beginning of a store: empty, or with its start value."""
        declaration = self.program.own_memories[id(node)]
        start = self.value(declaration.start) if declaration.start is not None else None
        own = OwnMemory(declaration, self.emitter.layout.slot(), self.emitter.layout.slot())
        self.own[node.name] = own
        self.emitter.assign(lambda s: Own(node.name), node, own.key)
        if start is not None:
            self.emitter.assign(_started(start, own, self.stored(node.name), node), node, own.start)

    def leave_own(self, node: Any) -> None:
        """Put down the end of a call: its stores are gone."""
        keys = [own.key for own in self.own.values()]

        def leave(s: Slots) -> None:
            for key in keys:
                s[0].memory.pop(s[key], None)

        self.emitter.assign(leave, node, self.emitter.layout.slot())


def _started(start: Evaluate, own: OwnMemory, judge: Stored | None, node: tree.Memory) -> Evaluate:
    is_map = own.declaration.kind == "map"

    def run(s: Slots) -> Any:
        value = start(s)
        held = value if is_map else {None: value}
        if judge is not None:
            for key, item in held.items():
                judge(s, key, item)
        if is_map:
            held_in(s, own.key).update({key: (item, s[0].path, node) for key, item in held.items()})
        return value

    return run
