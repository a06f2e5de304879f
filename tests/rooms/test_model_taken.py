"""What cannot be taken is said at once, with its reason, and nothing is built; what can is read as it is."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_llama import TEMPLATE
from tiny_models import MODELS, tensors_of, tokenizer_json, write, write_folder, write_safetensors

from lotterylang.syntax.diagnostics import LotError
from lotterylang.world.model import open as opening
from lotterylang.world.model.build import card as cards
from lotterylang.world.model.build.frames import marked
from lotterylang.world.model.tokenizer import rebuilt
from lotterylang.world.model.weights import opening as opening_weights
from lotterylang.world.model.weights.folder import Folder
from lotterylang.world.model.weights.gguf_shape import shape_of
from lotterylang.world.model.weights.opening import hash_of, opened

LLAMA = MODELS["llama"].config


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LOTTERY_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def refusal(folder: Path, home: Path) -> str:
    with pytest.raises(LotError) as raised:
        opening.ready(str(folder))
    assert list((home / "built").glob("*")) == []
    return str(raised.value)


CONFIGS: list[tuple[str, dict[str, Any], str]] = [
    ("encoder", {"model_type": "bert", "architectures": ["BertForMaskedLM"]}, "`bert` is an encoder"),
    ("encoder and decoder", {"model_type": "t5", "is_encoder_decoder": True}, "`t5` is an encoder"),
    ("experts", {"model_type": "mixtral", "num_local_experts": 8}, "`mixtral` is a mixture of experts"),
    ("experts of Qwen", {"model_type": "qwen3_moe"}, "`qwen3_moe` is a mixture of experts"),
    ("state space", {"model_type": "mamba"}, "the family `mamba` is not known"),
    ("an older Gemma", {"model_type": "gemma2"}, "the family `gemma2` is not known"),
    ("a classifier", {"architectures": ["LlamaForSequenceClassification"]}, "LlamaForSequenceClassification"),
    ("quantised", {"quantization_config": {"quant_method": "gptq"}}, "quantised by gptq"),
    ("head size", {"head_dim": 24}, "heads have 24 dimensions"),
    ("odd head size", {"head_dim": 15}, "heads have 15 dimensions"),
    ("part of a head", {"partial_rotary_factor": 0.5}, "rotates 8 of the 16 dimensions"),
    ("width", {"hidden_size": 80, "num_attention_heads": 5, "num_key_value_heads": 5}, "width of 80"),
    ("groups", {"num_key_value_heads": 3}, "3 key/value heads cannot be shared by 4"),
    ("rope", {"rope_scaling": {"rope_type": "yarn", "factor": 4.0}}, "rotary positions by `yarn`"),
    ("activation", {"hidden_act": "relu"}, "bends by `relu`"),
    ("biases", {"attention_bias": True}, "attention_bias"),
    ("caps", {"final_logit_softcapping": 30.0}, "caps its logits"),
    ("context", {"max_position_embeddings": 0}, "context of 0"),
    ("layers", {"num_hidden_layers": 10**9}, "1000000000 layers"),
    ("no layers", {"num_hidden_layers": None}, "lacks num_hidden_layers"),
    ("no kind", {"model_type": None}, "lacks the model_type"),
    ("no number", {"hidden_size": "wide"}, "makes no sense"),
    ("a list", {"rms_norm_eps": [1]}, "makes no sense"),
]


@pytest.mark.parametrize(("changed", "said"), [case[1:] for case in CONFIGS], ids=[case[0] for case in CONFIGS])
def test_a_configuration_that_cannot_be_taken(changed: dict[str, Any], said: str, tmp_path: Path, home: Path) -> None:
    folder = write_folder(tmp_path / "m", LLAMA | changed, tensors_of(LLAMA))
    found = refusal(folder, home)
    assert said in found
    assert "LOT-E0722" in found or "LOT-E0721" in found


def _without(name: str) -> Any:
    return lambda place: (place / name).unlink()


def _tokenizer(**changed: Any) -> Any:
    def change(place: Path) -> None:
        whole = tokenizer_json()
        for key, value in changed.items():
            whole[key] = whole[key] | value if isinstance(whole[key], dict) and value is not None else value
        (place / "tokenizer.json").write_text(json.dumps(whole))

    return change


def _tensors(change: Any) -> Any:
    def changed(place: Path) -> None:
        tensors = tensors_of(LLAMA)
        change(tensors)
        write_safetensors(place / "model.safetensors", tensors)

    return changed


def _pickled(place: Path) -> None:
    (place / "model.safetensors").rename(place / "pytorch_model.bin")


def _kind(place: Path) -> None:
    path = place / "model.safetensors"
    path.write_bytes(path.read_bytes().replace(b'"F32"', b'"I32"', 1))


FILES: list[tuple[str, Any, str, str]] = [
    ("no configuration", _without("config.json"), "LOT-E0721", "no config.json"),
    ("no weights", _without("model.safetensors"), "LOT-E0721", "no model.safetensors"),
    ("no tokenizer", _without("tokenizer.json"), "LOT-E0723", "no tokenizer.json"),
    ("pickled weights", _pickled, "LOT-E0722", "pickled"),
    ("configuration damaged", lambda at: (at / "config.json").write_text("{"), "LOT-E0721", "no JSON"),
    ("configuration a list", lambda at: (at / "config.json").write_text("[]"), "LOT-E0721", "no JSON object"),
    ("tokenizer damaged", lambda at: (at / "tokenizer.json").write_text("{"), "LOT-E0723", "no JSON"),
    ("tokenizer empty", lambda at: (at / "tokenizer.json").write_text("{}"), "LOT-E0723", "damaged"),
    ("unigram", _tokenizer(model={"type": "Unigram"}), "LOT-E0723", "`Unigram` is not supported"),
    ("word pieces", _tokenizer(model={"type": "WordPiece"}), "LOT-E0723", "`WordPiece` is not supported"),
    ("no bytes", _tokenizer(decoder=None), "LOT-E0723", "decoder is nothing"),
    ("merges", _tokenizer(model={"merges": [["zz", "zz"]]}), "LOT-E0723", "damaged"),
    ("a tensor is lacking", _tensors(lambda t: t.pop("model.norm.weight")), "LOT-E0722", "output_norm.weight"),
    ("no head", _tensors(lambda t: t.pop("lm_head.weight")), "LOT-E0722", "lm_head.weight"),
    (
        "a tensor too many",
        _tensors(lambda t: t.update({"model.layers.0.self_attn.q_norm.weight": np.ones(16, np.float32)})),
        "LOT-E0722",
        "attn_q_norm.weight, which no known model",
    ),
    (
        "a shape",
        _tensors(lambda t: t.update({"model.norm.weight": np.ones(32, np.float32)})),
        "LOT-E0722",
        "has the shape (32,), not (64,)",
    ),
    (
        "not finite",
        _tensors(lambda t: t["model.layers.1.mlp.up_proj.weight"].fill(np.inf)),
        "LOT-E0721",
        "not finite",
    ),
    ("whole numbers", _kind, "LOT-E0722", "stored as I32"),
]


@pytest.mark.parametrize(("change", "code", "said"), [case[1:] for case in FILES], ids=[case[0] for case in FILES])
def test_a_folder_that_cannot_be_taken(change: Any, code: str, said: str, tmp_path: Path, home: Path) -> None:
    place = write_folder(tmp_path / "m", LLAMA, tensors_of(LLAMA))
    change(place)
    found = refusal(place, home)
    assert code in found
    assert said in found


@pytest.mark.parametrize("length", [0, 4, 8, 100, 3_000, 20_000, -1])
def test_safetensors_cut_short(length: int, tmp_path: Path, home: Path) -> None:
    place = write_folder(tmp_path / "m", LLAMA, tensors_of(LLAMA))
    data = (place / "model.safetensors").read_bytes()
    (place / "model.safetensors").write_bytes(data[:length])
    assert "LOT-E0721" in refusal(place, home)


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(["config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"]), st.data())
def test_a_changed_byte_is_an_error_or_harmless(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject
) -> None:
    place = write_folder(tmp_path_factory.mktemp("changed"), LLAMA, tensors_of(LLAMA))
    (place / "tokenizer_config.json").write_text(json.dumps({"eos_token": "<|im_end|>", "chat_template": TEMPLATE}))
    raw = bytearray((place / name).read_bytes())
    raw[data.draw(st.integers(0, min(len(raw), 4_000) - 1))] = data.draw(st.sampled_from(b'0129-"[]{}:,nt\\ \xff\x00'))
    (place / name).write_bytes(raw)
    try:
        weights = opened(place)
        rebuilt(marked(weights.vocabulary))
        cards.drawn(weights.architecture, weights.vocabulary, "key", "int8")
    except LotError as refused:
        assert refused.diagnostics[0].code in ("LOT-E0721", "LOT-E0722", "LOT-E0723")


GGUF_FIELDS: list[tuple[str, dict[str, Any], str]] = [
    ("experts", {"llama.expert_count": 8}, "mixture of 8 experts"),
    ("experts of Qwen", {"general.architecture": "qwen2moe"}, "mixture of experts"),
    ("encoder", {"general.architecture": "nomic-bert"}, "is an encoder"),
    ("another family", {"general.architecture": "mamba"}, "family `mamba` is not known"),
    ("rope", {"llama.rope.scaling.type": "yarn"}, "rotary positions by `yarn`"),
    ("caps", {"llama.final_logit_softcapping": 30.0}, "caps its logits"),
    ("layers of several sizes", {"llama.attention.head_count_kv": [1, 2]}, "differ in size"),
    ("no layers", {"llama.block_count": None}, "lacks field llama.block_count"),
    ("a text for a number", {"llama.block_count": "many"}, "make no sense"),
]


@pytest.mark.parametrize(("changed", "said"), [case[1:] for case in GGUF_FIELDS], ids=[case[0] for case in GGUF_FIELDS])
def test_metadata_that_cannot_be_taken(changed: dict[str, Any], said: str) -> None:
    fields: dict[str, Any] = {
        "general.architecture": "llama",
        "tokenizer.ggml.tokens": ["a"],
        "llama.attention.head_count": 4,
        "llama.embedding_length": 64,
        "llama.block_count": 2,
        "llama.feed_forward_length": 96,
        "llama.context_length": 128,
        "llama.attention.layer_norm_rms_epsilon": 1e-5,
    }
    assert shape_of(Path("m.gguf"), fields.get).head_size == 16
    with pytest.raises(LotError, match=said):
        shape_of(Path("m.gguf"), (fields | changed).get)


def test_sharded_weights_are_one_model(tmp_path: Path) -> None:
    tensors = tensors_of(LLAMA)
    whole, parted = (write_folder(tmp_path / name, LLAMA, tensors) for name in ("whole", "parted"))
    (parted / "model.safetensors").unlink()
    halves = {"model-1.safetensors": list(tensors)[::2], "model-2.safetensors": list(tensors)[1::2]}
    for file, names in halves.items():
        write_safetensors(parted / file, {name: tensors[name] for name in names})
    index = {name: file for file, names in halves.items() for name in names}
    (parted / "model.safetensors.index.json").write_text(json.dumps({"weight_map": index}))
    one, other = opened(whole), opened(parted)
    assert one.shapes() == other.shapes()
    assert all(np.array_equal(one.tensor(name), other.tensor(name)) for name in one.shapes())
    index["lm_head.weight"] = "../whole/model.safetensors"
    (parted / "model.safetensors.index.json").write_text(json.dumps({"weight_map": index}))
    with pytest.raises(LotError, match="outside its folder"):
        opened(parted)


def test_the_hash_of_a_folder_is_of_what_the_model_is_made_of(tmp_path: Path) -> None:
    one, other = (write_folder(tmp_path / name, LLAMA, tensors_of(LLAMA)) for name in ("a", "b"))
    (other / "README.md").write_text("words")
    assert hash_of(one) == hash_of(other)
    (other / "chat_template.jinja").write_text("{{ messages }}")
    assert hash_of(one) != hash_of(other)


def test_a_large_file_is_hashed_once_until_it_changes(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening_weights, "_LARGE_BYTES", 10)
    path = tmp_path / "m.gguf"
    path.write_bytes(b"some weights")
    os.utime(path, ns=(1, 1))
    first = hash_of(path)
    assert first == hashlib.sha256(b"some weights").hexdigest()
    with monkeypatch.context() as patch:
        patch.setattr(opening_weights, "_hashed", lambda _: pytest.fail("it was read again"))
        assert hash_of(path) == first
    path.write_bytes(b"other weight")
    os.utime(path, ns=(2, 2))
    assert hash_of(path) == hashlib.sha256(b"other weight").hexdigest()


def test_a_model_that_also_sees_pictures_is_taken_by_its_text(tmp_path: Path) -> None:
    config = MODELS["gemma3"].config
    alone = Folder(write("gemma3", tmp_path))
    tensors = {
        f"model.language_model.{name.removeprefix('model.')}": tensor for name, tensor in tensors_of(config).items()
    }
    tensors["model.vision_tower.encoder.weight"] = np.ones((2, 2), np.float32)
    both = {
        "model_type": "gemma3",
        "architectures": ["Gemma3ForConditionalGeneration"],
        "text_config": {key: value for key, value in config.items() if key != "architectures"},
    }
    found = opened(write_folder(tmp_path / "both", both, tensors, "BF16"))
    assert found.architecture == alone.architecture
    assert np.array_equal(found.tensor("blk.1.attn_norm.weight"), alone.tensor("blk.1.attn_norm.weight"))


def test_older_and_newer_files_say_the_same_of_rotation(tmp_path: Path) -> None:
    gone = ("rope_theta", "rope_local_base_freq", "rope_scaling")
    old = MODELS["gemma3"].config
    new = {key: value for key, value in old.items() if key not in gone} | {
        "rope_parameters": {
            "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": old["rope_theta"]},
            "sliding_attention": {"rope_type": "default", "rope_theta": old["rope_local_base_freq"]},
        }
    }
    shapes = [
        Folder(write_folder(tmp_path / name, config, tensors_of(old))).architecture
        for name, config in (("old", old), ("new", new))
    ]
    assert shapes[0] == shapes[1]
    assert shapes[0].rope_factor == 8
    assert shapes[0].local_rope_base == 1_000


def test_a_path_that_is_nothing(home: Path) -> None:
    with pytest.raises(LotError, match="LOT-E0703"):
        opening.ready("no/such/folder")
