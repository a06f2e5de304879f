"""Small random encoders of every family, as folders of sentence-transformers, and what they say, in double precision.

The reference is written from the papers' formulas and knows nothing of graphs. Numbers come from a frozen stream.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tiny_models import write_safetensors

WIDTH, HEADS, INNER, LAYERS, PLACES, EPSILON = 24, 3, 40, 2, 40, 1e-6
CONTROL = ("[CLS]", "[PAD]", "[SEP]", "[UNK]")
WORDS = (
    "the",
    "cat",
    "sat",
    "on",
    "a",
    "mat",
    "dog",
    "##s",
    "##ting",
    ".",
    ",",
    "and",
    "iron",
    "melt",
    "sep",
    "[",
    "]",
)
FAMILIES = ("bert", "roberta", "distilbert", "mpnet")

Doubles = NDArray[np.float64]

_BERT = {
    "query": "encoder.layer.{}.attention.self.query",
    "key": "encoder.layer.{}.attention.self.key",
    "value": "encoder.layer.{}.attention.self.value",
    "joined": "encoder.layer.{}.attention.output.dense",
    "joined_norm": "encoder.layer.{}.attention.output.LayerNorm",
    "wide": "encoder.layer.{}.intermediate.dense",
    "narrow": "encoder.layer.{}.output.dense",
    "narrow_norm": "encoder.layer.{}.output.LayerNorm",
}
_NAMES = {
    "bert": _BERT,
    "roberta": {part: f"roberta.{name}" for part, name in _BERT.items()},
    "mpnet": _BERT
    | {part: f"encoder.layer.{{}}.attention.attn.{part[0]}" for part in ("query", "key", "value")}
    | {"joined": "encoder.layer.{}.attention.attn.o", "joined_norm": "encoder.layer.{}.attention.LayerNorm"},
    "distilbert": {
        part: f"distilbert.transformer.layer.{{}}.attention.{part[0]}_lin" for part in ("query", "key", "value")
    }
    | {
        "joined": "distilbert.transformer.layer.{}.attention.out_lin",
        "joined_norm": "distilbert.transformer.layer.{}.sa_layer_norm",
        "wide": "distilbert.transformer.layer.{}.ffn.lin1",
        "narrow": "distilbert.transformer.layer.{}.ffn.lin2",
        "narrow_norm": "distilbert.transformer.layer.{}.output_layer_norm",
    },
}
_OUTSIDE = {"words": "word_embeddings", "positions": "position_embeddings", "types": "token_type_embeddings"}


def drawn(family: str, seed: int = 0) -> dict[str, Any]:
    """Draw the numbers of an encoder, by names of this page."""
    random = np.random.RandomState(seed)

    def matrix(*sizes: int) -> Any:
        return (random.standard_normal(sizes) * 1.5 / math.sqrt(sizes[-1])).astype(np.float32)

    found = {"words.weight": matrix(len(CONTROL) + len(WORDS), WIDTH), "positions.weight": matrix(PLACES, WIDTH)}
    if family in ("bert", "roberta"):
        found["types.weight"] = matrix(2, WIDTH)
    if family == "mpnet":
        found["relative.weight"] = matrix(32, HEADS)
    shapes = {"wide": (INNER, WIDTH), "narrow": (WIDTH, INNER)}
    shapes |= dict.fromkeys(("query", "key", "value", "joined"), (WIDTH, WIDTH))
    for layer in range(LAYERS):
        for part, sizes in shapes.items():
            found[f"{layer}.{part}.weight"], found[f"{layer}.{part}.bias"] = matrix(*sizes), matrix(sizes[0])
    for norm in ("first_norm", *(f"{layer}.{one}_norm" for layer in range(LAYERS) for one in ("joined", "narrow"))):
        found[f"{norm}.weight"], found[f"{norm}.bias"] = (
            random.uniform(0.5, 1.5, WIDTH).astype(np.float32),
            matrix(WIDTH),
        )
    return found


def write(folder: Path, family: str = "bert", pooling: str = "mean", dense: int = 0, **lengths: Any) -> Path:
    """Write a folder of sentence-transformers; `dense` is the width of a layer after pooling. Give the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    write_safetensors(folder / "model.safetensors", {_named(family, name): one for name, one in drawn(family).items()})
    _json(folder / "config.json", _config(family))
    _json(folder / "tokenizer.json", _tokenizer())
    _json(folder / "sentence_bert_config.json", {"max_seq_length": 16, "do_lower_case": False} | lengths)
    kinds = ["Transformer", "Pooling", *["Dense"] * bool(dense), "Normalize"]
    places = ["", *(f"{number}_{kind}" for number, kind in enumerate(kinds[1:], start=1))]
    modules = [
        {"idx": n, "path": place, "type": f"sentence_transformers.models.{kind}"}
        for n, (kind, place) in enumerate(zip(kinds, places, strict=True))
    ]
    _json(folder / "modules.json", modules)
    flags = {"mean": "mean_tokens", "cls": "cls_token", "max": "max_tokens", "last": "lasttoken"}
    _json(
        folder / "1_Pooling" / "config.json", {f"pooling_mode_{flag}": mode == pooling for mode, flag in flags.items()}
    )
    if dense:
        _json(
            folder / "2_Dense" / "config.json",
            {"bias": True, "activation_function": "torch.nn.modules.activation.Tanh"},
        )
        write_safetensors(folder / "2_Dense" / "model.safetensors", layer_after(dense))
    return folder


def layer_after(width: int) -> dict[str, Any]:
    """Draw the layer after pooling."""
    random = np.random.RandomState(5)
    matrix, shift = random.standard_normal((width, WIDTH)), random.standard_normal(width)
    return {"linear.weight": matrix.astype(np.float32), "linear.bias": shift.astype(np.float32)}


def reference(family: str, ids: list[int], pooling: str = "mean", dense: int = 0) -> Doubles:
    """Reckon the vector of a text from its tokens, of length 1. Shapes: -> (width)."""
    held = {name: values.astype(np.float64) for name, values in drawn(family).items()}
    first = 2 if family in ("roberta", "mpnet") else 0
    x = held["words.weight"][ids] + held["positions.weight"][first : first + len(ids)]
    x = _norm(x + (held["types.weight"][0] if "types.weight" in held else 0), held, "first_norm")
    bias = _relative(len(ids), held["relative.weight"]) if family == "mpnet" else 0
    for layer in range(LAYERS):
        query, key, value = (_heads(_linear(x, held, f"{layer}.{part}")) for part in ("query", "key", "value"))
        seen = _softmax(query @ key.transpose(0, 2, 1) / math.sqrt(WIDTH / HEADS) + bias) @ value
        joined = _linear(seen.transpose(1, 0, 2).reshape(len(ids), WIDTH), held, f"{layer}.joined")
        x = _norm(x + joined, held, f"{layer}.joined_norm")
        wide = _linear(x, held, f"{layer}.wide")
        bent = wide * (1 + np.vectorize(math.erf)(wide / math.sqrt(2))) / 2
        x = _norm(x + _linear(bent, held, f"{layer}.narrow"), held, f"{layer}.narrow_norm")
    pooled = {"mean": x.mean(axis=0), "cls": x[0], "max": x.max(axis=0)}[pooling]
    if dense:
        after = {name: values.astype(np.float64) for name, values in layer_after(dense).items()}
        pooled = np.tanh(_linear(pooled, after, "linear"))
    found: Doubles = pooled / np.linalg.norm(pooled)
    return found


def _linear(x: Doubles, held: dict[str, Doubles], name: str) -> Doubles:
    return x @ held[f"{name}.weight"].T + held[f"{name}.bias"]


def _norm(x: Doubles, held: dict[str, Doubles], name: str) -> Doubles:
    spread = np.sqrt(x.var(axis=-1, keepdims=True) + EPSILON)
    return (x - x.mean(axis=-1, keepdims=True)) / spread * held[f"{name}.weight"] + held[f"{name}.bias"]


def _heads(x: Doubles) -> Doubles:
    return x.reshape(len(x), HEADS, -1).transpose(1, 0, 2)


def _softmax(x: Doubles) -> Doubles:
    grown = np.exp(x - x.max(axis=-1, keepdims=True))
    found: Doubles = grown / grown.sum(axis=-1, keepdims=True)
    return found


def _relative(length: int, table: Doubles) -> Doubles:
    """Give T5's bias of 32 buckets, both ways, up to a distance of 128. Shapes: -> (heads, length, length)."""
    found = np.zeros((HEADS, length, length))
    for here in range(length):
        for there in range(length):
            far = abs(there - here)
            bucket = far if far < 8 else min(15, 8 + int(math.log(far / 8) / math.log(16) * 8))
            found[:, here, there] = table[bucket + 16 * (there > here)]
    return found


def _named(family: str, name: str) -> str:
    """Give a tensor's name as transformers writes it."""
    part, _, kind = name.rpartition(".")
    body = {"roberta": "roberta.", "distilbert": "distilbert."}.get(family, "")
    if part == "relative":
        return f"encoder.relative_attention_bias.{kind}"
    if part in _OUTSIDE or part == "first_norm":
        return f"{body}embeddings.{_OUTSIDE.get(part, 'LayerNorm')}.{kind}"
    layer, _, inner = part.partition(".")
    return f"{_NAMES[family][inner].format(layer)}.{kind}"


def _config(family: str) -> dict[str, Any]:
    facts: dict[str, Any] = {"model_type": family, "max_position_embeddings": PLACES, "pad_token_id": 1}
    if family == "distilbert":
        return facts | {
            "dim": WIDTH,
            "n_layers": LAYERS,
            "n_heads": HEADS,
            "hidden_dim": INNER,
            "activation": "gelu",
            "layer_norm_eps": EPSILON,
        }
    sizes = {
        "hidden_size": WIDTH,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "intermediate_size": INNER,
    }
    return facts | sizes | {"hidden_act": "gelu", "layer_norm_eps": EPSILON}


def _tokenizer() -> dict[str, Any]:
    """Give a WordPiece tokenizer with limits of its own, which are not those of the settings."""
    vocabulary = [*CONTROL, *WORDS]
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    frame = [
        {"SpecialToken": {"id": "[CLS]", "type_id": 0}},
        {"Sequence": {"id": "A", "type_id": 0}},
        {"SpecialToken": {"id": "[SEP]", "type_id": 0}},
    ]
    normalizer = {"clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": False}
    special = {token: {"id": token, "ids": [id], "tokens": [token]} for id, token in enumerate(CONTROL)}
    padding = {"direction": "Right", "pad_to_multiple_of": None, "pad_id": 1, "pad_type_id": 0, "pad_token": "[PAD]"}
    return {
        "version": "1.0",
        "truncation": {"max_length": 8, "strategy": "LongestFirst", "stride": 0, "direction": "Right"},
        "padding": padding | {"strategy": {"Fixed": 8}},
        "added_tokens": [{"id": id, "content": token} | flags for id, token in enumerate(CONTROL)],
        "normalizer": {"type": "BertNormalizer"} | normalizer,
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {"type": "TemplateProcessing", "single": frame, "pair": frame, "special_tokens": special},
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": {token: id for id, token in enumerate(vocabulary)},
        },
    }


def _json(path: Path, data: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
