"""GGUF's metadata: the keys of a file in, the shape of its decoder out. Next door: `gguf.py` reads the keys.

The file's `llama` is Llama, SmolLM2, TinyLlama and Mistral; only its Q and K are permuted for interleaved rotation.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from lotterylang.world.model.weights.checkpoint import Architecture, damaged, lacking, unsupported

Field = Callable[[str], Any]
"""Gives a metadata value, or None where the file has none."""

_GEMMA_LOCAL_BASE = 10_000.0
_GEMMA_PERIOD = 6
"""Of six layers, the last sees everything. Older files leave both unsaid."""

_GEMMA_27B_LAYERS = 62
"""The only size whose attention is scaled by its width, not by its heads."""


def shape_of(path: Path, field: Field) -> Architecture:
    """Read the shape of the decoder. Errors: `LOT-E0721` damaged; `LOT-E0722` what is lacking or not supported."""
    family = str(_needed(path, field, "general.architecture"))
    reader = _READERS.get(family)
    if reader is None:
        raise unsupported(path, _why_not(family))

    def own(key: str) -> Any:
        return field(f"{family}.{key}")

    _refuse(path, own)
    try:
        return reader(_plain(path, family, own, len(_needed(path, field, "tokenizer.ggml.tokens"))), own)
    except (TypeError, ValueError, OverflowError) as cause:  # a list or a text where a number should be
        raise damaged(path, f"its metadata make no sense: {cause}") from cause


def _plain(path: Path, family: str, own: Field, vocabulary: int) -> Architecture:
    """Read what all families have."""

    def count(key: str) -> int:
        return int(_needed(path, own, key, family))

    heads, width = count("attention.head_count"), count("embedding_length")
    if heads <= 0 or width <= 0:
        raise damaged(path, f"{heads} heads over a width of {width}")
    size = int(_or(own("attention.key_length"), width // heads))
    return Architecture(
        family=family,
        layers=count("block_count"),
        width=width,
        heads=heads,
        kv_heads=int(_or(own("attention.head_count_kv"), heads)),
        head_size=size,
        rotated=int(_or(own("rope.dimension_count"), size)),
        feed_forward=count("feed_forward_length"),
        vocabulary=vocabulary,
        context=count("context_length"),
        rope_base=float(own("rope.freq_base") or 10_000.0),
        epsilon=float(_needed(path, own, "attention.layer_norm_rms_epsilon", family)),
        rope_factor=_rope_factor(own),
    )


def _llama(plain: Architecture, own: Field) -> Architecture:
    window = int(own("attention.sliding_window") or 0)
    layers = tuple(range(plain.layers)) if window else ()
    return replace(plain, rotary_interleaved=True, window=window, local_layers=layers)


def _qwen2(plain: Architecture, own: Field) -> Architecture:
    return replace(plain, qkv_bias=True)


def _qwen3(plain: Architecture, own: Field) -> Architecture:
    return replace(plain, qk_norm=True)


def _gemma3(plain: Architecture, own: Field) -> Architecture:
    window = int(own("attention.sliding_window") or 0)
    period = int(_or(own("attention.sliding_window_pattern"), _GEMMA_PERIOD))
    scaled = plain.width // plain.heads if plain.layers == _GEMMA_27B_LAYERS else plain.head_size
    return replace(
        plain,
        qk_norm=True,
        post_norms=True,
        activation="gelu",
        embedding_scale=math.sqrt(plain.width),
        attention_scale=1 / math.sqrt(scaled),
        window=window,
        local_layers=tuple(layer for layer in range(plain.layers) if window and (layer + 1) % period),
        local_rope_base=float(_or(own("rope.freq_base_swa"), _GEMMA_LOCAL_BASE)),
    )


_READERS: dict[str, Callable[[Architecture, Field], Architecture]] = {
    "llama": _llama,
    "qwen2": _qwen2,
    "qwen3": _qwen3,
    "gemma3": _gemma3,
}


def _refuse(path: Path, own: Field) -> None:
    if own("expert_count"):
        raise unsupported(path, f"it is a mixture of {own('expert_count')} experts")
    scaling = own("rope.scaling.type")
    if scaling not in (None, "none", "linear"):
        raise unsupported(path, f"it scales its rotary positions by `{scaling}`")
    for key in ("attn_logit_softcapping", "final_logit_softcapping"):
        if own(key):
            raise unsupported(path, f"it caps its logits ({key})")
    for key in ("attention.head_count", "attention.head_count_kv", "feed_forward_length"):
        if isinstance(own(key), list | tuple):
            raise unsupported(path, f"its layers differ in size ({key})")


def _rope_factor(own: Field) -> float:
    if own("rope.scaling.type") == "linear":
        return float(_or(own("rope.scaling.factor"), 1.0))
    return float(own("rope.scale_linear") or 1.0)


def _why_not(family: str) -> str:
    if "moe" in family:
        return f"`{family}` is a mixture of experts"
    if "bert" in family or "t5" in family or family.endswith("encoder"):
        return f"`{family}` is an encoder: it does not write text"
    return f"the family `{family}` is not known"


def _needed(path: Path, field: Field, key: str, family: str = "") -> Any:
    value = field(key)
    if value is None:
        raise lacking(path, f"field {family}{'.' if family else ''}{key}")
    return value


def _or(value: Any, default: Any) -> Any:
    return default if value is None else value
