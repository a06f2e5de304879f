"""Following: brings an index up to date with the files that it is made of.

Sizes and times of the files are looked at first, so that a large source that has not changed costs little; what
decides is the content of each document. Next door: `sources.py` reads, `index.py` keeps, `origin.py` says where.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from lotterylang.syntax.diagnostics import LotError
from lotterylang.world.knowledge.alone import alone
from lotterylang.world.knowledge.digest import digest_of
from lotterylang.world.knowledge.document import Document
from lotterylang.world.knowledge.index import EmbeddedIndex, Ranking
from lotterylang.world.knowledge.interface import Changed, Embedder, Index, Progress
from lotterylang.world.knowledge.origin import Origin
from lotterylang.world.knowledge.plan import Search
from lotterylang.world.knowledge.schema import OTHERWISE, see_ours, told
from lotterylang.world.knowledge.sources import listed, read, telling

SETTLED_NS = 2_000_000_000
"""A file that was written so shortly before may be written again without another time: its content is read again."""


def opened(
    origin: Origin,
    embedder: Embedder,
    *,
    ranking: Ranking,
    search: Search | None = None,
    progress: Progress | None = None,
    again: bool = False,
) -> tuple[EmbeddedIndex, Changed | None]:
    """Open the index of an origin, up to date; it is built if it is not there, is another model's, or `again` is said.

    Errors: LOT-E0651 where the source can't be read, LOT-E0652 where the index can't be used or is damaged, LOT-E0656
    where something else lies in its place: that stays.
    """
    path = origin.path
    if origin.source is not None:
        listed(origin.source)  # nothing is made where there is nothing to be read
    with told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    told_to = _told_to(origin, progress)
    make = partial(EmbeddedIndex, path, embedder, origin.chunking, ranking=ranking, search=search, progress=told_to)
    index = None if again else _as_it_is(make)
    if index is not None:
        return index, _closing(index, follow, origin, progress)
    with alone(path, progress):
        index = None if again else _as_it_is(make)  # whoever built meanwhile has mended it
        if index is None:
            see_readable(origin)
            remove(path)  # its documents are in the source too
            index = make()
        return index, _closing(index, _followed, origin, progress)


def _as_it_is(make: Callable[[], EmbeddedIndex]) -> EmbeddedIndex | None:
    """Open what is there, or make it; None for what another model or an older version has made."""
    try:
        return make()
    except LotError as problem:
        if problem.diagnostics[0].code != OTHERWISE:
            raise
        return None


def _closing(
    index: EmbeddedIndex, follow: Callable[..., Changed | None], origin: Origin, progress: Progress | None
) -> Changed | None:
    """Bring an index up to date, and close it where that can't be done."""
    try:
        return follow(index, origin, progress)
    except BaseException:
        index.close()
        raise


def follow(index: Index, origin: Origin, progress: Progress | None = None) -> Changed | None:
    """Bring an index up to date with its source; None where its files are as they were, or others fill it.

    Where another process does so, wait until it has. Errors: as `opened`.
    """
    index.progress = _told_to(origin, progress)
    if is_up_to_date(index, origin):
        return None
    with alone(origin.path, progress):
        return _followed(index, origin, progress)


def _told_to(origin: Origin, progress: Progress | None) -> Progress | None:
    """Say who is told of passages that are embedded, and of graphs: where nothing is embedded there is none."""
    return progress if origin.embed is not None else None


def _followed(index: Index, origin: Origin, progress: Progress | None) -> Changed | None:
    if origin.source is None:
        return None
    note = _note(origin.path)
    seen, size, is_settled = _looked_at(origin.source)
    if _noted(note) == [seen, index.info().identity]:
        return None
    documents: Iterable[Document] = _whole(origin)
    if progress is not None:
        documents = _counted(documents, f"index {origin.source.name}", size, progress)
    changed = mirror(index, documents)
    if is_settled:
        with told(note):
            note.parent.mkdir(parents=True, exist_ok=True)
        _write(note, json.dumps({"seen": seen, "identity": index.info().identity, "source": str(origin.source)}))
    return changed


def see_readable(origin: Origin) -> None:
    """Read all that an index would hold, to keep nothing of it. Errors: LOT-E0651, by file and line."""
    if origin.source is not None:
        for _ in read(origin.source, origin.fields):
            pass


def _whole(origin: Origin) -> Iterator[Document]:
    """Give the documents of a source after all of them have been read once.

    So what can't be read changes nothing, and is told before hours go into embedding what stands before it.
    """
    see_readable(origin)
    if origin.source is not None:
        yield from read(origin.source, origin.fields)


def mirror(index: Index, documents: Iterable[Document]) -> Changed:
    """Make an index hold these documents and no others: what is new and changed first, what is gone last."""
    names: set[str] = set()

    def passed() -> Iterator[Document]:
        for document in documents:
            names.add(document.name)
            yield document

    changed = index.add(passed())
    return replace(changed, removed=index.remove([name for name in index.names() if name not in names]))


def is_up_to_date(index: Index, origin: Origin) -> bool:
    """Tell whether the files of the source are as they were when they were last read. Errors: LOT-E0651."""
    if origin.source is None:
        return True
    return _noted(_note(origin.path)) == [_looked_at(origin.source)[0], index.info().identity]


def remove(path: Path) -> None:
    """Remove an index's file, and those beside it. Errors: LOT-E0652 where it can't be, LOT-E0656 if it is no index."""
    with told(path):
        see_ours(path)
        for one in files_of(path):
            one.unlink(missing_ok=True)


def files_of(path: Path) -> list[Path]:
    """List an index's file and those that lie beside it."""
    names = (path.name + ending for ending in ("", "-wal", "-shm", ".hnsw", ".hnsw.json", ".source.json"))
    return [one for one in map(path.with_name, names) if one.exists()]


def _looked_at(source: Path) -> tuple[str, int, bool]:
    """Give what the files look like, their bytes, and whether they have not been written to just now."""
    seen: list[object] = []
    size = newest = 0
    for path, name in listed(source).files:
        with telling(path):
            held = path.stat()
        seen += [name, held.st_size, held.st_mtime_ns, held.st_ino]
        size += held.st_size
        newest = max(newest, held.st_mtime_ns)
    return digest_of(*seen).hex(), size, newest + SETTLED_NS < time.time_ns()


def _counted(documents: Iterable[Document], stage: str, size: int, progress: Progress) -> Iterator[Document]:
    """Tell how much of the bytes has been read, about: what stands around the texts is not counted."""
    done = 0
    progress(stage, done, size)
    for document in documents:
        yield document
        done = min(done + len(document.text.encode()), size)
        progress(stage, done, size)
    progress(stage, size, size)


def _noted(note: Path) -> list[object] | None:
    """Read what the files looked like when they were last read, and of what documents the index was then."""
    try:
        held = json.loads(note.read_bytes())
        return [held["seen"], held["identity"]]
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _write(note: Path, text: str) -> None:
    """Write a note whole or not at all; without it the source is read once more."""
    aside = note.with_name(f".{note.name}.{os.getpid()}.aside")
    with suppress(OSError):
        aside.write_text(text, encoding="utf-8")
        aside.replace(note)


def _note(path: Path) -> Path:
    return path.with_name(f"{path.name}.source.json")
