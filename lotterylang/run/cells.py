"""Memory on disk as data: what a run's stores and the file that keeps them tell each other.

Keys and values are JSON text that `exact.py` reads back without loss; a file knows nothing of the language. Next door:
`keeping.py` decides what is written and when; `world/memory/file.py` is the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Cell:
    """One place of a store: its key, its value (None: emptied), and where in which program it was written."""

    key: str
    value: str | None
    writer: str


@dataclass(frozen=True, slots=True)
class Change:
    """What a store holds now that it did not before. `anew` takes the place of all that it held; from what is `fed` on
    it may hold strangers' words.

    `kind` is `cell`, `cells` or `map`, `type` the type as the program writes it, for messages.
    """

    store: str
    kind: str
    type: str
    cells: tuple[Cell, ...]
    gone: tuple[str, ...] = ()
    anew: bool = False
    fed: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A store as a file holds it, in the order in which its places were written."""

    kind: str
    type: str
    cells: tuple[Cell, ...]
    fed: bool = False


class File(Protocol):
    """Who keeps stores beyond a run. One conformance suite holds for every implementation."""

    def read(self, store: str) -> Held | None:
        """Give what is kept of a store; None where nothing ever was.

        Errors: LOT-E0641 for what can't be read, LOT-E0642 for what is no file of memory; neither changes anything.
        """
        ...

    def write(self, changes: Sequence[Change]) -> None:
        """Keep changes, all of them or none; what has returned outlives the process. Errors: LOT-E0641."""
        ...

    def close(self) -> None:
        """Release the file."""
        ...
