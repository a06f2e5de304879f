"""Weights: a GGUF file in, its numbers, its shape and its vocabulary out.

Reading the file takes seconds, so it happens once, when the graph is built (`build.py`); a run reads only what was
built. Next door: `llama.py` asks for tensors by their GGUF names; `tokenizer.py` takes the vocabulary.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lotterylang.syntax.diagnostics import LotError, error

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Architecture:
    """The shape of a decoder. Units: all counts; `rope_base` and `epsilon` as in the file."""

    family: str
    layers: int
    width: int
    heads: int
    kv_heads: int
    head_size: int
    feed_forward: int
    vocabulary: int
    context: int
    rope_base: float
    epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the file says of its tokenizer. `kinds` are GGUF's token types (3 is a control token)."""

    model: str
    splitter: str
    tokens: tuple[str, ...]
    kinds: tuple[int, ...]
    merges: tuple[str, ...]
    begin: int | None
    end: int | None
    begins_with: bool
    chat_template: str | None


class Weights:
    """An open GGUF file.

    Errors: `LOT-E0721` if the file is missing, cut short, damaged or no GGUF; `LOT-E0722` if something that the
    architecture needs is not in it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._reader = _open(path)
        self._tensors = {tensor.name: tensor for tensor in self._reader.tensors}

    def has(self, name: str) -> bool:
        """Tell whether the file holds a tensor of this name."""
        return name in self._tensors

    def tensor(self, name: str) -> Floats:
        """Give a tensor as float32. Shapes: as in the file, rows are outputs."""
        from gguf import dequantize

        if name not in self._tensors:
            raise _lacking(self.path, f"tensor {name}")
        stored = self._tensors[name]
        try:
            values = np.asarray(dequantize(stored.data, stored.tensor_type), np.float32)
        except (NotImplementedError, ValueError, IndexError) as cause:
            raise _damaged(self.path, f"tensor {name}: {cause}") from cause
        if not np.isfinite(values).all():
            raise _damaged(self.path, f"tensor {name} holds values that are not finite")
        return values

    def field(self, key: str) -> Any:
        """Give a metadata value, or None where the file has none."""
        stored = self._reader.fields.get(key)
        try:
            return None if stored is None else stored.contents()
        except (ValueError, IndexError, UnicodeDecodeError) as cause:
            raise _damaged(self.path, f"field {key}: {cause}") from cause

    @cached_property
    def architecture(self) -> Architecture:
        """Give the shape of the decoder."""
        family = str(self._needed("general.architecture"))

        def count(key: str) -> int:
            return int(self._needed(f"{family}.{key}"))

        heads, width = count("attention.head_count"), count("embedding_length")
        if not heads or width <= 0:
            raise _damaged(self.path, f"{heads} heads over a width of {width}")
        kv_heads = self.field(f"{family}.attention.head_count_kv")
        head_size = self.field(f"{family}.attention.key_length")
        return Architecture(
            family=family,
            layers=count("block_count"),
            width=width,
            heads=heads,
            kv_heads=int(kv_heads) if kv_heads is not None else heads,
            head_size=int(head_size) if head_size is not None else width // heads,
            feed_forward=count("feed_forward_length"),
            vocabulary=len(self._needed("tokenizer.ggml.tokens")),
            context=count("context_length"),
            rope_base=float(self.field(f"{family}.rope.freq_base") or 10_000.0),
            epsilon=float(self._needed(f"{family}.attention.layer_norm_rms_epsilon")),
        )

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Give what the file says of its tokenizer."""
        tokens = tuple(self._needed("tokenizer.ggml.tokens"))
        return Vocabulary(
            model=str(self._needed("tokenizer.ggml.model")),
            splitter=str(self.field("tokenizer.ggml.pre") or "default"),
            tokens=tokens,
            kinds=tuple(self.field("tokenizer.ggml.token_type") or (1,) * len(tokens)),
            merges=tuple(self.field("tokenizer.ggml.merges") or ()),
            begin=self.field("tokenizer.ggml.bos_token_id"),
            end=self.field("tokenizer.ggml.eos_token_id"),
            begins_with=bool(self.field("tokenizer.ggml.add_bos_token") or False),
            chat_template=self.field("tokenizer.chat_template"),
        )

    def _needed(self, key: str) -> Any:
        value = self.field(key)
        if value is None:
            raise _lacking(self.path, f"field {key}")
        return value


def _open(path: Path) -> Any:
    from gguf import GGUFReader

    if not path.is_file():
        raise error("LOT-E0721", f"there is no model file {path}", help="give the path of a .gguf file")
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise _damaged(path, "it does not begin as a GGUF file does")
    try:
        return GGUFReader(path)
    except Exception as cause:  # the reader trusts the file: what a damaged one raises is any exception at all
        raise _damaged(path, f"{type(cause).__name__}: {cause}") from cause


def _damaged(path: Path, fact: str) -> LotError:
    return error("LOT-E0721", f"the model file {path} cannot be read: {fact}", help="fetch the file again")


def _lacking(path: Path, what: str) -> LotError:
    return error(
        "LOT-E0722", f"the model file {path} lacks {what}", help="choose a GGUF file of a whole language model"
    )
