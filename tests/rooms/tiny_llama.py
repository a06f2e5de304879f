"""A language model of nothing: two random layers and a byte-level vocabulary, written as a GGUF file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGUFWriter

from lotterylang.recipe import Window
from lotterylang.world.model.tokenizer import _byte_of

LAYERS, WIDTH, HEADS, KV_HEADS, HEAD_SIZE, FEED_FORWARD, CONTEXT = 2, 64, 4, 2, 16, 96, 512
ROPE_BASE, EPSILON = 10_000.0, 1e-5
CONTROL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
MERGES = ("Ġ t", "h e", "Ġt he", "e s", "y es", "n o", "Ġ n", "Ġn o", "Ċ Ċ", "1 0", "a b", "Ġ a", "Ġa b")
TEMPLATE = (
    "{% if messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nYou are tiny<|im_end|>\n' }}{% endif %}"
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n'}}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


def tokens() -> list[str]:
    """List the vocabulary: control tokens, the 256 bytes, merged pairs."""
    return [*CONTROL, *sorted(_byte_of(), key=_byte_of().__getitem__), *(merge.replace(" ", "") for merge in MERGES)]


@dataclass(frozen=True)
class Tiny:
    """The tensors of the model by their GGUF names."""

    tensors: dict[str, np.ndarray]

    def write(self, path: Path, **changed: Any) -> Path:
        """Write the model; `changed` replaces metadata, as `architecture="other"` or `pre=None`."""
        facts = {"architecture": "llama", "pre": "smollm", "model": "gpt2", "template": TEMPLATE} | changed
        writer = GGUFWriter(path, facts["architecture"])
        writer.add_context_length(CONTEXT)
        writer.add_embedding_length(WIDTH)
        writer.add_block_count(LAYERS)
        writer.add_feed_forward_length(FEED_FORWARD)
        writer.add_head_count(HEADS)
        writer.add_head_count_kv(KV_HEADS)
        writer.add_layer_norm_rms_eps(EPSILON)
        writer.add_rope_freq_base(ROPE_BASE)
        writer.add_tokenizer_model(facts["model"])
        writer.add_tokenizer_pre(facts["pre"])
        writer.add_token_list(tokens())
        writer.add_token_types([3] * len(CONTROL) + [1] * (len(tokens()) - len(CONTROL)))
        writer.add_token_merges(list(MERGES))
        writer.add_eos_token_id(2)
        if facts["template"] is not None:
            writer.add_chat_template(facts["template"])
        for name, tensor in self.tensors.items():
            writer.add_tensor(name, tensor)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        return path

    def log_probs(self, ids: list[int], window: Window | None = None) -> np.ndarray:
        """Compute, with numpy alone, the log-probabilities after each id. Shapes: (n) -> (n, vocabulary)."""
        t = self.tensors
        x = t["token_embd.weight"][ids].astype(np.float64)  # (n, width)
        for layer in range(LAYERS):
            part = {name: t[f"blk.{layer}.{name}.weight"].astype(np.float64) for name in _PARTS}
            n = _norm(x) * part["attn_norm"]
            q, k, v = (_heads(n @ part[f"attn_{c}"].T) for c in "qkv")  # (heads, n, head_size)
            q, k = _rotated(q), _rotated(k)
            k, v = np.repeat(k, HEADS // KV_HEADS, axis=0), np.repeat(v, HEADS // KV_HEADS, axis=0)
            weights = q @ k.swapaxes(1, 2) / np.sqrt(HEAD_SIZE)
            weights += np.triu(np.full((len(ids), len(ids)), -np.inf), 1)
            for i in range(window.sink, len(ids)) if window else ():
                weights[:, i, window.sink : max(window.sink, i - window.last + 1)] = -np.inf
            attended = (_softmax(weights) @ v).swapaxes(0, 1).reshape(len(ids), -1)
            x = x + attended @ part["attn_output"].T
            n = _norm(x) * part["ffn_norm"]
            gate = n @ part["ffn_gate"].T
            x = x + (gate / (1 + np.exp(-gate)) * (n @ part["ffn_up"].T)) @ part["ffn_down"].T
        logits = _norm(x) * t["output_norm.weight"] @ t["token_embd.weight"].T.astype(np.float64)
        return np.log(_softmax(logits))


_PARTS = ("attn_norm", "attn_q", "attn_k", "attn_v", "attn_output", "ffn_norm", "ffn_gate", "ffn_up", "ffn_down")


def tiny(seed: int = 0) -> Tiny:
    """Draw the model."""
    random = np.random.default_rng(seed)

    def matrix(rows: int, columns: int, scale: float = 1.0) -> np.ndarray:
        return (random.standard_normal((rows, columns)) * scale / np.sqrt(columns)).astype(np.float32)

    sizes = {
        "attn_q": (HEADS * HEAD_SIZE, WIDTH),
        "attn_k": (KV_HEADS * HEAD_SIZE, WIDTH),
        "attn_v": (KV_HEADS * HEAD_SIZE, WIDTH),
        "attn_output": (WIDTH, HEADS * HEAD_SIZE),
        "ffn_gate": (FEED_FORWARD, WIDTH),
        "ffn_up": (FEED_FORWARD, WIDTH),
        "ffn_down": (WIDTH, FEED_FORWARD),
    }
    tensors = {"token_embd.weight": matrix(len(tokens()), WIDTH, 4.0), "output_norm.weight": np.ones(WIDTH, np.float32)}
    for layer in range(LAYERS):
        tensors |= {f"blk.{layer}.{name}.weight": matrix(*size, 2.0) for name, size in sizes.items()}
        norms = {f"blk.{layer}.{name}.weight": random.uniform(0.5, 1.5, WIDTH) for name in ("attn_norm", "ffn_norm")}
        tensors |= {name: values.astype(np.float32) for name, values in norms.items()}
    return Tiny(tensors)


def _norm(x: np.ndarray) -> np.ndarray:
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + EPSILON)


def _heads(x: np.ndarray) -> np.ndarray:
    return x.reshape(len(x), -1, HEAD_SIZE).swapaxes(0, 1)


def _rotated(x: np.ndarray) -> np.ndarray:
    rates = ROPE_BASE ** (-np.arange(0, HEAD_SIZE, 2) / HEAD_SIZE)
    angles = np.arange(x.shape[1])[:, None] * rates
    even, odd = x[..., 0::2], x[..., 1::2]
    out = np.empty_like(x)
    out[..., 0::2] = even * np.cos(angles) - odd * np.sin(angles)
    out[..., 1::2] = even * np.sin(angles) + odd * np.cos(angles)
    return out


def _softmax(x: np.ndarray) -> np.ndarray:
    weights = np.exp(x - x.max(-1, keepdims=True))
    return weights / weights.sum(-1, keepdims=True)
