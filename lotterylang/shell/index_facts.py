"""`lot index`: what there is to tell of an index, as data and in lines. Next door: `cli_index.py` is the command line.

What is only looked at opens no embedder: nothing is fetched to say what lies in a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from lotterylang.shell.indexes import Wanted, embedder_of, opened, remote
from lotterylang.shell.sizes import bytes_of, megabytes
from lotterylang.syntax.diagnostics import LotError, error
from lotterylang.world.model.progress import Progress

if TYPE_CHECKING:
    from lotterylang.world.knowledge.document import Passage, Where
    from lotterylang.world.knowledge.interface import Index as Held

MOST_SHOWN = 300
"""Characters of a passage that are shown to a person."""

GONE = "its source is not there: no search in it is answered"
"""The state of an index whose source was moved or removed."""

MOST_NAMES = 5
"""Files that are named to a person, of those that are left out."""


def built(index: Wanted, progress: Progress, again: bool) -> dict[str, Any]:
    """Build an index or bring it up to date; tell what it holds and what has changed. Errors: as `opened`."""
    from lotterylang.world.knowledge.sources import listed

    held, changed = opened(index, progress, again=again)
    with closing(held):
        info = held.info()
    changes = asdict(changed) if changed is not None else {"unchanged": info.documents}
    source = index.origin.source
    left_out = list(listed(source).left_out) if source is not None else []
    return {**_places(index), "documents": info.documents, "passages": info.passages, **changes, "left_out": left_out}


def built_text(told: Mapping[str, Any]) -> str:
    """Write what was built for a person."""
    changes = [f"{told[key]:,} {key}" for key in ("added", "updated", "removed") if told.get(key)]
    said = f"{told['documents']:,} documents, {told['passages']:,} passages: {', '.join(changes) or 'nothing is new'}"
    return f"{said}; left out: {_names(told['left_out'])}" if told["left_out"] else said


def facts(index: Wanted) -> dict[str, Any]:
    """Give what there is to know of an index, which need not be built. Errors: LOT-E0652 for one that is damaged."""
    from lotterylang.world.knowledge.sources import listed

    origin = index.origin
    own = {"state": "not built yet", "embed": origin.embed or "nothing", "ranking": index.ranking}
    found: dict[str, Any] = {**_places(index), **own}
    if _is_built(index):
        found |= _held(index)
    if origin.source is not None and not origin.source.exists():
        found["state"] = GONE if _is_built(index) else f"{found['state']}, and its source is not there"
    elif origin.source is not None:
        found["left_out"] = list(listed(origin.source).left_out)
    return found


def as_lines(found: Mapping[str, Any]) -> Iterator[str]:
    """Write the facts for a person."""
    width = max(map(len, found))
    for key, value in found.items():
        yield f"{key.replace('_', ' '):<{width}}  {_shown(key, value)}"


def found(index: Wanted, query: str, count: int, where: Where, progress: Progress) -> list[dict[str, Any]]:
    """Search an index, which is built or brought up to date first. Errors: as `opened`."""
    held, _ = opened(index, progress)
    with closing(held):
        hits = held.find(query, count, where)
    return [_told(hit) for hit in hits]


def hit_lines(rank: int, hit: Mapping[str, Any]) -> Iterator[str]:
    """Write a hit for a person: where it comes from, and how it begins."""
    yield f"{rank}  {hit['score']:.4f}  {hit['source']}  {hit['title']}".rstrip()
    text = " ".join(hit["text"].split())
    yield f"   {text if len(text) <= MOST_SHOWN else f'{text[:MOST_SHOWN]}…'}"


def damages(index: Wanted) -> list[str]:
    """Read everything that an index keeps, and say what is damaged.

    Errors: LOT-E0655 for one that is not there, LOT-E0653 and LOT-E0656 for what is whole and can't be read here.
    """
    _see_built(index)
    try:
        held = _looked_at(index)
    except LotError as problem:
        if problem.diagnostics[0].code != "LOT-E0652":
            raise
        return [diagnostic.message for diagnostic in problem.diagnostics]
    with closing(held):
        return held.check()


def remove(index: Wanted) -> int:
    """Remove an index; give the bytes that this freed. Errors: LOT-E0655 where there is none, or a server keeps it.

    LOT-E0656 where no index lies in its place.
    """
    from lotterylang.world.knowledge import following

    if index.origin.url is not None:
        fact = f"`{index.origin.url}` is kept by a server, and not removed from here"
        raise error("LOT-E0655", fact, help="remove the collection there")
    _see_built(index)
    freed = sum(map(bytes_of, following.files_of(index.origin.path)))
    following.remove(index.origin.path)
    return freed


def _told(hit: Passage) -> dict[str, Any]:
    place = {"score": round(float(hit.score), 4), "source": hit.source, "title": hit.title}
    return {**place, "text": hit.text, "metadata": dict(hit.metadata)}


def _places(index: Wanted) -> dict[str, Any]:
    """Say where the documents come from and where they are kept."""
    origin = index.origin
    kept = {"collection": origin.url} if origin.url is not None else {"file": str(origin.path)}
    return {**({"source": str(origin.source)} if origin.source is not None else {}), **kept}


def _is_built(index: Wanted) -> bool:
    return index.origin.url is not None or index.origin.path.is_file()


def _looked_at(index: Wanted) -> Held:
    """Open an index as it is; that of a server needs what embeds, since its vectors are compared."""
    from lotterylang.world.knowledge.looking import looked_at

    origin = index.origin
    if origin.url is None:
        return looked_at(origin.path, index.ranking, index.search)
    return remote(replace(origin, source=None), embedder_of(origin.embed, lambda stage, done, total: None))


def _see_built(index: Wanted) -> None:
    if not _is_built(index):
        source = index.origin.source
        raise error("LOT-E0655", f"there is no index of `{source}` yet", help="build it by `lot index build`")


def _held(index: Wanted) -> dict[str, Any]:
    from lotterylang.world.knowledge.following import files_of, is_up_to_date

    origin = index.origin
    with closing(_looked_at(index)) as held:
        info = held.info()
        is_same = (origin.source is None or origin.source.exists()) and is_up_to_date(held, origin)
    return {
        "state": "up to date" if is_same else "its source has changed, or may have: the next search looks",
        "bytes": sum(map(bytes_of, files_of(origin.path))),
        "documents": info.documents,
        "passages": info.passages,
        "cut": str(origin.chunking),
        **({"model": info.model, "search": info.search, "why": info.why} if index.ranking != "words" else {}),
        "identity": info.identity,
    }


def _names(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more:,} more" if more > 0 else "")


def _shown(key: str, value: Any) -> str:
    match value:
        case int():
            return megabytes(value) if key == "bytes" else f"{value:,}"
        case list():
            return _names(value) or "nothing"
    return str(value)
