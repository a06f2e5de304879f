"""Memory of a run: its stores, and what each place holds, with the effect that wrote it.

A place is a store's name and a key (None for a single cell). An entry is `(value, path, site)`: `path` says where in
the run it was written, `site` is the instruction that wrote it. A branch reads the memory of its fork plus its own
writes; `join` finds those writes by comparing entries by identity, and applies them in position order. Who replaces a
whole store writes all of its places, those that others write too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lotterylang.run.convert import shown
from lotterylang.run.paths import Path
from lotterylang.run.values import Failure, Value

_GONE = object()
"""The value of a place that is not there any more, since the whole store was replaced."""


class Own:
    """The key of a store that lives as long as one call: each call has its own, though all have one name."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __str__(self) -> str:
        return self.name


Entry = tuple[Value, "Path | None", Any]
Store = dict[Value, Entry]
Place = tuple[str, Value]


class Memory(dict["str | Own", Store]):
    """The stores of a run by name, and those of the calls that run.

    A store that a branch has not touched is copied from its parent on first touch.
    """

    __slots__ = ("parent", "replaced")

    def __init__(self, parent: Memory | None = None) -> None:
        super().__init__()
        self.parent = parent
        self.replaced: dict[str, Entry] = {}

    def __missing__(self, name: str | Own) -> Store:
        store = dict(self.parent[name]) if self.parent is not None else {}
        self[name] = store
        return store

    def branch(self) -> Memory:
        """Give a memory of its own to what may be undone or joined later."""
        return Memory(self)

    def join(self, branches: list[Memory]) -> None:
        """Apply the writes of finished branches. Errors: Failure Conflict if two give one place different values."""
        written: dict[Place, Entry | None] = {}
        changes = [branch.changes() for branch in branches]
        places = list(dict.fromkeys(place for each in changes for place in each))
        for branch, own in zip(branches, changes, strict=True):
            own.update({place: branch.replacement(place) for place in places if branch.has_emptied(place, own)})
            for place, entry in own.items():
                if place in written and not _same(written[place], entry):
                    raise _conflict(place, written[place], entry)
                written.setdefault(place, entry)
        for (name, key), entry in written.items():
            if entry is None or entry[0] is _GONE:
                self[name].pop(key, None)
            else:
                self[name][key] = entry
        for branch in branches:
            self.replaced.update(branch.replaced)

    def replace(self, name: str | Own, entries: Store, path: Path | None, site: Any) -> None:
        """Put entries in the place of all that a store holds."""
        store = self[name]
        store.clear()
        store.update(entries)
        if not isinstance(name, Own):  # nobody else sees a store of one call
            self.replaced[name] = (_GONE, path, site)

    def replacement(self, place: Place) -> Entry:
        """Give what a place holds since its whole store was replaced: a MOV leaves what was emptied as it is."""
        return dict.get(self[place[0]], place[1], self.replaced[place[0]])

    def has_emptied(self, place: Place, own: Mapping[Place, Entry | None]) -> bool:
        """Tell whether this branch replaced the store of a place by entries that have none for it."""
        return place[0] in self.replaced and own.get(place) is None

    def commit(self) -> Memory:
        """Hand all that was written here to the parent, and give the parent: an attempt that did not fail."""
        assert self.parent is not None
        self.parent.update(self)
        self.parent.replaced.update(self.replaced)
        return self.parent

    def changes(self) -> dict[Place, Entry | None]:
        """List the places whose entries are not the parent's; None for a place that is empty now."""
        found: dict[Place, Entry | None] = {}
        for name, store in self.items():
            if isinstance(name, Own):  # of a call inside this branch, and over
                continue
            before = self.parent[name] if self.parent is not None else {}
            for key, entry in store.items():
                if dict.get(before, key) is not entry:
                    found[name, key] = entry
            found.update({(name, key): None for key in before if key not in store})
        return found


def _same(a: Entry | None, b: Entry | None) -> bool:
    """Tell whether two branches agree. If both wrote because nothing was there, the first stays, as if in order."""
    if a is None or b is None:
        return a is b
    return bool(a[0] == b[0]) or (getattr(a[2], "if_empty", False) and getattr(b[2], "if_empty", False))


def placed(name: str, key: Value) -> str:
    """Write a place as messages do."""
    return name if key is None else f"{name}[{shown(key)}]"


def _conflict(place: Place, a: Entry | None, b: Entry | None) -> Failure:
    name, key = place
    where = placed(name, key)
    writers = " and ".join("a MOV" if entry is None or entry[1] is None else str(entry[1]) for entry in (a, b))
    return Failure("Conflict", f"`{where}` is given different values by {writers}")
