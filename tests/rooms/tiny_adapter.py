"""A tiny Llama and two LoRA adapters, drawn from frozen seeds with numpy alone.

`bench/adapters.py` gives them to transformers and PEFT and records what comes out; the tests give them to us. Names and
the order of rows are those of transformers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

LAYERS, WIDTH, HEADS, KV_HEADS, HEAD_SIZE, FEED_FORWARD, CONTEXT, VOCABULARY = 2, 64, 4, 2, 16, 96, 512, 272
ROPE_BASE, EPSILON = 10_000.0, 1e-5

MATRICES = {
    "self_attn.q_proj": (HEADS * HEAD_SIZE, WIDTH),
    "self_attn.k_proj": (KV_HEADS * HEAD_SIZE, WIDTH),
    "self_attn.v_proj": (KV_HEADS * HEAD_SIZE, WIDTH),
    "self_attn.o_proj": (WIDTH, HEADS * HEAD_SIZE),
    "mlp.gate_proj": (FEED_FORWARD, WIDTH),
    "mlp.up_proj": (FEED_FORWARD, WIDTH),
    "mlp.down_proj": (WIDTH, FEED_FORWARD),
}

ADAPTERS: dict[str, dict[str, Any]] = {
    "plain": {"r": 4, "lora_alpha": 8, "target_modules": ["q_proj", "v_proj"]},
    "patterns": {
        "r": 4,
        "lora_alpha": 6,
        "use_rslora": True,
        "target_modules": [name.split(".")[1] for name in MATRICES],
        "rank_pattern": {"layers.0.self_attn.k_proj": 2, "down_proj": 3},
        "alpha_pattern": {"q_proj": 3},
    },
}

IDS = [int(id) for id in np.random.RandomState(3).randint(3, VOCABULARY, 24)]


def base() -> dict[str, np.ndarray]:
    """Draw the model's tensors."""
    random = np.random.RandomState(11)
    drawn = {"model.embed_tokens.weight": _matrix(random, (VOCABULARY, WIDTH), 4.0)}
    for layer in range(LAYERS):
        for name, shape in MATRICES.items():
            drawn[f"model.layers.{layer}.{name}.weight"] = _matrix(random, shape, 2.0)
        for name in ("input_layernorm", "post_attention_layernorm"):
            drawn[f"model.layers.{layer}.{name}.weight"] = random.uniform(0.5, 1.5, WIDTH).astype(np.float32)
    return drawn | {"model.norm.weight": np.ones(WIDTH, np.float32)}


def factors(shapes: dict[str, list[int]]) -> dict[str, np.ndarray]:
    """Draw the factors of an adapter, given their names and shapes."""
    random = np.random.RandomState(12)
    return {name: _matrix(random, tuple(shapes[name]), 1.0) for name in sorted(shapes)}


def _matrix(random: np.random.RandomState, shape: tuple[int, ...], scale: float) -> np.ndarray:
    return (random.standard_normal(shape) * scale / np.sqrt(shape[1])).astype(np.float32)
