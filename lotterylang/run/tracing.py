"""What a run does, step by step: each instruction with its place, names, memory and effects.

A watch for `stepping.py`, and a memory that tells what is read and written. Enters: moments. Leaves: the last `Step`s,
as many as are kept. Next door: `shell/trace.py` replays a journal under it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lotterylang.run.convert import shortened, shown
from lotterylang.run.effects import Effect
from lotterylang.run.lower.places import EMPTIED
from lotterylang.run.machine import Frame
from lotterylang.run.memory import Entry, Memory, Own, Store
from lotterylang.run.stepping import Moment
from lotterylang.run.values import Value
from lotterylang.syntax import tree

WIDEST = 200
"""Characters of a value that are kept."""


@dataclass(slots=True)
class Step:
    """One instruction: its number in the run, its place in the source, and what it did."""

    number: int
    place: str
    function: str
    path: str
    text: str
    names: dict[str, str] = field(default_factory=dict)
    """The names that hold something else than when this call was seen last, and their values, before the step."""
    memory: list[str] = field(default_factory=list)
    """What it read and wrote, in order."""
    effect: Effect | None = None


class Tracer:
    """Keeps the last steps of a run; `most` None keeps all."""

    def __init__(self, most: int | None) -> None:
        self.steps: deque[Step] = deque(maxlen=most)
        self.count = 0
        self._last: tuple[int, int] | None = None
        self._names: dict[int, tuple[Frame, Mapping[str, Value]]] = {}

    def __call__(self, moment: Moment) -> None:
        """Note a moment; several instructions of one part of the program are one step."""
        if isinstance(moment.node, tree.Block):
            return
        here = id(moment.frame), id(moment.node)
        if here != self._last or moment.frame.pc == 0:
            self._note(moment)
        self._last = here
        if moment.effect is not None:
            self.steps[-1].effect = moment.effect

    def touched(self, what: str) -> None:
        """Note what the present step reads or writes."""
        if self.steps:
            self.steps[-1].memory.append(what)

    def watched(self, memory: Memory) -> Memory:
        """Give a memory that tells what is read and written, and its branches too."""
        found = _WatchedMemory(None, self.touched)
        for name, store in memory.items():
            found[name] = _WatchedStore(str(name), store, self.touched)
        return found

    def _note(self, moment: Moment) -> None:
        frame, span = moment.frame, moment.node.span
        self.count += 1
        line = span.text.strip().split("\n")[0]
        names = self._news(frame, moment.bindings)
        path = str(frame.path)
        self.steps.append(Step(self.count, span.place, frame.code.name, path, shortened(line, 100), names))

    def _news(self, frame: Frame, bindings: Mapping[str, Value]) -> dict[str, str]:
        """Give the names of a call whose values are new. A call is known while few others have come since."""
        known, before = self._names.pop(id(frame), (frame, {}))
        self._names[id(frame)] = (frame, bindings)
        if len(self._names) > _MOST_CALLS:
            del self._names[next(iter(self._names))]
        if known is not frame:
            before = {}
        news = (name for name, value in bindings.items() if name not in before or before[name] is not value)
        return {name: shortened(shown(bindings[name]), WIDEST) for name in news}


_MOST_CALLS = 1_000


class _WatchedMemory(Memory):
    """A memory whose stores tell."""

    __slots__ = ("tell",)

    def __init__(self, parent: Memory | None, tell: Callable[[str], None]) -> None:
        super().__init__(parent)
        self.tell = tell

    def branch(self) -> Memory:
        return _WatchedMemory(self, self.tell)

    def __missing__(self, name: str | Own) -> Store:
        store: Store = _WatchedStore(str(name), self.parent[name] if self.parent is not None else {}, self.tell)
        self[name] = store
        return store


class _WatchedStore(dict[Value, Entry]):
    """A store that tells which of its places are read and written."""

    __slots__ = ("name", "tell")

    def __init__(self, name: str, held: Store, tell: Callable[[str], None]) -> None:
        super().__init__(held)
        self.name = name
        self.tell = tell

    def get(self, key: Value, default: Any = None) -> Any:
        self.tell(f"{self._place(key)} {f'holds {_value(self[key])}' if key in self else 'is unwritten'}")
        return super().get(key, default)

    def __setitem__(self, key: Value, entry: Entry) -> None:
        super().__setitem__(key, entry)
        self.tell(f"{self._place(key)} = {_value(entry)}")

    def pop(self, key: Value, *default: Any) -> Any:
        self.tell(f"{self._place(key)} is empty")
        return super().pop(key, *default)

    def clear(self) -> None:
        super().clear()
        self.tell(f"{self.name} is empty")

    def update(self, *others: Any, **named: Any) -> None:
        super().update(*others, **named)
        self.tell(f"{self.name} has {len(self)} places")

    def _place(self, key: Value) -> str:
        return self.name if key is None else f"{self.name}[{shortened(shown(key), WIDEST)}]"


def _value(entry: Entry) -> str:
    return "nothing, emptied" if entry is EMPTIED else shortened(shown(entry[0]), WIDEST)
