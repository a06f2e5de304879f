"""A folder as Hugging Face keeps models in: configuration, safetensors and tokenizer in, a checkpoint out.

Tensors get GGUF's names, so one wiring serves both. Next door: `config.py` reads the decoder's shape,
`safetensors.py` the numbers, `folder_tokens.py` the tokenizer.
"""

from __future__ import annotations

import json
import re
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from lotterylang.syntax.diagnostics import LotError, error
from lotterylang.world.model.arrays import Floats
from lotterylang.world.model.weights.checkpoint import Architecture, Vocabulary, damaged, lacking, unsupported
from lotterylang.world.model.weights.config import rope_divisors, shape_of
from lotterylang.world.model.weights.folder_tokens import FILES as TOKENIZER_FILES
from lotterylang.world.model.weights.folder_tokens import vocabulary_of
from lotterylang.world.model.weights.layout import EMBEDDING, HEAD, ROPE_DIVISORS
from lotterylang.world.model.weights.safetensors import Stored, tensors_of

CONFIG, WEIGHTS, INDEX = "config.json", "model.safetensors", "model.safetensors.index.json"

_OUTSIDE = {"embed_tokens.weight": EMBEDDING, "norm.weight": "output_norm.weight"}
_INSIDE = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "self_attn.q_norm": "attn_q_norm",
    "self_attn.k_norm": "attn_k_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
_NORMS = {"post_attention_layernorm": "ffn_norm"}
_FOUR_NORMS = {
    "post_attention_layernorm": "post_attention_norm",
    "pre_feedforward_layernorm": "ffn_norm",
    "post_feedforward_layernorm": "post_ffw_norm",
}
_LAYER = re.compile(r"layers\.(\d+)\.(.+)\.(weight|bias)")
_BODIES = ("language_model.model.", "model.language_model.", "model.")
_HEADS = ("lm_head.weight", "language_model.lm_head.weight")
_UNUSED = re.compile(r".*rotary_emb\.inv_freq|(model\.)?(vision_tower|multi_modal_projector)\..*")
_NORM = re.compile(r".*norm\.weight")


class Folder:
    """An open folder.

    Errors: `LOT-E0721` if a file is missing, cut short or damaged; `LOT-E0722` for what is not supported or not there;
    `LOT-E0723` for a tokenizer that is not known.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._config = read_json(path / CONFIG)
        self._shape = shape_of(path, self._config)
        self._tensors = self._named(stored_in(path))
        self._divisors = rope_divisors(path, self._config, self._shape)

    def has(self, name: str) -> bool:
        """Tell whether there is a tensor of this name."""
        return name in self._tensors or (name == ROPE_DIVISORS and self._divisors is not None)

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """List the tensors and their shapes, rows first."""
        return {name: stored.shape for name, stored in self._tensors.items()}

    def tensor(self, name: str) -> Floats:
        """Give a tensor as float32. Shapes: rows are outputs."""
        if name == ROPE_DIVISORS and self._divisors is not None:
            return self._divisors
        if name not in self._tensors:
            raise lacking(self.path, f"tensor {name}")
        values = self._tensors[name].values()
        if not np.isfinite(values).all():
            raise damaged(self.path, f"tensor {name} holds values that are not finite")
        if self._shape.family == "gemma3" and _NORM.fullmatch(name):
            return values + np.float32(1)  # these files store what a norm's weight is more than one
        return values

    @property
    def architecture(self) -> Architecture:
        """Give the shape of the decoder."""
        return self._shape

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Give what the folder says of its tokenizer."""
        return vocabulary_of(self.path, self._config)

    def _named(self, stored: dict[str, Stored]) -> dict[str, Stored]:
        found = {
            _canonical(name, self._shape): tensor for name, tensor in stored.items() if not _UNUSED.fullmatch(name)
        }
        text = self._config.get("text_config", {})
        if self._config.get("tie_word_embeddings", text.get("tie_word_embeddings", self._shape.family == "gemma3")):
            found.pop(HEAD, None)
        elif HEAD not in found:
            raise lacking(self.path, "tensor lm_head.weight")
        return found


def files_of(path: Path) -> list[Path]:
    """List the files of a folder that a model is made of. Errors: `LOT-E0721` if there are no weights."""
    named = [path / name for name in (CONFIG, *TOKENIZER_FILES)]
    return [file for file in named if file.is_file()] + weight_files(path)


def read_json(path: Path) -> dict[str, Any]:
    """Read a file that must be there. Errors: `LOT-E0721`."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as cause:
        fact = f"the model's folder has no {path.name}: {path.parent}"
        raise error("LOT-E0721", fact, help="give the folder that holds a model's config.json") from cause
    except (ValueError, RecursionError) as cause:
        raise damaged(path, "it is no JSON") from cause
    if not isinstance(found, dict):
        raise damaged(path, "it is no JSON object")
    return found


def pickled(path: Path) -> LotError:
    """Say that weights are in a format that is not read."""
    return unsupported(path, "its weights are pickled (.bin), which can run any code when they are read")


def stored_in(path: Path) -> dict[str, Stored]:
    """List the tensors of a folder by the names that its files have. Errors: `LOT-E0721`, `LOT-E0722`."""
    found: dict[str, Stored] = {}
    for file in weight_files(path):
        found |= tensors_of(file)
    return found


def weight_files(path: Path) -> list[Path]:
    """List the files of safetensors of a folder. Errors: `LOT-E0721` if there are none."""
    if (path / WEIGHTS).is_file():
        return [path / WEIGHTS]
    if not (path / INDEX).is_file():
        if any(path.glob("*.bin")) or any(path.glob("*.pt*")):
            raise pickled(path)
        raise error("LOT-E0721", f"the model's folder has no {WEIGHTS}: {path}", help="fetch the whole model")
    named = read_json(path / INDEX).get("weight_map")
    if not isinstance(named, dict) or not all(isinstance(name, str) for name in named.values()):
        raise damaged(path / INDEX, "it names no files")
    names = sorted(set(named.values()))
    if any(Path(name).name != name for name in names):
        raise damaged(path / INDEX, "it names files outside its folder")
    return [path / name for name in names]


def _canonical(name: str, shape: Architecture) -> str:
    """Give GGUF's name of a tensor, or the name as it is, which `layout.py` will refuse."""
    if name in _HEADS:
        return HEAD
    inner = next((name.removeprefix(body) for body in _BODIES if name.startswith(body)), name)
    if inner in _OUTSIDE:
        return _OUTSIDE[inner]
    found = _LAYER.fullmatch(inner)
    parts = _INSIDE | (_FOUR_NORMS if shape.post_norms else _NORMS)
    if found is None or found[2] not in parts:
        return name
    return f"blk.{found[1]}.{parts[found[2]]}.{found[3]}"
