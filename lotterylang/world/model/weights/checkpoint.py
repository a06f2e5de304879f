"""Checkpoints: what the builder asks of a model's weights, wherever they come from.

A checkpoint gives tensors by the names GGUF uses, the shape of its decoder and its vocabulary. Reading one takes
seconds, so it happens once, when the graph is built (`build/folder.py`). Next door: `gguf.py` reads a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lotterylang.syntax.diagnostics import LotError, error

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Architecture:
    """The shape of a decoder. Units: all counts; `rope_base` and `epsilon` as in the file.

    `rotated` counts the dimensions of a head that rotary attention turns.
    """

    family: str
    layers: int
    width: int
    heads: int
    kv_heads: int
    head_size: int
    rotated: int
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


class Checkpoint(Protocol):
    """The weights of one model.

    Errors: `LOT-E0721` where what is read is missing, cut short, damaged or not what it should be; `LOT-E0722` if
    something that the architecture needs is not in it.
    """

    @property
    def path(self) -> Path:
        """Give the file or folder it is read from."""

    @property
    def architecture(self) -> Architecture:
        """Give the shape of the decoder."""

    @property
    def vocabulary(self) -> Vocabulary:
        """Give what is said of the tokenizer."""

    def has(self, name: str) -> bool:
        """Tell whether there is a tensor of this name."""

    def tensor(self, name: str) -> Floats:
        """Give a tensor as float32. Shapes: rows are outputs."""


def damaged(path: Path, fact: str) -> LotError:
    """Say that weights cannot be read."""
    return error("LOT-E0721", f"the model file {path} cannot be read: {fact}", help="fetch the file again")


def lacking(path: Path, what: str) -> LotError:
    """Say that something is not there which every language model has."""
    return error(
        "LOT-E0722", f"the model file {path} lacks {what}", help="choose a GGUF file of a whole language model"
    )
