"""Documents that tests of indexes hold, and the ways in which the embedded index searches."""

from __future__ import annotations

from typing import Any

from lotterylang.world.knowledge.document import Document

WAYS: dict[str, dict[str, Any]] = {
    "exact": {"ranking": "vectors", "search": "exact"},
    "graph": {"ranking": "vectors", "search": "hnsw"},
    "words": {"ranking": "words"},
    "hybrid": {"ranking": "hybrid"},
}

PLANETS = [
    Document("mars", "Mars is a red planet with two moons.", "Mars", {"moons": 2, "rings": False}),
    Document("saturn", "Saturn has wide rings of ice.", "Saturn", {"moons": 146, "rings": True}),
    Document("sun", "The sun is a star and shines.", "", {"kind": "star"}),
]
