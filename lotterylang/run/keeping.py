"""Stores that a file keeps: read before a run, written while it goes on.

The machine knows nothing of it: its memory is read from the file at the start, and whenever the run waits for the
world, and at its end, what the run's own memory (no attempt, no branch) holds anew is committed, all files in turn.
Enters: a program and who opens files. Leaves: stores. Next door: `runner.py` says when, `cells.py` has the data.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from lotterylang.check.marks.program import fed_memories
from lotterylang.check.program import MemoryDeclaration
from lotterylang.run import start
from lotterylang.run.cells import Cell, Change, File, Held
from lotterylang.run.convert import Mismatch, canonical
from lotterylang.run.exact import exact
from lotterylang.run.journal import Journal
from lotterylang.run.lower.places import EMPTIED
from lotterylang.run.lower.unit import Unit
from lotterylang.run.memory import Entry, Memory, Store
from lotterylang.run.paths import Path
from lotterylang.run.values import Failure, Value
from lotterylang.syntax.diagnostics import LotError, error

OpenFile = Callable[[str], File]
"""Opens the file of a path; nothing is made before something is written."""


class Keeping:
    """The kept stores of one run."""

    def __init__(self, unit: Unit, open_file: OpenFile) -> None:
        self._unit = unit
        self._stores = {name: each for name, each in unit.program.memories.items() if each.kept is not None}
        self._files: dict[str, File] = {}
        self._known: dict[str, Store] = {}
        self._in_file: set[str] = set()
        self._fed: frozenset[str] = frozenset()
        self._open = open_file

    def read(self, memory: Memory) -> None:
        """Put what the files hold in the place of what the stores start with.

        Errors: LOT-E0641, LOT-E0642; LOT-E0524 where what a file holds of strangers' words would act on the world.
        """
        fed: set[str] = set()
        for name, declaration in self._stores.items():
            held = self._file(declaration).read(name)
            if held is not None:
                memory[name] = _store(self._unit, declaration, held)
                self._in_file.add(name)
                fed |= {name} if held.fed else set()
            self._known[name] = dict(memory[name])
        if self._stores:
            self._fed = fed_memories(self._unit.program, fed)

    def commit(self, memory: Memory, journal: Journal) -> None:
        """Write what the memory holds and the files do not, and say so in the journal. Errors: LOT-E0641."""
        changes: dict[str, list[Change]] = {}
        for name, declaration in self._stores.items():
            if memory[name] != self._known[name]:
                changes.setdefault(declaration.kept or "", []).append(self._change(declaration, memory[name]))
        for path, found in changes.items():
            self._files[path].write(found)
            journal.keep(path, {change.store: len(change.cells) + len(change.gone) for change in found})
            for change in found:
                self._known[change.store] = dict(memory[change.store])
                self._in_file.add(change.store)

    def close(self) -> None:
        """Release the files."""
        while self._files:
            self._files.popitem()[1].close()

    def _file(self, declaration: MemoryDeclaration) -> File:
        path = declaration.kept or ""
        if path not in self._files:
            self._files[path] = self._open(path)
        return self._files[path]

    def _change(self, declaration: MemoryDeclaration, now: Store) -> Change:
        name = declaration.name
        before: Store = self._known[name] if name in self._in_file else {}
        staying = [key for key in before if key in now]
        anew = staying != list(now)[: len(staying)]  # a place that was emptied and written again comes last
        if anew:
            before = {}
        written = tuple(self._cell(key, entry) for key, entry in now.items() if before.get(key) is not entry)
        gone = tuple(_text(key) for key in before if key not in now)
        return Change(name, declaration.kind, written_type(declaration), written, gone, anew, name in self._fed)

    def _cell(self, key: Value, entry: Entry) -> Cell:
        path, program = entry[1], self._unit.program.source.name
        writer = program if path is None else f"{path} in {program}"
        if isinstance(path, _Earlier):
            writer = str(path)
        return Cell(_text(key), None if entry is EMPTIED else _text(entry[0]), writer)


class _Earlier(Path):
    """Where in an earlier run something was written."""

    __slots__ = ()


def written_type(declaration: MemoryDeclaration) -> str:
    """Write the type of a store as a program does."""
    if declaration.kind == "cells":
        return f"cells<{declaration.value}>"
    return f"map<{declaration.key}, {declaration.value}>" if declaration.kind == "map" else str(declaration.value)


def _text(value: Value) -> str:
    return json.dumps(canonical(value), ensure_ascii=False, separators=(",", ":"))


def _store(unit: Unit, declaration: MemoryDeclaration, held: Held) -> Store:
    """Give a store as the file holds it. Errors: LOT-E0642 for another kind, or for a value of another type."""
    if held.kind != declaration.kind:
        raise _other(declaration, held, f"`{held.type}`")
    found = dict(_entries(declaration, held))
    try:
        start.judge(unit, declaration.name, {key: entry[0] for key, entry in found.items() if entry is not EMPTIED})
    except Failure as failure:
        raise _other(declaration, held, f"what its type does not promise: {failure.message}") from None
    return found


def _entries(declaration: MemoryDeclaration, held: Held) -> Iterator[tuple[Value, Entry]]:
    for cell in held.cells:
        try:
            key = exact(declaration.key, json.loads(cell.key)) if declaration.key is not None else None
            if cell.value is None:
                yield key, EMPTIED
                continue
            value = exact(declaration.value, json.loads(cell.value))
        except (Mismatch, ValueError, RecursionError) as problem:
            raise _other(declaration, held, f"a value that is of another type: {problem}") from None
        yield key, (value, _Earlier(cell.writer), declaration.node)


def _other(declaration: MemoryDeclaration, held: Held, what: str) -> LotError:
    message = f"`{declaration.kept}` holds in `{declaration.name}` {what}"
    wanted = written_type(declaration)
    help = f"the program declares `{wanted}`, the file was written for `{held.type}`: name another file or memory"
    return error("LOT-E0642", message, help=help)
