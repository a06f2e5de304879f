"""Qdrant's engine inside of this process (qdrant-edge), behind the methods of its client that an index calls.

The client's own server in memory is written in Python; this one is the engine of real servers.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import qdrant_edge as edge
from qdrant_client import models


class EdgeServer:
    """Collections in folders below one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._shards: dict[str, tuple[Any, models.VectorParams]] = {}

    def collection_exists(self, collection: str) -> bool:
        return collection in self._shards

    def create_collection(self, collection: str, params: models.VectorParams) -> None:
        distance = getattr(edge.Distance, params.distance.value)
        config = edge.EdgeConfig(vectors=edge.EdgeVectorParams(size=params.size, distance=distance))
        (self._folder / collection).mkdir()
        self._shards[collection] = edge.EdgeShard.create(str(self._folder / collection), config), params

    def create_payload_index(self, collection: str, field: str, schema: models.PayloadSchemaType) -> None:
        kind = getattr(edge.PayloadSchemaType, schema.value.capitalize())
        self._shard(collection).update(edge.UpdateOperation.create_field_index(field, kind))

    def get_collection(self, collection: str) -> Any:
        params = SimpleNamespace(vectors=self._shards[collection][1])
        return SimpleNamespace(config=SimpleNamespace(params=params))

    def upsert(self, collection: str, points: Sequence[models.PointStruct], wait: bool) -> None:
        made = [edge.Point(point.id, point.vector, point.payload) for point in points]
        self._shard(collection).update(edge.UpdateOperation.upsert_points(made))

    def delete(self, collection: str, selector: models.FilterSelector, wait: bool) -> None:
        filter = _filter(selector.filter)
        self._shard(collection).update(edge.UpdateOperation.delete_points_by_filter(filter))

    def query_points(self, collection: str, vector: list[float], query_filter: models.Filter, limit: int) -> Any:
        asked = edge.QueryRequest(
            limit, query=edge.Query.Nearest(vector), with_payload=True, filter=_filter(query_filter)
        )
        return SimpleNamespace(points=self._shard(collection).query(asked))

    def retrieve(self, collection: str, ids: list[str], with_payload: Any = True) -> list[Any]:
        found: list[Any] = self._shard(collection).retrieve(ids, with_payload, False)
        return found

    def scroll(self, collection: str, filter: models.Filter, limit: int, offset: Any, with_payload: Any) -> Any:
        asked = edge.ScrollRequest(offset, limit, _filter(filter), with_payload, False)
        return self._shard(collection).scroll(asked)

    def count(self, collection: str) -> Any:
        return SimpleNamespace(count=self._shard(collection).count(edge.CountRequest(exact=True)))

    def close(self) -> None:
        while self._shards:
            self._shards.popitem()[1][0].close()

    def _shard(self, collection: str) -> Any:
        return self._shards[collection][0]


def _filter(filter: models.Filter) -> Any:
    parts = {name: _conditions(getattr(filter, name)) for name in ("must", "should", "must_not")}
    return edge.Filter(**parts)


def _conditions(conditions: Any) -> list[Any] | None:
    if conditions is None:
        return None
    return [_filter(one) if isinstance(one, models.Filter) else _field(one) for one in conditions]


def _field(condition: models.FieldCondition) -> Any:
    match condition.match:
        case models.MatchAny(any=values):
            return edge.FieldCondition(condition.key, edge.MatchAny(values))
        case models.MatchValue(value=value):
            return edge.FieldCondition(condition.key, edge.MatchValue(value))
    raise ValueError(condition)
