"""A damaged, foreign or unsupported model file is one clear error, and nothing is built of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_llama import Tiny, tiny, tokens

from golden import assert_golden
from lotterylang.recipe import Recipe
from lotterylang.syntax.diagnostics import LotError
from lotterylang.world.model import device
from lotterylang.world.model.build import folder as build
from lotterylang.world.model.build import rounding
from lotterylang.world.model.network.cpu import CpuNetwork
from lotterylang.world.model.tokenizer import Tokens, rebuilt
from lotterylang.world.model.weights.gguf import Gguf


def refused(path: Path, monkeypatch: pytest.MonkeyPatch, home: Path) -> LotError:
    monkeypatch.setenv("LOTTERY_HOME", str(home))
    with pytest.raises(LotError) as raised:
        build.built(path, "0" * 64, Recipe("int8"), lambda *_: None)
    assert list((home / "built").glob("*")) == []
    return raised.value


def code_of(path: Path, monkeypatch: pytest.MonkeyPatch, home: Path) -> str:
    return refused(path, monkeypatch, home).diagnostics[0].code


@pytest.mark.parametrize("length", [0, 3, 4, 8, 30, 500, 5_000, 60_000, -1])
def test_a_file_cut_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, length: int) -> None:
    path = tiny().write(tmp_path / "tiny.gguf")
    path.write_bytes(path.read_bytes()[:length])
    assert code_of(path, monkeypatch, tmp_path / "home") == "LOT-E0721"


def test_a_file_that_is_something_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "model.gguf"
    path.write_text("not a model")
    assert_golden("LOT-E0721 something else", refused(path, monkeypatch, tmp_path / "home"), tmp_path)
    assert code_of(tmp_path / "missing.gguf", monkeypatch, tmp_path / "home") == "LOT-E0721"
    assert code_of(tmp_path, monkeypatch, tmp_path / "home") == "LOT-E0721"


def test_values_that_are_not_finite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny()
    model.tensors["blk.1.ffn_up.weight"][3, 3] = np.nan
    assert code_of(model.write(tmp_path / "t.gguf"), monkeypatch, tmp_path / "home") == "LOT-E0721"


def test_a_missing_tensor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tensors = {name: tensor for name, tensor in tiny().tensors.items() if name != "blk.1.attn_k.weight"}
    path = Tiny(tensors).write(tmp_path / "t.gguf")
    assert code_of(path, monkeypatch, tmp_path / "home") == "LOT-E0722"


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"architecture": "mamba"}, "LOT-E0722"), ({"pre": "strange"}, "LOT-E0723"), ({"model": "llama"}, "LOT-E0723")],
)
def test_what_is_not_supported_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], code: str
) -> None:
    path = tiny().write(tmp_path / "t.gguf", **changed)
    said = refused(path, monkeypatch, tmp_path / "home")
    assert said.diagnostics[0].code == code
    assert_golden(f"{code} {next(iter(changed.values()))}", said, tmp_path)


@pytest.mark.parametrize("key", ["tokenizer.ggml.tokens", "tokenizer.ggml.token_type", "tokenizer.ggml.merges"])
@pytest.mark.parametrize("byte", range(8))
def test_a_list_is_no_longer_than_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, byte: int
) -> None:
    path = tiny().write(tmp_path / "t.gguf")
    data = bytearray(path.read_bytes())
    at = data.index(key.encode()) + len(key) + 8 + byte  # after the kinds of value and item
    data[at] = 255 if byte else data[at] ^ 255
    path.write_bytes(data)
    assert code_of(path, monkeypatch, tmp_path / "home") in ("LOT-E0721", "LOT-E0722", "LOT-E0723")


@settings(deadline=None, max_examples=150)
@given(st.integers(0, 12_000), st.integers(1, 255))
def test_a_changed_byte_is_an_error_or_harmless(tmp_path_factory: pytest.TempPathFactory, at: int, change: int) -> None:
    folder = tmp_path_factory.mktemp("changed")
    path = tiny().write(folder / "t.gguf")
    data = bytearray(path.read_bytes())
    data[at] ^= change
    path.write_bytes(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOTTERY_HOME", str(folder / "home"))
        try:
            build.built(path, "0" * 64, Recipe("int8"), lambda *_: None)
        except LotError as refused:
            assert refused.diagnostics[0].code in ("LOT-E0721", "LOT-E0722", "LOT-E0723")


def test_a_model_is_built_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTTERY_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(device, "multiplies_bytes", lambda: False)
    path = tiny().write(tmp_path / "t.gguf")
    steps: list[tuple[str, int, int]] = []
    folder = build.built(path, build.hash_of(path), Recipe("int8"), lambda *step: steps.append(step))
    assert steps == [("build", step, 4) for step in (0, 1, 2, 3, 4)]
    hash = build.hash_of(path)
    path.unlink()
    assert build.built(path, hash, Recipe("int8"), lambda *_: None) == folder
    assert build.folder_of(hash, Recipe("fp32")) is None
    assert {file.name for file in folder.iterdir()} == {
        "body.onnx",
        "read.onnx",
        "head.onnx",
        "rounding.npy",
        "tensors.bin",
        "tokenizer.json",
        "card.json",
    }


def test_a_processor_with_matrix_units_has_another_graph_for_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOTTERY_HOME", str(tmp_path / "home"))
    path = tiny().write(tmp_path / "t.gguf")
    found: list[Path] = []
    for has_units in (True, False):
        monkeypatch.setattr(device, "multiplies_bytes", lambda has_units=has_units: has_units)
        found += [build.built(path, build.hash_of(path), Recipe(kind), lambda *_: None) for kind in ("int8", "fp32")]  # type: ignore[arg-type]
    kinds = [
        [b"MatMulIntegerToFloat" in (folder / name).read_bytes() for name in (build.READ, build.BODY)]
        for folder in found[::2]
    ]
    assert kinds == [[True, False], [False, False]]
    assert found[0] != found[2]
    assert found[1] == found[3]
    assert {folder for _, folder in build.variants_of(build.hash_of(path))} == {found[0], found[1], found[2]}


def test_a_memory_that_would_be_rounded_too_coarsely_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTTERY_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(rounding, "LARGEST_NOISE", 0.0)
    path = tiny().write(tmp_path / "t.gguf")
    for has_units in (True, False):
        monkeypatch.setattr(device, "multiplies_bytes", lambda has_units=has_units: has_units)
        folder = build.built(path, build.hash_of(path), Recipe("int8"), lambda *_: None)
        assert not (folder / build.ROUNDING).exists()
        assert (folder / build.READ).exists() == has_units
        network = CpuNetwork(folder)
        assert type(network.slots(1, 4)) is type(network.memory(1, 4))


def test_two_who_need_it_at_once_build_it_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTTERY_HOME", str(tmp_path / "home"))
    path = tiny().write(tmp_path / "t.gguf")
    begun: list[int] = []

    def build_it(_: int) -> Path:
        return build.built(path, build.hash_of(path), Recipe("int8"), lambda _, done, __: begun.append(done))

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(build_it, range(4)))) == 1
    assert begun.count(0) == 1


def test_the_embedding_is_stored_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTTERY_HOME", str(tmp_path / "home"))
    path = tiny().write(tmp_path / "t.gguf")
    folder = build.built(path, build.hash_of(path), Recipe("fp32"), lambda *_: None)
    weights = sum(tensor.nbytes for tensor in tiny().tensors.values() if tensor.ndim == 2)
    assert (folder / "tensors.bin").stat().st_size < weights + 4096 * len(tiny().tensors)


@given(st.text(max_size=30))
@settings(deadline=None)
def test_text_survives_the_tokenizer_and_never_becomes_a_control_token(text: str) -> None:
    tokens_ = _tokens()
    text = text.encode("utf-8", "ignore").decode()
    for said in (text, f"<|im_end|>{text}<|im_start|>system\n", "<|endoftext|>" + text):
        ids = tokens_.encode(said)
        assert tokens_.decode(ids).decode() == said
        assert not {0, 1, 2} & set(ids)


_MADE: list[Tokens] = []


def _tokens() -> Tokens:
    if not _MADE:
        from tempfile import TemporaryDirectory

        with TemporaryDirectory() as folder:
            weights = Gguf(tiny().write(Path(folder) / "t.gguf"))
            rebuilt(weights.vocabulary).save(f"{folder}/tokenizer.json")
            _MADE.append(Tokens(Path(folder) / "tokenizer.json"))
    return _MADE[0]


@pytest.mark.parametrize(
    ("splitter", "spelled"), [("llama-bpe", ["abno", " ", "10"]), ("qwen2", ["ab", "no", " ", "1", "0"])]
)
def test_llama_3_takes_a_word_that_is_a_token_as_it_is(splitter: str, spelled: list[str], tmp_path: Path) -> None:
    vocabulary = Gguf(tiny().write(tmp_path / "t.gguf", pre=splitter)).vocabulary
    words = replace(vocabulary, tokens=(*vocabulary.tokens, "abno"), kinds=(*vocabulary.kinds, 1))
    rebuilt(words).save(str(tmp_path / "tokenizer.json"))
    found = Tokens(tmp_path / "tokenizer.json")
    ids = found.encode("abno") + found.encode(" 10")[-3:]
    assert [found.raw(id).decode() for id in ids] == spelled
    assert vocabulary.begins_with == (splitter == "llama-bpe")


def test_merges_and_digits_are_the_files() -> None:
    spelled = [_tokens().raw(id).decode() for id in _tokens().encode(" the 10 yes")]
    assert spelled == [" the", " ", "1", "0", " ", "yes"]
    assert len(tokens()) == 3 + 256 + 13
