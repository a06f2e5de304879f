"""GGUF: a file of llama.cpp in, a checkpoint out.

Next door: `checkpoint.py` says what a checkpoint gives; `gguf_shape.py` reads the decoder's shape off the metadata.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from lotterylang.syntax.diagnostics import error
from lotterylang.world.model.arrays import Floats
from lotterylang.world.model.weights.checkpoint import Architecture, SpaceFirst, Vocabulary, damaged, lacking
from lotterylang.world.model.weights.gguf_scan import scan
from lotterylang.world.model.weights.gguf_shape import shape_of


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

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """List the tensors and their shapes, rows first."""
        return {name: tuple(int(n) for n in reversed(tensor.shape)) for name, tensor in self._tensors.items()}

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
        return shape_of(self.path, self.field)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Give what the file says of its tokenizer."""
        tokens = tuple(self._needed("tokenizer.ggml.tokens"))
        model, splitter = str(self._needed("tokenizer.ggml.model")), str(self.field("tokenizer.ggml.pre") or "default")
        return Vocabulary(
            model=model,
            splitter=splitter,
            tokens=tokens,
            kinds=tuple(self.field("tokenizer.ggml.token_type") or (1,) * len(tokens)),
            merges=tuple(self.field("tokenizer.ggml.merges") or ()),
            begin=self.field("tokenizer.ggml.bos_token_id"),
            end=self.field("tokenizer.ggml.eos_token_id"),
            begins_with=self._or("add_bos_token", model == "llama" or splitter.startswith("llama")),
            chat_template=self.field("tokenizer.chat_template"),
            scores=tuple(self.field("tokenizer.ggml.scores") or ()),
            space_first=self._space_first(model),
            more_ends=tuple(int(id) for id in (self.field("tokenizer.ggml.eot_token_id"),) if id is not None),
        )

    def _space_first(self, model: str) -> SpaceFirst:
        """Tell where a space is put: llama.cpp puts one before every run of text, where not told otherwise."""
        return "run" if model == "llama" and self._or("add_space_prefix", True) else "never"

    def _or(self, key: str, default: bool) -> bool:
        value = self.field(f"tokenizer.ggml.{key}")
        return default if value is None else bool(value)

    def _needed(self, key: str) -> Any:
        value = self.field(key)
        if value is None:
            raise lacking(self.path, f"field {key}")
        return value


def _open(path: Path) -> Any:
    from gguf import GGUFReader

    if not path.is_file():
        raise error("LOT-E0721", f"there is no model file {path}", help="give the path of a .gguf file")
    scan(path)
    try:
        return GGUFReader(path)
    except Exception as cause:  # the reader trusts the file: what a damaged one raises is any exception at all
        raise damaged(path, f"{type(cause).__name__}: {cause}") from cause
