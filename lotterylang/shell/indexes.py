"""The indexes of programs: what an `index` declaration says in, what answers its searches out.

Each is built at its first use, looked at again by every run, and stays open for the next run of this process.
Next door: `outside.py` hands them to runs; `check/indexes.py` has judged what is declared.
"""

from __future__ import annotations

import atexit
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, cast

from lotterylang.check.program import IndexDeclaration
from lotterylang.syntax.diagnostics import error
from lotterylang.world.model.progress import Progress

if TYPE_CHECKING:  # NumPy and SQLite: only a run that searches pays for them
    from lotterylang.run.effects import Index
    from lotterylang.world.knowledge.answers import IndexAnswers, ListAnswers
    from lotterylang.world.knowledge.index import EmbeddedIndex, Ranking
    from lotterylang.world.knowledge.interface import Changed, Embedder
    from lotterylang.world.knowledge.origin import Origin
    from lotterylang.world.knowledge.plan import Search


@dataclass(frozen=True, slots=True)
class Wanted:
    """An index as it is asked for: where it comes from, how it ranks, how vectors are searched (None: as planned)."""

    origin: Origin
    ranking: Ranking
    search: Search | None = None


def wanted(source: str, named: Mapping[str, str | int]) -> Wanted:
    """Read what stands in `hnsw(…)`, which the checker has passed, or what a command line says in its place.

    The source is counted from the folder in which `lot` is called.
    """
    from lotterylang.world.knowledge.chunks import Chunking
    from lotterylang.world.knowledge.origin import Origin
    from lotterylang.world.knowledge.records import Fields

    size = cast(int, named.get("size", Chunking().size))
    chunking = Chunking(size, cast(int, named.get("overlap", size // 5)))
    fields = Fields(**{name: str(named[name]) for name in ("text", "title", "id") if name in named})
    embed = str(named["embed"]) if "embed" in named and named.get("rank") != "words" else None
    origin = Origin(Path(source).expanduser().absolute(), embed, chunking, fields)
    ranking = named.get("rank", "words" if embed is None else "hybrid")
    return Wanted(origin, cast("Ranking", ranking), cast("Search | None", named.get("search")))


def opened(index: Wanted, progress: Progress, *, again: bool = False) -> tuple[EmbeddedIndex, Changed | None]:
    """Open an index, built or brought up to date; tell what that has changed. `again` builds it whatever is there.

    Errors: LOT-E0651 where its source can't be read, LOT-E0652 where its file can't be used.
    """
    from lotterylang.world.knowledge import following

    embedder = _embedder(index.origin.embed, progress)
    return following.opened(
        index.origin, embedder, ranking=index.ranking, search=index.search, progress=progress, again=again
    )


_open: dict[Wanted, tuple[EmbeddedIndex, IndexAnswers]] = {}
"""The indexes that this process holds open: the next run finds them warm."""

_lock = Lock()


def answering(declaration: IndexDeclaration | None, progress: Progress) -> Index:
    """Give what answers a declared index, up to date with its source; or searches of lists. Errors: as `opened`."""
    if declaration is None:
        return _lists()
    from lotterylang.world.knowledge.answers import IndexAnswers
    from lotterylang.world.knowledge.following import follow

    index = wanted(str(declaration.arguments[0]), dict(declaration.named))
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


def _embedder(spec: str | None, progress: Progress) -> Embedder:
    """Open what gives texts their places. Errors: those of models."""
    from lotterylang.world.knowledge.words_alone import WordsAlone

    if spec is None:
        return WordsAlone()
    help = 'leave `embed` out, or rank by `"words"`; an example can stand in'
    raise error("LOT-E0605", f"nothing embeds by `{spec}`: there is no embedder here", help=help)


@atexit.register
def close() -> None:
    """Close the indexes that this process holds open."""
    while _open:
        _open.popitem()[1][1].close()
