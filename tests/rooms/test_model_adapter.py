"""LoRA adapters: our merge is PEFT's, and what is no sum of matrices is refused with the reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_adapter
from tiny_llama import Tiny

from golden import assert_golden
from lotterylang.recipe import Recipe
from lotterylang.syntax.diagnostics import LotError
from lotterylang.world.model.build import folder as build
from lotterylang.world.model.network.cpu import CpuNetwork
from lotterylang.world.model.tokenizer import rebuilt
from lotterylang.world.model.weights import adapter
from lotterylang.world.model.weights.gguf import Gguf
from lotterylang.world.model.weights.opening import hash_of

RECORDED: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "adapters.json").read_text(encoding="utf-8"))
OURS = {"input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm", **adapter.PARTS}


def saved(folder: Path, name: str, **changed: Any) -> Path:
    """Write an adapter's folder as PEFT saved it."""
    folder.mkdir(exist_ok=True)
    (folder / adapter.CONFIG).write_text(json.dumps(RECORDED[name]["config"] | changed))
    return with_factors(folder, tiny_adapter.factors(RECORDED[name]["shapes"]))


def with_factors(folder: Path, factors: dict[str, np.ndarray]) -> Path:
    safetensors(folder / adapter.WEIGHTS, factors)
    return folder


def safetensors(path: Path, tensors: dict[str, np.ndarray]) -> None:
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    place, data = 0, b""
    for key, values in tensors.items():
        header[key] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [place, place + values.nbytes]}
        place, data = place + values.nbytes, data + values.tobytes()
    written = json.dumps(header).encode()
    path.write_bytes(len(written).to_bytes(8, "little") + written + data)


def as_gguf() -> Tiny:
    """Give the base model by the names and the order of rows that GGUF has."""
    tensors = {}
    for name, values in tiny_adapter.base().items():
        part = name.removeprefix("model.").removesuffix(".weight")
        if part in ("embed_tokens", "norm"):
            ours = {"embed_tokens": "token_embd", "norm": "output_norm"}[part]
        else:
            _, layer, part = part.split(".", 2)
            ours = f"blk.{layer}.{OURS[part]}"
            if ours.endswith(("attn_q", "attn_k")):  # rotary pairs side by side
                heads = values.reshape(-1, 2, tiny_adapter.HEAD_SIZE // 2, values.shape[1])
                values = np.ascontiguousarray(heads.transpose(0, 2, 1, 3)).reshape(values.shape)
        tensors[f"{ours}.weight"] = values
    return Tiny(tensors)


def as_folder(folder: Path) -> Path:
    """Write the base model as transformers does: nothing is permuted there."""
    folder.mkdir()
    safetensors(folder / "model.safetensors", tiny_adapter.base())
    config = {
        "model_type": "llama",
        "num_hidden_layers": tiny_adapter.LAYERS,
        "hidden_size": tiny_adapter.WIDTH,
        "num_attention_heads": tiny_adapter.HEADS,
        "num_key_value_heads": tiny_adapter.KV_HEADS,
        "intermediate_size": tiny_adapter.FEED_FORWARD,
        "max_position_embeddings": tiny_adapter.CONTEXT,
        "vocab_size": tiny_adapter.VOCABULARY,
        "rope_theta": tiny_adapter.ROPE_BASE,
        "rms_norm_eps": tiny_adapter.EPSILON,
        "tie_word_embeddings": True,
        "eos_token_id": 2,
    }
    (folder / "config.json").write_text(json.dumps(config))
    vocabulary = Gguf(as_gguf().write(folder.parent / "words.gguf")).vocabulary
    rebuilt(vocabulary).save(str(folder / "tokenizer.json"))
    return folder


def network(home: Path, recipe: Recipe, monkeypatch: pytest.MonkeyPatch, path: Path | None = None) -> CpuNetwork:
    monkeypatch.setenv("LOTTERY_HOME", str(home))
    path = path or as_gguf().write(home / "tiny.gguf")
    return CpuNetwork(build.built(path, hash_of(path), recipe, lambda *_: None))


def read(net: CpuNetwork, ids: list[int]) -> np.ndarray:
    return net.log_probs(net.extend(net.memory(1, len(ids) + 1), 0, ids)[None])[0]


@pytest.mark.parametrize("kind", ["gguf", "folder"])
@pytest.mark.parametrize("name", sorted(RECORDED))
def test_a_merged_adapter_gives_the_logits_of_pefts_merge(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: str
) -> None:
    folder = saved(tmp_path / "lora", name)
    base = as_folder(tmp_path / "base") if kind == "folder" else None
    net = network(tmp_path, Recipe("fp32", adapter=str(folder)), monkeypatch, base)
    assert net.card.architecture.rotary_interleaved == (kind == "gguf")
    for row, length in zip(RECORDED[name]["logits"], (1, 8, len(tiny_adapter.IDS)), strict=True):
        logits = np.array(row)
        wanted = logits - logits.max() - np.log(np.exp(logits - logits.max()).sum())
        assert np.abs(read(net, tiny_adapter.IDS[:length]) - wanted).max() < 1e-3
    plain = network(tmp_path, Recipe("fp32"), monkeypatch)
    assert np.abs(read(plain, tiny_adapter.IDS) - wanted).max() > 0.1


def test_an_adapter_counts_by_its_content(tmp_path: Path) -> None:
    one, same = saved(tmp_path / "one", "plain"), saved(tmp_path / "same", "plain")
    other = saved(tmp_path / "other", "plain", lora_alpha=9)
    keys = [build.key_of("0" * 64, Recipe(adapter=str(folder))) for folder in (one, same, other)]
    assert keys[0] == keys[1] != keys[2]
    assert build.key_of("0" * 64, Recipe()) not in keys


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"peft_type": "IA3"}, "of the kind IA3"),
        ({"use_dora": True}, "DoRA"),
        ({"bias": "all"}, "trained biases"),
        ({"modules_to_save": ["lm_head"]}, "trained whole"),
        ({"init_lora_weights": "pissa_niter_4"}, "a base model changed by pissa_niter_4"),
        ({"fan_in_fan_out": True}, "transposed"),
    ],
)
def test_more_than_a_sum_is_refused(tmp_path: Path, changed: dict[str, Any], reason: str) -> None:
    with pytest.raises(LotError, match=rf"LOT-E0707.*{reason}") as raised:
        adapter.read(saved(tmp_path / "lora", "plain", **changed))
    assert_golden(f"LOT-E0707 {next(iter(changed))}", raised.value, tmp_path)


@pytest.mark.parametrize("module", ["lm_head", "model.embed_tokens", "model.layers.0.self_attn.rotary"])
def test_other_modules_are_refused(tmp_path: Path, module: str) -> None:
    folder = saved(tmp_path / "lora", "plain")
    ones = np.ones((2, 2), np.float32)
    with_factors(folder, {f"base_model.model.{module}.lora_{side}.weight": ones for side in "AB"})
    with pytest.raises(LotError, match=r"LOT-E0707.*no matrix of a layer"):
        adapter.read(folder)


def test_an_adapter_of_another_model_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = saved(tmp_path / "lora", "plain")
    factors = tiny_adapter.factors(RECORDED["plain"]["shapes"])
    with_factors(folder, {name.replace("layers.1.", "layers.7."): values for name, values in factors.items()})
    with pytest.raises(LotError, match=r"LOT-E0707.*made for another model.*blk\.7"):
        network(tmp_path, Recipe(adapter=str(folder)), monkeypatch)
    wide = {name: np.pad(values, ((0, 0), (0, 4 if "_A" in name else 0))) for name, values in factors.items()}
    with_factors(folder, wide)
    with pytest.raises(LotError, match=r"LOT-E0707.*made for another model"):
        network(tmp_path, Recipe(adapter=str(folder)), monkeypatch)
    assert list((tmp_path / "built").glob("*")) == []


@pytest.mark.parametrize("damage", ["no folder", "no weights", "no json", "a rank that is another", "nan", "half"])
def test_a_damaged_adapter_is_one_error(tmp_path: Path, damage: str) -> None:
    folder = saved(tmp_path / "lora", "plain", **({"r": 5} if "rank" in damage else {}))
    factors = tiny_adapter.factors(RECORDED["plain"]["shapes"])
    match damage:
        case "no folder":
            folder = tmp_path / "none"
        case "no weights":
            (folder / adapter.WEIGHTS).unlink()
        case "no json":
            (folder / adapter.CONFIG).write_text("{")
        case "nan":
            next(iter(factors.values()))[0, 0] = np.nan
            with_factors(folder, factors)
        case "half":
            with_factors(folder, dict(list(factors.items())[1:]))
    with pytest.raises(LotError, match="LOT-E0721"):
        adapter.read(folder) and adapter.hash_of(folder)


def test_an_adapter_is_merged_before_pruning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = saved(tmp_path / "lora", "plain")
    net = network(tmp_path, Recipe("fp32", adapter=str(folder), prune="0.5"), monkeypatch)
    assert net.card.recipe == f"fp32?adapter={adapter.hash_of(folder)}&prune=0.5"
    assert np.isfinite(read(net, tiny_adapter.IDS)).all()
