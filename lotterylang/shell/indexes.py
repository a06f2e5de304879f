"""The indexes of programs: what an `index` declaration says in, what answers its searches out.

Each is built at its first use, looked at again by every run, and stays open for the next run of this process.
Next door: `outside.py` hands them to runs; `check/indexes.py` has judged what is declared.
"""

from __future__ import annotations

import atexit
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, cast

from lotterylang.check.program import IndexDeclaration
from lotterylang.world.model.progress import Progress

if TYPE_CHECKING:  # NumPy and SQLite: only a run that searches pays for them
    from lotterylang.run.effects import Index
    from lotterylang.world.knowledge.answers import IndexAnswers, ListAnswers
    from lotterylang.world.knowledge.index import Ranking
    from lotterylang.world.knowledge.interface import Changed, Embedder
    from lotterylang.world.knowledge.interface import Index as Held
    from lotterylang.world.knowledge.origin import Origin
    from lotterylang.world.knowledge.plan import Search


@dataclass(frozen=True, slots=True)
class Wanted:
    """An index as it is asked for: where it comes from, how it ranks, how vectors are searched (None: as planned)."""

    origin: Origin
    ranking: Ranking
    search: Search | None = None


def wanted(declaration: IndexDeclaration) -> Wanted:
    """Read what the checker has passed. The source is counted from the folder in which `lot` is called."""
    from lotterylang.world.knowledge.chunks import Chunking
    from lotterylang.world.knowledge.origin import Origin
    from lotterylang.world.knowledge.records import Fields

    where, named = str(declaration.arguments[0]), dict(declaration.named)
    size = cast(int, named.get("size", Chunking().size))
    chunking = Chunking(size, cast(int, named.get("overlap", size // 5)))
    fields = Fields(**{name: str(named[name]) for name in ("text", "title", "id") if name in named})
    embed = str(named["embed"]) if "embed" in named and named.get("rank") != "words" else None
    url = where if declaration.provider == "qdrant" else None
    said = named.get("source") if url is not None else where
    source = Path(str(said)).expanduser().absolute() if said is not None else None
    origin = Origin(source, embed, chunking, fields, url)
    ranking = "vectors" if url is not None else named.get("rank", "words" if embed is None else "hybrid")
    return Wanted(origin, cast("Ranking", ranking), cast("Search | None", named.get("search")))


def opened(index: Wanted, progress: Progress, *, again: bool = False) -> tuple[Held, Changed | None]:
    """Open an index, built or brought up to date; tell what that has changed. `again` builds it whatever is there.

    Errors: LOT-E0651 where its source can't be read, LOT-E0652 where its file or collection can't be used.
    """
    from lotterylang.world.knowledge import following

    embedder = embedder_of(index.origin.embed, progress)
    if index.origin.url is not None:
        held = remote(index.origin, embedder)
        if again and index.origin.source is not None:
            held.remove(held.names())
        return held, following.follow(held, index.origin, progress)
    return following.opened(
        index.origin, embedder, ranking=index.ranking, search=index.search, progress=progress, again=again
    )


def remote(origin: Origin, embedder: Embedder) -> Held:
    """Take the collection of a server; it is made where a source fills it. Errors: LOT-E0652, LOT-E0653."""
    from lotterylang.world.knowledge.qdrant import QdrantIndex
    from lotterylang.world.knowledge.server import connected

    client, collection = connected(origin.url or "")
    is_filled = origin.source is not None
    return QdrantIndex(client, collection, embedder, origin.chunking, fields=origin.fields, make=is_filled)


_open: dict[Wanted, tuple[Held, IndexAnswers]] = {}
"""The indexes that this process holds open: the next run finds them warm."""

_lock = Lock()


def answering(declaration: IndexDeclaration | None, progress: Progress) -> Index:
    """Give what answers a declared index, up to date with its source; or searches of lists. Errors: as `opened`."""
    if declaration is None:
        return _lists()
    from lotterylang.world.knowledge.answers import IndexAnswers
    from lotterylang.world.knowledge.following import follow

    index = wanted(declaration)
    with _lock:
        if index in _open:
            follow(_open[index][0], index.origin, progress)
        else:
            held, _ = opened(index, progress)
            _open[index] = held, IndexAnswers(held)
        return _open[index][1]


@cache
def _lists() -> ListAnswers:
    """Give what answers searches of lists, by words alone: nothing is fetched for them."""
    from lotterylang.world.knowledge.answers import ListAnswers
    from lotterylang.world.knowledge.words_alone import WordsAlone

    lists = ListAnswers(WordsAlone(), "words")
    atexit.register(lists.close)
    return lists


def embedder_of(spec: str | None, progress: Progress) -> Embedder:
    """Open what gives texts their places. Errors: those of models."""
    from lotterylang.world.knowledge.words_alone import WordsAlone

    if spec is None:
        return WordsAlone()
    from lotterylang.world.model.embedding.open import open_embedder

    return open_embedder(spec, progress)


@atexit.register
def close() -> None:
    """Close the indexes that this process holds open."""
    while _open:
        _open.popitem()[1][1].close()
