"""GGUF: a file of llama.cpp in, a checkpoint out. Next door: `checkpoint.py` says what a checkpoint gives."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from lotterylang.syntax.diagnostics import error
from lotterylang.world.model.weights.checkpoint import Architecture, Floats, Vocabulary, damaged, lacking


class Gguf:
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
            raise lacking(self.path, f"tensor {name}")
        stored = self._tensors[name]
        try:
            values = np.asarray(dequantize(stored.data, stored.tensor_type), np.float32)
        except (NotImplementedError, ValueError, IndexError) as cause:
            raise damaged(self.path, f"tensor {name}: {cause}") from cause
        if not np.isfinite(values).all():
            raise damaged(self.path, f"tensor {name} holds values that are not finite")
        return values

    def field(self, key: str) -> Any:
        """Give a metadata value, or None where the file has none."""
        stored = self._reader.fields.get(key)
        try:
            return None if stored is None else stored.contents()
        except (ValueError, IndexError, UnicodeDecodeError) as cause:
            raise damaged(self.path, f"field {key}: {cause}") from cause

    @cached_property
    def architecture(self) -> Architecture:
        """Give the shape of the decoder."""
        family = str(self._needed("general.architecture"))

        def count(key: str) -> int:
            return int(self._needed(f"{family}.{key}"))

        heads, width = count("attention.head_count"), count("embedding_length")
        if not heads or width <= 0:
            raise damaged(self.path, f"{heads} heads over a width of {width}")
        kv_heads = self.field(f"{family}.attention.head_count_kv")
        head_size = self.field(f"{family}.attention.key_length")
        rotated = self.field(f"{family}.rope.dimension_count")
        size = int(head_size) if head_size is not None else width // heads
        return Architecture(
            family=family,
            layers=count("block_count"),
            width=width,
            heads=heads,
            kv_heads=int(kv_heads) if kv_heads is not None else heads,
            head_size=size,
            rotated=int(rotated) if rotated is not None else size,
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
            raise lacking(self.path, f"field {key}")
        return value


def _open(path: Path) -> Any:
    from gguf import GGUFReader

    if not path.is_file():
        raise error("LOT-E0721", f"there is no model file {path}", help="give the path of a .gguf file")
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise damaged(path, "it does not begin as a GGUF file does")
    try:
        return GGUFReader(path)
    except Exception as cause:  # the reader trusts the file: what a damaged one raises is any exception at all
        raise damaged(path, f"{type(cause).__name__}: {cause}") from cause
