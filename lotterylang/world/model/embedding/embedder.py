"""The embedder: texts in, vectors out, on the device that there is.

On the CPU each text goes through the graph alone, as many at once as there are cores, each on a thread of its own: no
padding, nothing that waits for others, and the same bits whatever is embedded beside it. On CUDA texts of one length go
side by side, and one thread has it busy: more are no faster, and take memory that models need. Next door: `folder.py`
builds what runs here.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from lotterylang.syntax.diagnostics import error
from lotterylang.world.model import device
from lotterylang.world.model.arrays import Floats
from lotterylang.world.model.embedding.folder import CARD, GRAPH, TOKENIZER, read

_LONGEST_TOKEN = 100
"""Code points. A text is cut after so many for each token that is read, before it is split into tokens."""

_MOST_TOKENS = 1 << 14
"""So many tokens go through CUDA together."""

_CPU_TEXTS, _CUDA_TEXTS = 64, 4096
"""On CUDA there must be many of each length; on the CPU people want to see how far it is."""


class TextEmbedder:
    """An opened embedder. It may be used by several threads.

    A text of more tokens than the model reads is cut: its vector is that of its beginning.
    Errors: LOT-E0724 if what was built is damaged.
    """

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        self._is_cuda = device.without_cuda() is None
        try:
            self._card = read(folder / CARD)
            self._tokenizer = _unlimited(Tokenizer.from_file(str(folder / TOKENIZER)))
            self._before, self._after = _frame(self._tokenizer)
            self._session = _session(folder / GRAPH, self._is_cuda)
        except Exception as cause:  # what a damaged file makes JSON and ONNX Runtime raise is any exception at all
            fact = f"the model in {folder} is damaged: {type(cause).__name__}"
            raise error("LOT-E0724", fact, help="delete this folder: it will be built again") from cause
        workers = 1 if self._is_cuda else device.usable_cores()
        self._workers = ThreadPoolExecutor(workers, "lottery-embed")

    @property
    def name(self) -> str:
        """Identify weights, pooling and precision."""
        return self._card.name

    @property
    def dimension(self) -> int:
        """Tell how many numbers a vector has."""
        return self._card.dimension

    @property
    def batch(self) -> int:
        """Tell how many texts at once keep it busy."""
        return _CUDA_TEXTS if self._is_cuda else _CPU_TEXTS

    def embed(self, texts: Sequence[str]) -> Floats:
        """Give a vector for each text, in order: of length 1 if the model says so. Shapes: (texts, dimension)."""
        found = np.empty((len(texts), self.dimension), np.float32)
        rows = self.ids(texts)

        def embed_one(places: list[int]) -> None:
            found[places] = self._vectors([rows[place] for place in places])

        for _ in self._workers.map(embed_one, self._grouped(rows)):
            pass
        return found

    def count_tokens(self, text: str) -> int:
        """Count the tokens of a text, without those that frame it."""
        return len(self._tokenizer.encode(self._lowered(text), add_special_tokens=False).ids)

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Split texts into tokens, on all cores: framed as the model wants it, cut to what it reads."""
        room = self._card.longest - len(self._before) - len(self._after)
        begins = [self._lowered(text[: room * _LONGEST_TOKEN]) for text in texts]
        encoded = self._tokenizer.encode_batch_fast(begins, add_special_tokens=False)
        return [[*self._before, *each.ids[:room], *self._after] for each in encoded]

    def _grouped(self, rows: list[list[int]]) -> list[list[int]]:
        """List places of texts that go through the graph together, the longest first."""
        order = sorted(range(len(rows)), key=lambda place: len(rows[place]), reverse=True)
        if not self._is_cuda:
            return [[place] for place in order]
        found: list[list[int]] = []
        for length, places in groupby(order, key=lambda place: len(rows[place])):
            alike, most = [*places], max(1, _MOST_TOKENS // length)
            found += [alike[at : at + most] for at in range(0, len(alike), most)]
        return found

    def _vectors(self, rows: list[list[int]]) -> Floats:
        """Run the graph on texts of one length. Shapes: (B, S) -> (B, dimension)."""
        vectors: Floats = self._session.run(["vectors"], {"ids": np.array(rows, np.int64)})[0]
        if not self._card.is_normalized:
            return vectors
        lengths = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
        unit: Floats = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
        return unit

    def _lowered(self, text: str) -> str:
        return text.lower() if self._card.is_lowered else text


def _session(graph: Path, is_cuda: bool) -> Any:
    return device.cuda_session(graph) if is_cuda else device.session(graph, threads=1)


def _unlimited(tokenizer: Any) -> Any:
    """Take from a tokenizer what its file says of lengths; text is data, whatever it looks like."""
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True
    return tokenizer


def _frame(tokenizer: Any) -> tuple[list[int], list[int]]:
    """Give the tokens that stand before and after every text."""
    encoded = tokenizer.encode("a")
    inside = [place for place, is_special in enumerate(encoded.special_tokens_mask) if not is_special]
    return encoded.ids[: inside[0]], encoded.ids[inside[-1] + 1 :]
