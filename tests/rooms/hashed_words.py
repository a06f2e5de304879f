"""An embedder without a model: a word moves the numbers that its hash names, so texts of the same words are near."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from lotterylang.world.knowledge.interface import Vectors


class HashedWords:
    """Counts words; a token is a word or a sign. The order of words does not matter."""

    def __init__(self, dimension: int = 64, name: str = "hashed-words") -> None:
        self.name, self.dimension, self.batch = name, dimension, 64
        self.embedded: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.embedded += texts
        found = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(found, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()):
                digest = hashlib.sha256(word.encode()).digest()
                for at in range(0, 8, 2):
                    row[digest[at] % self.dimension] += 1 if digest[at + 1] % 2 else -1
        return found

    def count_tokens(self, text: str) -> int:
        return len(re.findall(r"\w+|[^\w\s]", text))
