"""Words alone: the embedder of an index that is ranked by nothing but words. It embeds nothing and fetches nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from lotterylang.world.knowledge.interface import Vectors

_TOKEN = re.compile(r"\w+|[^\w\s]")


class WordsAlone:
    """Counts words and signs as tokens, and places all texts at one point."""

    name, dimension, batch = "words alone", 1, 64

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Give every text the same place. Shapes: `[texts, 1]`."""
        return np.zeros((len(texts), self.dimension), np.float32)

    def count_tokens(self, text: str) -> int:
        """Count words and signs."""
        return sum(1 for _ in _TOKEN.finditer(text))
