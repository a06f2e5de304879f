"""The graph (HNSW) of a matrix: a cache in a file beside the store, which is rebuilt whenever it does not fit.

hnswlib reads its files unchecked, so a file is believed only if its sidecar has its hash; and only those of its vectors
count that are the store's, number for number. Next door: `vectors.py` has the vectors; `index.py` asks.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from lotterylang.world.knowledge.interface import WARNING, Progress, Vectors
from lotterylang.world.knowledge.vectors import Matrix

VERSION = 1
LINKS, BUILD_WIDTH, WIDTH = 16, 200, 320
"""M, ef_construction and ef of HNSW. Source: Malkov and Yashunin, arXiv:1603.09320.

Of the ten nearest of 100,000 windows of text an ef of 200 finds 98.7 %, 256 99.2 %, 320 99.3 %, 500 99.5 %."""

SEED = 100
_MOST_GONE = 4
"""A graph in which one of so many vectors is gone is built anew: it walks through those that are gone, too."""

_BATCH = 1_000

MISSING, UNREADABLE, DAMAGED = "there is no file of it", "its file can't be read", "its file is damaged"
"""Why a graph's file does not count."""

_DAMAGES = (UNREADABLE, DAMAGED)


class Graph:
    """A graph in memory. `said` tells how it came to be: read, brought up to date, or built, and why."""

    def __init__(self, matrix: Matrix, path: Path | None, progress: Progress | None = None) -> None:
        """Read the graph's file, or build it; `progress` is told aloud of a damaged one, which is built again."""
        self._path = path
        self._gone = 0
        self._changed = False
        self._index: Any
        self._index, said = self._read(matrix) if path is not None else (None, MISSING)
        if said in _DAMAGES and progress is not None and path is not None and (damage := damaged(path)) is not None:
            progress(f"{WARNING}{damage}, and is built again", 0, 0)
        self.said = self._follow(matrix, said)

    def follow(self, matrix: Matrix) -> None:
        """Bring the graph up to date with a matrix."""
        self.said = self._follow(matrix, "it was built before")

    def nearest(self, query: Vectors, count: int) -> list[int]:
        """Give the ids of about the nearest chunks, in no order; fewer where the graph reaches fewer.

        More than `count` are given, all that it has looked at closely: the caller knows which of them are nearest.
        """
        alive = self._index.get_current_count() - self._gone
        width = max(WIDTH, 2 * count)
        self._index.set_ef(width)  # a file does not keep it
        wanted = min(width, alive)
        while wanted > 0:
            with suppress(RuntimeError):  # hnswlib's word for: fewer than so many can be reached
                return [int(id) for id in self._index.knn_query(query, wanted, num_threads=1)[0][0]]
            wanted //= 2
        return []

    def _follow(self, matrix: Matrix, said: str) -> str:
        """Add what is new and mark what is gone, or build all; write the file if anything has changed."""
        built = self._index is None or not self._updated(matrix)
        if built:
            self._index, self._gone, self._changed = _empty(matrix), 0, True
            _insert(self._index, matrix, np.arange(len(matrix.chunks)))
        if self._changed and self._path is not None:
            lost = "" if self._write(matrix) else ", and its file can't be written"
        else:
            lost = ""
        return (f"built: {said}" if built else ("brought up to date" if self._changed else "read")) + lost

    def _updated(self, matrix: Matrix) -> bool:
        """Bring the graph up to date; False if it is another store's, or too much of it is gone."""
        ids = np.array(sorted(self._index.get_ids_list()), np.int64)
        places = np.flatnonzero(np.isin(matrix.chunks, ids))
        gone = ids[~np.isin(ids, matrix.chunks)]
        if len(gone) * _MOST_GONE > len(ids) or not _same(self._index, matrix, places):
            return False
        before, self._gone = self._gone, len(gone)
        new = np.flatnonzero(~np.isin(matrix.chunks, ids))
        for id in gone:
            with suppress(RuntimeError):  # it was marked before
                self._index.mark_deleted(int(id))
        _insert(self._index, matrix, new)
        self._changed = bool(len(new)) or before != self._gone
        return True

    def _read(self, matrix: Matrix) -> tuple[Any, str]:
        """Give what the file holds and None, or None and why it does not count."""
        assert self._path is not None
        card = _card(self._path)
        if isinstance(card, str):
            return None, card
        if card.get("made") != _made(matrix):
            return None, "its file is of another model, dimension or version"
        import hnswlib

        found = hnswlib.Index("ip", matrix.about.dimension)
        found.load_index(str(self._path), max_elements=0, allow_replace_deleted=False)
        self._gone = int(card.get("gone", 0))
        return found, "its file is of another store, or of long ago"

    def _write(self, matrix: Matrix) -> bool:
        """Write the graph, and then its sidecar, each aside. A cache that can't be written is done without.

        The old sidecar goes first: what is cut short is a graph without one, and no damage.
        """
        assert self._path is not None
        aside = self._path.with_name(f".{self._path.name}.{os.getpid()}.aside")
        try:
            self._index.save_index(str(aside))
            card = {"sha256": hashlib.sha256(aside.read_bytes()).hexdigest(), "made": _made(matrix), "gone": self._gone}
            _sidecar(self._path).unlink(missing_ok=True)
            _placed(aside, self._path)
            aside.write_text(json.dumps(card), encoding="utf-8")
            _placed(aside, _sidecar(self._path))
            return True
        except (OSError, RuntimeError):  # hnswlib's word for a file that it can't write
            return False
        finally:
            with suppress(OSError):
                aside.unlink(missing_ok=True)


def damaged(path: Path) -> str | None:
    """Say what is damaged of a graph's file; None if it is whole, or not there, or being written."""
    why = _card(path)
    if why not in _DAMAGES or _card(path) != why:  # another process may just have written it
        return None
    return f"the graph `{path.name}` is damaged"


def _card(path: Path) -> dict[str, Any] | str:
    """Give what the sidecar says, if it says so of this file; else why the file does not count."""
    try:
        card = json.loads(_sidecar(path).read_bytes())
        held = hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return MISSING
    except (OSError, ValueError):
        return UNREADABLE
    return card if isinstance(card, dict) and card.get("sha256") == held else DAMAGED


def _made(matrix: Matrix) -> list[Any]:
    return [VERSION, matrix.about.model, matrix.about.dimension, LINKS, BUILD_WIDTH, SEED]


def _empty(matrix: Matrix) -> Any:
    import hnswlib

    found = hnswlib.Index("ip", matrix.about.dimension)
    found.init_index(max(len(matrix.chunks), 1), M=LINKS, ef_construction=BUILD_WIDTH, random_seed=SEED)
    return found


def _insert(index: Any, matrix: Matrix, places: Any) -> None:
    """Add rows in the order of their ids, by one thread: so the same rows make the same graph."""
    if len(places):
        index.resize_index(max(index.get_max_elements(), index.get_current_count() + len(places)))
        places = places[np.argsort(matrix.chunks[places])]
        index.add_items(matrix.rows[places], matrix.chunks[places], num_threads=1)


def _same(index: Any, matrix: Matrix, places: Any) -> bool:
    """Tell whether the graph has the store's numbers for these rows. A row marked as gone has none, so it has not."""
    try:
        return all(
            np.array_equal(index.get_items(matrix.chunks[part], "numpy"), matrix.rows[part])
            for part in (places[at : at + _BATCH] for at in range(0, len(places), _BATCH))
        )
    except RuntimeError:
        return False


def _sidecar(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _placed(aside: Path, target: Path) -> None:
    """Flush a file and give it its name."""
    with aside.open("rb+") as file:
        os.fsync(file.fileno())
    aside.replace(target)
