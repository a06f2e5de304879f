"""config.json: what transformers keeps of a model in, the shape of its decoder out.

A family is a reader of what is its own and the defaults that transformers has for what a file leaves out. Next door:
`folder.py` reads the file; `gguf_shape.py` does the same for GGUF's metadata.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from lotterylang.world.model.arrays import Floats
from lotterylang.world.model.weights.checkpoint import Activation, Architecture, damaged, lacking, unsupported

Config = dict[str, Any]

_ACTIVATIONS: dict[str, Activation] = {"silu": "silu", "swish": "silu", "gelu_pytorch_tanh": "gelu"}

_DEFAULTS: dict[str, Config] = {
    "gemma3": {
        "num_attention_heads": 8,
        "num_key_value_heads": 4,
        "head_dim": 256,
        "vocab_size": 262_208,
        "max_position_embeddings": 131_072,
        "hidden_activation": "gelu_pytorch_tanh",
        "query_pre_attn_scalar": 256,
        "sliding_window": 4096,
        "rope_theta": 1_000_000.0,
    },
    "qwen3": {"head_dim": 128},
}
_SLIDING = "sliding_attention"
_GEMMA_PERIOD = 6
_GEMMA_LOCAL_BASE = 10_000.0


def shape_of(path: Path, config: Config) -> Architecture:
    """Read the shape of the decoder. Errors: `LOT-E0721` damaged; `LOT-E0722` what is lacking or not supported."""
    family = _family(path, config)
    own = _DEFAULTS.get(family, {}) | _text(config)
    try:
        _refuse(path, own)
        return _READERS[family](path, _plain(path, family, own), own)
    except (TypeError, ValueError, AttributeError, OverflowError, ZeroDivisionError) as cause:
        raise damaged(path, f"its config.json makes no sense: {cause}") from cause


def rope_divisors(path: Path, config: Config, shape: Architecture) -> Floats | None:
    """Give what each rotation rate is divided by where Llama 3 stretches them, else None.

    Rates that turn fewer than `low_freq_factor` times in the original context are divided by `factor`, those that turn
    more than `high_freq_factor` times are left, with a straight passage between. Source: Llama 3.1's reference code.
    """
    rope = _rope(_text(config))
    if rope.get("rope_type") != "llama3":
        return None
    try:
        factor, original = float(rope["factor"]), float(rope["original_max_position_embeddings"])
        low, high = float(rope["low_freq_factor"]), float(rope["high_freq_factor"])
    except (KeyError, TypeError, ValueError) as cause:
        raise damaged(path, "the rope scaling of its config.json makes no sense") from cause
    rates = shape.rope_base ** -(np.arange(0, shape.head_size, 2) / shape.head_size)
    turns = original * rates / (2 * math.pi)
    kept = np.clip((turns - low) / (high - low), 0, 1)
    divisors: Floats = (1 / ((1 - kept) / factor + kept)).astype(np.float32)
    return divisors


def _family(path: Path, config: Config) -> str:
    kind = config.get("model_type")
    if not isinstance(kind, str):
        raise lacking(path, "the model_type of its config.json")
    family = "gemma3" if kind == "gemma3_text" else kind
    if family not in _READERS:
        raise unsupported(path, _why_not(kind, config))
    classes = config.get("architectures") or []
    if not isinstance(classes, list) or any("For" in str(name) and not _writes(str(name)) for name in classes):
        raise unsupported(path, f"it is made to do something else than to write text ({', '.join(map(str, classes))})")
    if config.get("quantization_config"):
        method = dict(config["quantization_config"]).get("quant_method", "another tool")
        raise unsupported(path, f"its weights are already quantised by {method}; take the plain weights or a GGUF file")
    return family


def _writes(name: str) -> bool:
    return name.endswith(("ForCausalLM", "ForConditionalGeneration"))


def _why_not(kind: str, config: Config) -> str:
    if "moe" in kind or kind == "mixtral" or config.get("num_local_experts") or config.get("num_experts"):
        return f"`{kind}` is a mixture of experts"
    if "bert" in kind or kind in ("t5", "electra", "mpnet", "deberta-v2") or config.get("is_encoder_decoder"):
        return f"`{kind}` is an encoder: it does not write text by itself"
    return f"the family `{kind}` is not known"


def _plain(path: Path, family: str, own: Config) -> Architecture:
    """Read what all families have."""

    def count(key: str) -> int:
        if own.get(key) is None:
            raise lacking(path, f"{key} in its config.json")
        return int(own[key])

    heads, width, rope = count("num_attention_heads"), count("hidden_size"), _rope(own)
    size = int(own.get("head_dim") or width // heads)
    return Architecture(
        family=family,
        layers=count("num_hidden_layers"),
        width=width,
        heads=heads,
        kv_heads=int(own.get("num_key_value_heads") or heads),
        head_size=size,
        rotated=round(size * _number("partial_rotary_factor", 1.0, rope, own)),
        feed_forward=count("intermediate_size"),
        vocabulary=count("vocab_size"),
        context=count("max_position_embeddings"),
        rope_base=_number("rope_theta", 10_000.0, rope, own),
        epsilon=_number("rms_norm_eps", 1e-6, own),
        rope_factor=float(rope["factor"]) if rope.get("rope_type") == "linear" else 1.0,
        activation=_activation(path, own),
    )


def _llama(path: Path, plain: Architecture, own: Config) -> Architecture:
    return plain


def _mistral(path: Path, plain: Architecture, own: Config) -> Architecture:
    window = int(own.get("sliding_window", 4096) or 0)
    return replace(plain, window=window, local_layers=tuple(range(plain.layers)) if window else ())


def _qwen2(path: Path, plain: Architecture, own: Config) -> Architecture:
    window = int(own.get("sliding_window") or 0) if own.get("use_sliding_window") else 0
    first = int(_number("max_window_layers", 28, own))
    local = _listed(own) or tuple(range(first, plain.layers))
    return replace(plain, qkv_bias=True, window=window, local_layers=local if window else ())


def _qwen3(path: Path, plain: Architecture, own: Config) -> Architecture:
    return replace(_qwen2(path, plain, own), qkv_bias=False, qk_norm=True)


def _gemma3(path: Path, plain: Architecture, own: Config) -> Architecture:
    window = int(own.get("sliding_window") or 0)
    period = int(_number("sliding_window_pattern", _GEMMA_PERIOD, own))
    local_base = _number("rope_theta", _number("rope_local_base_freq", _GEMMA_LOCAL_BASE, own), _rope(own, local=True))
    if own.get("layer_types") is not None:
        local = _listed(own)
    else:
        local = tuple(layer for layer in range(plain.layers) if (layer + 1) % period)
    return replace(
        plain,
        qk_norm=True,
        post_norms=True,
        embedding_scale=math.sqrt(plain.width),
        attention_scale=float(own["query_pre_attn_scalar"]) ** -0.5,
        window=window,
        local_layers=local if window else (),
        local_rope_base=local_base,
    )


_READERS: dict[str, Callable[[Path, Architecture, Config], Architecture]] = {
    "llama": _llama,
    "mistral": _mistral,
    "qwen2": _qwen2,
    "qwen3": _qwen3,
    "gemma3": _gemma3,
}


def _refuse(path: Path, own: Config) -> None:
    kind = _rope(own).get("rope_type", "default")
    if kind not in ("default", "linear", "llama3"):
        raise unsupported(path, f"it scales its rotary positions by `{kind}`")
    for key in ("attention_bias", "mlp_bias"):
        if own.get(key):
            raise unsupported(path, f"it has biases where its family has none ({key})")
    for key in ("attn_logit_softcapping", "final_logit_softcapping"):
        if own.get(key):
            raise unsupported(path, f"it caps its logits ({key})")
    if own.get("use_bidirectional_attention"):
        raise unsupported(path, "its attention looks ahead: it does not write text")


def _activation(path: Path, own: Config) -> Activation:
    name = own.get("hidden_activation") or own.get("hidden_act") or "silu"
    if name not in _ACTIVATIONS:
        raise unsupported(path, f"its feed-forward bends by `{name}`")
    return _ACTIVATIONS[name]


def _number(key: str, default: float, *places: Config) -> float:
    """Give a number from the first place that says it."""
    return float(next((place[key] for place in places if place.get(key) is not None), default))


def _listed(own: Config) -> tuple[int, ...]:
    return tuple(layer for layer, kind in enumerate(own.get("layer_types") or ()) if kind == _SLIDING)


def _text(config: Config) -> Config:
    """Give the part about text where a model also sees pictures."""
    found = config.get("text_config")
    return found if isinstance(found, dict) else config


def _rope(own: Config, local: bool = False) -> Config:
    """Give the rotary parameters of full or of local layers, as older and newer files write them."""
    found = own.get("rope_parameters") or own.get("rope_scaling") or {}
    kinds = {key: value for key, value in found.items() if isinstance(value, dict)}
    if kinds:
        found = kinds.get(_SLIDING if local else "full_attention") or {}
    elif local:
        return {}  # older files scale the full layers alone
    return found | ({"rope_type": found["type"]} if "type" in found and "rope_type" not in found else {})
