"""What READ and WRITE run: the machine's inner loop.

A store of the whole run is found by its name at once; one of a call by the key in the call's frame, which costs more.
Next door: `statements.py` lowers the instructions, `own.py` the memories of one call, `run/memory.py` has the stores.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lotterylang.run.lower.emitter import Evaluate
from lotterylang.run.lower.own import StoreAt, held_in, replace_held
from lotterylang.run.lower.stored import Stored
from lotterylang.run.machine import Instruction, Slots
from lotterylang.run.memory import Entry, placed
from lotterylang.run.values import Failure, Value

Start = Callable[[Slots, Any], Value]
"""Gives what an unwritten place holds, or fails Empty."""

EMPTIED: Entry = (Failure("Empty", "the place was emptied"), None, None)
"""What a place holds after MOV took its value away: reading it fails, the store's start value does not come back."""


def start_of(name: str) -> str:
    """Name the constant that holds the start value of a store."""
    return f"memory {name}"


def empty(name: str) -> Start:
    """Fail as a place that holds nothing."""

    def fail(s: Slots, key: Any) -> Value:
        raise Failure("Empty", f"`{placed(name, key)}` holds nothing")

    return fail


def reader(store: StoreAt, key: Evaluate | None, unwritten: Start, emptied: Start) -> Evaluate:
    """Read a place; a single cell has no key."""

    def read_own(s: Slots) -> Value:
        at = key(s) if key is not None else None
        entry = held_in(s, store).get(at)
        if entry is None:
            return unwritten(s, at)
        return entry[0] if entry is not EMPTIED else emptied(s, at)

    def read_cell(s: Slots) -> Value:
        entry = s[0].memory[store].get(None)
        if entry is None:
            return unwritten(s, None)
        return entry[0] if entry is not EMPTIED else emptied(s, None)

    def read_at(s: Slots) -> Value:
        at = key(s)  # type: ignore[misc]
        entry = s[0].memory[store].get(at)
        if entry is None:
            return unwritten(s, at)
        return entry[0] if entry is not EMPTIED else emptied(s, at)

    if not isinstance(store, str):
        return read_own
    return read_cell if key is None else read_at


def writer(
    store: StoreAt, key: Evaluate | None, value: Evaluate, judge: Stored | None, node: Any, following: int
) -> Instruction:
    """Write to a place; a single cell has no key."""

    def write_judged(s: Slots) -> int:
        frame = s[0]
        held, at = held_in(s, store), key(s) if key is not None else None
        found = value(s)
        if judge is not None:
            judge(s, at, found)
        if not node.if_empty or held.get(at, EMPTIED) is EMPTIED:
            held[at] = (found, frame.path, node)
        return following

    def write_cell(s: Slots) -> int:
        frame = s[0]
        frame.memory[store][None] = (value(s), frame.path, node)
        return following

    def write_at(s: Slots) -> int:
        frame, at = s[0], key(s)  # type: ignore[misc]
        frame.memory[store][at] = (value(s), frame.path, node)
        return following

    if judge is not None or node.if_empty or not isinstance(store, str):
        return write_judged
    return write_cell if key is None else write_at


def judge_all(judge: Stored | None, s: Slots, held: dict[Value, Value]) -> None:
    """Judge all places of a store."""
    if judge is not None:
        for key, value in held.items():
            judge(s, key, value)


def writer_of_all(store: StoreAt, value: Evaluate, judge: Stored | None, node: Any, following: int) -> Instruction:
    """Write a whole store."""

    def write(s: Slots) -> int:
        frame, held = s[0], value(s)
        now = held_in(s, store)
        judge_all(judge, s, held)
        if node.if_empty and any(entry is not EMPTIED for entry in now.values()):
            return following
        replace_held(s, store, {key: (item, frame.path, node) for key, item in held.items()}, node)
        return following

    return write
