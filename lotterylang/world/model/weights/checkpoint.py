"""Checkpoints: what the builder asks of a model's weights, wherever they come from.

A checkpoint gives tensors by the names GGUF uses, the shape of its decoder and its vocabulary. Reading one takes
seconds, so it happens once, when the graph is built (`build/folder.py`). Next door: `gguf.py` reads a file, `folder.py`
a folder; `opening.py` tells which.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from lotterylang.syntax.diagnostics import LotError, error
from lotterylang.world.model.arrays import Floats

FAMILIES = "Llama (SmolLM2, TinyLlama), Mistral, Qwen 2 and 3, Gemma 3"
"""What is known, in words."""


SpaceFirst = Literal["never", "text", "run"]
"""Before nothing, before a text that begins without a control token, before each run of text between control tokens."""

Activation = Literal["silu", "gelu"]
"""What bends the gate of a feed-forward; `gelu` is the approximation by tanh."""


@dataclass(frozen=True, slots=True)
class Architecture:
    """The shape of a decoder and all that families differ in. Units: counts; `rope_base` and `epsilon` as in the file.

    `rotated` counts the dimensions of a head that rotary attention turns; `rotary_interleaved` says that pairs lie side
    by side (GGUF permutes Q and K so for its `llama`), else half a head apart. `rope_factor` divides positions. Layers
    in `local_layers` see `window` positions, their own included, and turn by `local_rope_base`, undivided.
    Norm weights are what is multiplied with, a 1 that a family leaves out of its files included.
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
    rotary_interleaved: bool = False
    rope_factor: float = 1.0
    qkv_bias: bool = False
    qk_norm: bool = False
    post_norms: bool = False
    activation: Activation = "silu"
    embedding_scale: float = 1.0
    attention_scale: float | None = None
    window: int = 0
    local_layers: tuple[int, ...] = ()
    local_rope_base: float | None = None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the weights say of their tokenizer. `kinds` are GGUF's token types (3 is a control token).

    `json` is a whole tokenizer, where there is one; else `model`, `splitter`, `merges` and `scores` describe it. `end`
    and `more_ends` end a text; `begins_with` says that `begin` stands before each. `space_first` says before which
    runs of text a tokenizer that writes `▁` puts a space.
    """

    model: str
    splitter: str
    tokens: tuple[str, ...]
    kinds: tuple[int, ...]
    merges: tuple[str, ...]
    begin: int | None
    end: int | None
    begins_with: bool
    chat_template: str | None
    scores: tuple[float, ...] = ()
    space_first: SpaceFirst = "never"
    more_ends: tuple[int, ...] = ()
    json: str | None = None


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

    def shapes(self) -> Mapping[str, tuple[int, ...]]:
        """List the tensors and their shapes, rows first, without reading them."""

    def tensor(self, name: str) -> Floats:
        """Give a tensor as float32. Shapes: rows are outputs."""


def damaged(path: Path, fact: str) -> LotError:
    """Say that weights cannot be read."""
    return error("LOT-E0721", f"the model file {path} cannot be read: {fact}", help="fetch the file again")


def lacking(path: Path, what: str) -> LotError:
    """Say that something is not there which every language model has."""
    return error("LOT-E0722", f"the model {path} lacks {what}", help="choose the weights of a whole language model")


def unsupported(path: Path, fact: str) -> LotError:
    """Say why a model of this kind cannot be taken."""
    help = f"families that are: {FAMILIES}; any other runs slower, once exported: `lot model export {path}`"
    return error("LOT-E0722", f"the model {path} is not supported: {fact}", help=help)
