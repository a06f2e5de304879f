"""A small SentencePiece vocabulary, as GGUF files and as tokenizer.json have it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGUFWriter
from tiny_models import in_gguf, tensors_of

from lotterylang.world.model.weights.checkpoint import Vocabulary

CONTROL = ("<unk>", "<s>", "</s>")
LEARNED = ("▁t", "he", "▁the", "in", "▁a", "an", "▁an", "▁in", "es", "yes", "▁yes", "no", "▁no", "ing", "▁▁", "10", "é")
LETTERS = ("▁", *"abcdefghijklmnopqrstuvwxyz0123456789.,:?[]/|<>IN", "\n")
TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}{% if message['role'] == 'user' %}"
    "{{ '[IN] ' + message['content'] + ' [/IN]' }}{% elif message['role'] == 'assistant' %}"
    "{{ ' ' + message['content'] + eos_token }}{% else %}{{ raise_exception('no system') }}{% endif %}{% endfor %}"
)


def tokens() -> list[str]:
    """List the vocabulary: control tokens, bytes, learned pieces, letters."""
    return [*CONTROL, *(f"<0x{byte:02X}>" for byte in range(256)), *LEARNED, *LETTERS]


def kinds() -> list[int]:
    """List GGUF's kinds of them."""
    return [2, 3, 3, *[6] * 256, *[1] * (len(LEARNED) + len(LETTERS))]


def scores() -> list[float]:
    """List their scores: earlier pieces are better."""
    return [0.0] * 259 + [-float(rank) for rank in range(len(LEARNED) + len(LETTERS))]


def vocabulary(**changed: Any) -> Vocabulary:
    """Give the vocabulary as a GGUF file describes it."""
    facts: dict[str, Any] = {
        "model": "llama",
        "splitter": "default",
        "tokens": tuple(tokens()),
        "kinds": tuple(kinds()),
        "merges": (),
        "begin": 1,
        "end": 2,
        "begins_with": True,
        "chat_template": TEMPLATE,
        "scores": tuple(scores()),
        "space_first": "run",
    }
    return Vocabulary(**facts | changed)


def tokenizer_json(spaces: str) -> dict[str, Any]:
    """Give tokenizer.json with the same pieces; `spaces` is `Prepend`, `Metaspace` or `none`."""
    from lotterylang.world.model.tokenizer import rebuilt

    whole: dict[str, Any] = json.loads(rebuilt(vocabulary()).to_str())
    replace = {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}
    strip = {"type": "Strip", "content": " ", "start": 1, "stop": 0}
    if spaces == "Prepend":
        whole["normalizer"] = {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, replace]}
        whole["decoder"]["decoders"].append(strip)
    elif spaces == "Metaspace":
        whole["normalizer"] = None
        whole["pre_tokenizer"] = {
            "type": "Metaspace",
            "replacement": "▁",
            "prepend_scheme": "first",
            "split": False,
        }
        whole["decoder"]["decoders"].append(strip)
    begin = {"SpecialToken": {"id": "<s>", "type_id": 0}}
    text = {"Sequence": {"id": "A", "type_id": 0}}
    whole["post_processor"] = {
        "type": "TemplateProcessing",
        "single": [begin, text],
        "pair": [begin, text, begin, text],
        "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}},
    }
    return whole


def config() -> dict[str, Any]:
    """Give the configuration of a model with this vocabulary."""
    from tiny_models import MODELS

    return MODELS["llama"].config | {"vocab_size": len(tokens()), "bos_token_id": 1}


def write_gguf(path: Path) -> Path:
    """Write a model with this vocabulary as llama.cpp's converter does."""
    shape = config()
    writer = GGUFWriter(path, "llama")
    writer.add_context_length(256)
    writer.add_embedding_length(shape["hidden_size"])
    writer.add_block_count(shape["num_hidden_layers"])
    writer.add_feed_forward_length(shape["intermediate_size"])
    writer.add_head_count(shape["num_attention_heads"])
    writer.add_head_count_kv(shape["num_key_value_heads"])
    writer.add_layer_norm_rms_eps(shape["rms_norm_eps"])
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens())
    writer.add_token_types(kinds())
    writer.add_token_scores(scores())
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_chat_template(TEMPLATE)
    for name, drawn in tensors_of(shape).items():
        ours, values = in_gguf(name, drawn, shape)
        writer.add_tensor(ours, values.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
