"""Small random models of every family, written as folders or GGUF files: the same bytes wherever this runs.

The recorder (`bench/golden.py`) reads them with transformers and the test with us, so this page imports neither. The
stream of `RandomState` is frozen: weights come back from their seed and only logits are stored.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

MERGES = ("Ġ t", "h e", "Ġt he", "e s", "y es", "n o", "Ġ n", "Ġn o", "Ċ Ċ", "1 0", "a b", "Ġ a", "Ġa b")
CONTROL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
COUNT = 24
"""Tokens that logits are recorded for; windows are shorter."""

_BLOCK_BYTES = {"Q4_K": 144, "Q5_K": 176, "Q6_K": 210}
_KINDS = {"F32": np.float32, "F16": np.float16}


@dataclass(frozen=True)
class Sample:
    """A model: its config.json, and how its numbers are stored: safetensors as `store`, or GGUF if `quants` is set.

    `quants` are GGUF types of matrices, taken in turn; the embedding has the last of them. `extra` tensors go along.
    """

    config: dict[str, Any]
    store: str = "F32"
    quants: tuple[str, ...] = ()
    architecture: str = ""
    extra: dict[str, np.ndarray] = field(default_factory=dict)


def _config(kind: str, writes: str, **more: Any) -> dict[str, Any]:
    return {
        "model_type": kind,
        "architectures": [writes],
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "vocab_size": len(tokens()),
        "max_position_embeddings": 128,
        "rms_norm_eps": 1e-5,
        "rope_theta": 10_000.0,
        "hidden_act": "silu",
        "tie_word_embeddings": False,
        "bos_token_id": 0,
        "eos_token_id": 2,
    } | more


def tokens() -> list[str]:
    """List the vocabulary: control tokens, the 256 bytes as GPT-2 writes them, merged pairs."""
    return [*CONTROL, *_bytes(), *(merge.replace(" ", "") for merge in MERGES)]


def _bytes() -> list[str]:
    plain = {*range(33, 127), *range(161, 173), *range(174, 256)}
    extra = iter(range(256, 512))
    return [chr(byte) if byte in plain else chr(next(extra)) for byte in range(256)]


_LLAMA3 = {
    "rope_type": "llama3",
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 64,
}
_GEMMA3 = {
    "head_dim": 32,
    "num_hidden_layers": 4,
    "hidden_activation": "gelu_pytorch_tanh",
    "query_pre_attn_scalar": 24,
    "sliding_window": 8,
    "layer_types": ["sliding_attention", "sliding_attention", "full_attention", "sliding_attention"],
    "rope_theta": 100_000.0,
    "rope_local_base_freq": 1_000.0,
    "tie_word_embeddings": True,
}
_WIDE = {"hidden_size": 256, "intermediate_size": 256, "head_dim": 64}

MODELS: dict[str, Sample] = {
    "llama": Sample(_config("llama", "LlamaForCausalLM")),
    "llama3": Sample(
        _config("llama", "LlamaForCausalLM", rope_theta=500_000.0, rope_scaling=_LLAMA3, tie_word_embeddings=True),
        "BF16",
    ),
    "tinyllama": Sample(
        _config("llama", "LlamaForCausalLM", rope_scaling={"type": "linear", "factor": 4.0}, num_key_value_heads=1),
        "F16",
    ),
    "mistral": Sample(_config("mistral", "MistralForCausalLM", sliding_window=8, head_dim=32), "BF16"),
    "qwen2": Sample(_config("qwen2", "Qwen2ForCausalLM", tie_word_embeddings=True), "BF16"),
    "qwen2-window": Sample(
        _config("qwen2", "Qwen2ForCausalLM", use_sliding_window=True, sliding_window=6, max_window_layers=1)
    ),
    "qwen3": Sample(_config("qwen3", "Qwen3ForCausalLM", head_dim=32)),
    "gemma3": Sample(
        _config("gemma3_text", "Gemma3ForCausalLM", **_GEMMA3, rope_scaling={"rope_type": "linear", "factor": 8.0}),
        "BF16",
    ),
    "llama-q4_0": Sample(_config("llama", "LlamaForCausalLM"), quants=("Q4_0", "Q8_0"), architecture="llama"),
    "llama-q4_k": Sample(
        _config("llama", "LlamaForCausalLM", **_WIDE), quants=("Q4_K", "Q6_K", "Q5_K"), architecture="llama"
    ),
    "llama-f16": Sample(_config("llama", "LlamaForCausalLM", tie_word_embeddings=True), "", ("F16",), "llama"),
    "qwen2-q5": Sample(
        _config("qwen2", "Qwen2ForCausalLM"), quants=("Q5_0", "Q4_1", "Q5_1", "Q8_0"), architecture="qwen2"
    ),
    "qwen3-q8_0": Sample(_config("qwen3", "Qwen3ForCausalLM", head_dim=32), quants=("Q8_0",), architecture="qwen3"),
    "gemma3-bf16": Sample(
        _config("gemma3_text", "Gemma3ForCausalLM", **_GEMMA3 | {"num_hidden_layers": 7, "query_pre_attn_scalar": 32})
        | {"layer_types": ["sliding_attention"] * 5 + ["full_attention", "sliding_attention"]}
        | {"rope_local_base_freq": 10_000.0},  # not written in the file: what every Gemma 3 has
        quants=("BF16",),
        architecture="gemma3",
    ),
}


def ids() -> list[int]:
    """Draw the tokens that logits are recorded for."""
    return [int(id) for id in np.random.RandomState(7).randint(3, len(tokens()), COUNT)]


def tensors_of(config: dict[str, Any], seed: int = 0) -> dict[str, np.ndarray]:
    """Draw the weights of a model, by the names of transformers."""
    random = np.random.RandomState(seed)
    family, width, inner = config["model_type"], config["hidden_size"], config["intermediate_size"]
    head = config.get("head_dim", width // config["num_attention_heads"])
    queries, keys = config["num_attention_heads"] * head, config["num_key_value_heads"] * head
    is_gemma = family.startswith("gemma3")

    def matrix(rows: int, columns: int, gain: float = 2.0) -> np.ndarray:
        return (random.standard_normal((rows, columns)) * gain / math.sqrt(columns)).astype(np.float32)

    def norm(size: int) -> np.ndarray:
        return (random.uniform(0.5, 1.5, size) - is_gemma).astype(np.float32)  # Gemma stores what is more than one

    found = {"model.embed_tokens.weight": matrix(config["vocab_size"], width, 1.0), "model.norm.weight": norm(width)}
    if not config["tie_word_embeddings"]:
        found["lm_head.weight"] = matrix(config["vocab_size"], width)
    norms = ["input_layernorm", "post_attention_layernorm"]
    norms += ["pre_feedforward_layernorm", "post_feedforward_layernorm"] if is_gemma else []
    sizes = {"q_proj": (queries, width), "k_proj": (keys, width), "v_proj": (keys, width), "o_proj": (width, queries)}
    for layer in range(config["num_hidden_layers"]):
        block = f"model.layers.{layer}"
        found |= {f"{block}.self_attn.{name}.weight": matrix(*size) for name, size in sizes.items()}
        found |= {f"{block}.mlp.{name}_proj.weight": matrix(inner, width) for name in ("gate", "up")}
        found[f"{block}.mlp.down_proj.weight"] = matrix(width, inner)
        found |= {f"{block}.{name}.weight": norm(width) for name in norms}
        if family == "qwen2":
            rows = {"q": queries, "k": keys, "v": keys}
            found |= {f"{block}.self_attn.{name}_proj.bias": matrix(1, n)[0] for name, n in rows.items()}
        if family == "qwen3" or is_gemma:
            found |= {f"{block}.self_attn.{name}_norm.weight": norm(head) for name in "qk"}
    return found


def write(name: str, folder: Path) -> Path:
    """Write a model into a folder of its own; give the folder, or the GGUF file in it."""
    sample = MODELS[name]
    place = folder / name
    place.mkdir(parents=True, exist_ok=True)
    if sample.quants:
        return write_gguf(sample, place / f"{name}.gguf")
    return write_folder(place, sample.config, tensors_of(sample.config), sample.store)


def write_folder(place: Path, config: dict[str, Any], tensors: dict[str, np.ndarray], store: str = "F32") -> Path:
    """Write a folder as Hugging Face lays it out."""
    place.mkdir(parents=True, exist_ok=True)
    (place / "config.json").write_text(json.dumps(config))
    (place / "tokenizer.json").write_text(json.dumps(tokenizer_json(), ensure_ascii=False), encoding="utf-8")
    write_safetensors(place / "model.safetensors", tensors, store)
    return place


def write_safetensors(path: Path, tensors: dict[str, np.ndarray], store: str = "F32") -> None:
    """Write tensors in the format of safetensors; `BF16` keeps the upper halves."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    data = b""
    for name, values in tensors.items():
        upper = values.astype(np.float32).view(np.uint32) >> 16
        raw = upper.astype(np.uint16).tobytes() if store == "BF16" else values.astype(_KINDS[store]).tobytes()
        header[name] = {"dtype": store, "shape": list(values.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    written = json.dumps(header).encode()
    path.write_bytes(len(written).to_bytes(8, "little") + written + data)


def tokenizer_json() -> dict[str, Any]:
    """Give a byte-level tokenizer over `tokens`, as tokenizer.json has it."""
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": id, "content": token} | flags for id, token in enumerate(CONTROL)],
        "normalizer": None,
        "pre_tokenizer": level,
        "post_processor": None,
        "decoder": level,
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": False,
            "vocab": {token: id for id, token in enumerate(tokens())},
            "merges": [merge.split(" ") for merge in MERGES],
        },
    }


GGUF_NAMES = {
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
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
_GEMMA_NAMES = {
    "post_attention_layernorm": "post_attention_norm",
    "pre_feedforward_layernorm": "ffn_norm",
    "post_feedforward_layernorm": "post_ffw_norm",
}


def in_gguf(name: str, values: np.ndarray, config: dict[str, Any]) -> tuple[str, np.ndarray]:
    """Give a tensor's name and values as llama.cpp's converter writes them."""
    is_gemma = config["model_type"].startswith("gemma3")
    values = values + is_gemma if name.endswith("norm.weight") else values
    outside = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}
    stem, _, kind = name.rpartition(".")
    if stem in outside:
        return f"{outside[stem]}.{kind}", values
    _, _, layer, inner = stem.split(".", 3)
    part = (GGUF_NAMES | (_GEMMA_NAMES if is_gemma else {}))[inner]
    if config["model_type"] in ("llama", "mistral") and part in ("attn_q", "attn_k"):  # rotary pairs side by side
        heads = config["num_attention_heads" if part == "attn_q" else "num_key_value_heads"]
        values = values.reshape(heads, 2, -1, *values.shape[1:]).swapaxes(1, 2).reshape(values.shape)
    return f"blk.{layer}.{part}.{kind}", values


def write_gguf(sample: Sample, path: Path) -> Path:
    """Write a model as a GGUF file."""
    from gguf import GGMLQuantizationType, GGUFWriter

    config, family = sample.config, sample.architecture
    writer = GGUFWriter(path, family)
    _write_metadata(writer, config)
    for name, values in sample.extra.items():
        writer.add_tensor(name, values)
    turn = 0
    for hf_name, drawn in tensors_of(config).items():
        name, values = in_gguf(hf_name, drawn, config)
        if values.ndim == 1:
            writer.add_tensor(name, values.astype(np.float32))
            continue
        kind = sample.quants[-1] if name == "token_embd.weight" else sample.quants[turn % len(sample.quants)]
        turn += 1
        quant = GGMLQuantizationType[kind]
        writer.add_tensor(name, _quantized(values, quant, turn), raw_dtype=quant)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _write_metadata(writer: Any, config: dict[str, Any]) -> None:
    head = config.get("head_dim", config["hidden_size"] // config["num_attention_heads"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_key_length(head)
    writer.add_value_length(head)
    writer.add_rope_dimension_count(head)
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(config["rope_theta"])
    if config.get("sliding_window"):
        writer.add_sliding_window(config["sliding_window"])
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens())
    writer.add_token_types([3] * len(CONTROL) + [1] * (len(tokens()) - len(CONTROL)))
    writer.add_token_merges(list(MERGES))
    writer.add_eos_token_id(2)


def _quantized(values: np.ndarray, quant: Any, seed: int) -> np.ndarray:
    """Store a matrix in a GGUF type; the k-quants, which have no writer in Python, as blocks drawn at random."""
    from gguf.quants import quantize

    if quant.name in _BLOCK_BYTES:
        return _drawn_blocks(values.shape, quant.name, np.random.RandomState(seed))
    if quant.name in _KINDS:
        return values.astype(_KINDS[quant.name])
    return quantize(values.astype(np.float32), quant)


def _drawn_blocks(shape: tuple[int, ...], kind: str, random: np.random.RandomState) -> np.ndarray:
    """Draw blocks of 256 weights of magnitude 0.1 or so."""
    rows, blocks = shape[0], shape[1] // 256
    drawn = random.randint(0, 256, (rows, blocks, _BLOCK_BYTES[kind])).astype(np.uint8)
    step = {"Q4_K": 4e-4, "Q5_K": 2e-4, "Q6_K": 6e-5}[kind]
    scale = (random.uniform(0.5, 1.5, (rows, blocks, 1)) * step).astype(np.float16)
    if kind == "Q6_K":  # the scale stands last
        drawn[..., -2:] = scale.view(np.uint8)
    else:  # a scale and the scale of the minima, about half of the range
        half = np.float16({"Q4_K": 7.5, "Q5_K": 15.5}[kind])
        drawn[..., :2], drawn[..., 2:4] = scale.view(np.uint8), (scale * half).view(np.uint8)
    return drawn.reshape(rows, -1)
