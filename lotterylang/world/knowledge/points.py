"""Points: documents and passages as Qdrant keeps them, and filters of metadata as it asks for them.

A document is a point of its own beside those of its passages; its vector is nothing. Metadata stand in a point as
marks, one text for each key with its value, so that keys and values are data and never a path. Next door: `qdrant.py`
sends them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from lotterylang.world.knowledge.chunks import Span
from lotterylang.world.knowledge.digest import digest_of
from lotterylang.world.knowledge.document import Between, Document, Passage, Scalar, Where, unkeepable
from lotterylang.world.knowledge.interface import Vectors
from lotterylang.world.knowledge.needs import said
from lotterylang.world.knowledge.records import Fields

if TYPE_CHECKING:
    from qdrant_client import models

ABOUT, DOCUMENT, PASSAGE = "about", "document", "passage"
"""Kinds of points. A collection that others have filled has none of these."""


def id_of(*what: object) -> str:
    """Give the id of a point: the same for the same thing."""
    return str(UUID(bytes=digest_of(*what)))


def version_of(document: Document) -> str:
    """Identify a document with its content."""
    return digest_of(document.name, document.hash).hex()


def about_point(said: Mapping[str, Any], dimension: int) -> models.PointStruct:
    """Make the point that says how a collection was made."""
    return _point(id_of(ABOUT), [0.0] * dimension, {"kind": ABOUT, **said})


def points_of(document: Document, spans: Sequence[Span], vectors: Vectors) -> list[models.PointStruct]:
    """Make the points of a document, its own last: until it is there, the document is not. Shapes: as `spans`."""
    version, marks = version_of(document), marks_of(document)
    metadata = json.dumps(dict(document.metadata), sort_keys=True, ensure_ascii=False)
    own = {"document": document.name, "title": document.title, "version": version, "metadata": metadata, "marks": marks}
    found = []
    for place, ((start, end), vector) in enumerate(zip(spans, vectors, strict=True)):
        text = document.text[start:end]
        payload = {**own, "kind": PASSAGE, "place": place, "start": start, "end": end, "text": text}
        found.append(_point(id_of(version, place), vector.tolist(), {**payload, "digest": _digest(payload)}))
    whole = {**own, "kind": DOCUMENT, "hash": document.hash, "passages": len(spans)}
    return [*found, _point(id_of(DOCUMENT, document.name), [0.0] * vectors.shape[1], whole)]


def is_whole(payload: Mapping[str, Any]) -> bool:
    """Tell whether a passage is what was written."""
    try:
        return bool(_digest(payload) == payload["digest"])
    except KeyError:
        return False


def passage_of(point: models.ScoredPoint, score: float) -> Passage:
    """Give the passage of a point, which is whole."""
    held: Mapping[str, Any] = point.payload or {}
    name, start, end, metadata = held["document"], held["start"], held["end"], json.loads(held["metadata"])
    place = f"{name}:{start}-{end}"
    return Passage(held["text"], held["title"], score, place, said(metadata), name, start, end, metadata)


def passage_of_others(point: models.ScoredPoint, score: float, fields: Fields) -> Passage:
    """Give the passage of a point that others have written: `fields` say what is text, title and id."""
    held: Mapping[str, Any] = point.payload or {}
    text, title = held.get(fields.text), held.get(fields.title)
    others = {key: value for key, value in held.items() if key not in (fields.text, fields.title, fields.id)}
    own = {key: value for key, value in others.items() if isinstance(value, str | int | float | None)}
    id = str(held.get(fields.id, point.id))
    return Passage(str(text or ""), str(title or ""), score, id, said(own), id, metadata=own)


def of_kind(*kinds: str) -> models.Filter:
    """Choose the points of these kinds."""
    from qdrant_client import models

    return models.Filter(must=[models.FieldCondition(key="kind", match=models.MatchAny(any=[*kinds]))])


def searched(where: Where | None, is_ours: bool = True) -> models.Filter:
    """Choose what may be found: all that is neither document nor about, with such metadata.

    In points of others metadata are fields, and there are no marks and no kinds.
    """
    from qdrant_client import models

    wanted = (where or {}).items()
    if not is_ours:
        return models.Filter(must=[_fits_fields(key, each) for key, each in wanted])
    hidden = models.FieldCondition(key="kind", match=models.MatchAny(any=[ABOUT, DOCUMENT]))
    return models.Filter(must=[_fits(key, each) for key, each in wanted], must_not=[hidden])


def of_documents(names: Sequence[str], but: Sequence[str] = ()) -> models.Filter:
    """Choose the points of documents, but for those of some versions."""
    from qdrant_client import models

    named = models.FieldCondition(key="document", match=models.MatchAny(any=[*names]))
    others: list[Any] = [models.FieldCondition(key="version", match=models.MatchAny(any=[*but]))] if but else []
    return models.Filter(must=[named], must_not=others)


def marks_of(document: Document) -> list[str]:
    """List what filters look for: each key, and each key with its value."""
    return [mark for key, value in sorted(document.metadata.items()) for mark in (json.dumps([key]), _mark(key, value))]


def _fits(key: str, wanted: Any) -> models.Filter:
    """Say what metadata must be at a key: any of some values; None is also where there is none."""
    from qdrant_client import models

    if isinstance(wanted, Between):  # Qdrant has no order of texts
        return models.Filter(must=[_is("marks", json.dumps([key]))])
    several = list(wanted) if isinstance(wanted, list | tuple) else [wanted]
    several = [one for one in several if not (unkeepable(key) or unkeepable(one))]
    marks = [_mark(key, one) for one in several]
    ways: list[Any] = [models.FieldCondition(key="marks", match=models.MatchAny(any=marks))] if marks else []
    ways += [models.Filter(must_not=[_is("marks", json.dumps([key]))])] if None in several else []
    return models.Filter(should=ways) if ways else models.Filter(must=[_is("marks", "")])


def _fits_fields(key: str, wanted: Any) -> models.Filter:
    """Say what fields must be of points that others have written. A path has no quotes: a key with one takes all."""
    from qdrant_client import models

    if '"' in key or unkeepable(key):
        return models.Filter()
    path = json.dumps(key, ensure_ascii=False)
    absent = models.IsEmptyCondition(is_empty=models.PayloadField(key=path))
    if isinstance(wanted, Between):
        return models.Filter(must_not=[absent])
    several = list(wanted) if isinstance(wanted, list | tuple) else [wanted]
    several = [one for one in several if not unkeepable(one)]
    texts = [one for one in several if isinstance(one, str)]
    ways: list[Any] = [models.FieldCondition(key=path, match=models.MatchAny(any=texts))] if texts else []
    ways += [_field(path, one) for one in several if isinstance(one, int | float)]
    ways += [absent] if None in several else []
    return models.Filter(should=ways) if ways else models.Filter(must=[models.HasIdCondition(has_id=[])])


def _field(path: str, value: float) -> models.FieldCondition:
    """Say that a field is a number, whole or not, or `true` or `false`."""
    from qdrant_client import models

    if isinstance(value, bool):
        return models.FieldCondition(key=path, match=models.MatchValue(value=value))
    return models.FieldCondition(key=path, range=models.Range(gte=value, lte=value))


def _is(key: str, value: str) -> models.FieldCondition:
    from qdrant_client import models

    return models.FieldCondition(key=key, match=models.MatchValue(value=value))


def _mark(key: str, value: Scalar) -> str:
    """Write a key with its value; numbers are compared as numbers, and `true` is 1, as in SQLite."""
    if isinstance(value, bool | float) and value == int(value):
        value = int(value)
    return json.dumps([key, value])


def _digest(payload: Mapping[str, Any]) -> str:
    parts = ("version", "document", "place", "start", "end", "text", "title", "metadata")
    return digest_of(*(payload[part] for part in parts)).hex()


def _point(id: str, vector: list[float], payload: dict[str, Any]) -> models.PointStruct:
    from qdrant_client import models

    return models.PointStruct(id=id, vector=vector, payload=payload)
