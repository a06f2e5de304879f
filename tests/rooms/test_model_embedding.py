"""Embedders give the vectors that their models mean, whatever the company, or say why they can't."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tiny_encoders import CONTROL, FAMILIES, WORDS, reference, write

from golden import assert_golden
from lotterylang.syntax.diagnostics import LotError
from lotterylang.world.model import device
from lotterylang.world.model.embedding import folder as built
from lotterylang.world.model.embedding.embedder import TextEmbedder
from lotterylang.world.model.embedding.open import open_embedder

CLS, _, SEP, UNKNOWN = range(len(CONTROL))
TEXTS = (
    "the cat sat on a mat .",
    "cat",
    "",
    "dogs melt",
    "the dogs sat , and the cats sat on the mat",
    "iron",
    "a mat",
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LOTTERY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LOTTERY_DEVICE", "cpu")
    device.without_cuda.cache_clear()
    return tmp_path / "home"


def ids_of(text: str) -> list[int]:
    """Split a text whose words are in the vocabulary, or are one with an ending."""
    known = {word: id for id, word in enumerate(WORDS, start=len(CONTROL))}
    ids = []
    for word in text.split():
        ids += [known[word]] if word in known else [known[word[:-1]], known["##s"]]
    return [CLS, *ids, SEP]


def refused(spec: str) -> LotError:
    with pytest.raises(LotError) as raised:
        open_embedder(spec)
    return raised.value


def changed(path: Path, **values: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("pooling", ["mean", "cls", "max"])
def test_vectors_are_those_of_the_formulas(tmp_path: Path, family: str, pooling: str) -> None:
    embedder = open_embedder(str(write(tmp_path / "model", family, pooling)))
    found = embedder.embed(TEXTS)
    wanted = [reference(family, ids_of(text), pooling) for text in TEXTS]
    assert found.dtype == np.float32
    assert np.abs(found - wanted).max() < 1e-5
    assert pooling in embedder.name
    assert "fp32" in embedder.name


def test_a_layer_after_pooling(tmp_path: Path) -> None:
    embedder = open_embedder(str(write(tmp_path / "model", dense=5)))
    assert embedder.dimension == 5
    wanted = [reference("bert", ids_of(text), dense=5) for text in TEXTS]
    assert np.abs(embedder.embed(TEXTS) - wanted).max() < 1e-5


def test_without_a_last_module_vectors_are_as_long_as_they_are(tmp_path: Path) -> None:
    path = write(tmp_path / "model")
    modules = json.loads((path / "modules.json").read_text())
    (path / "modules.json").write_text(json.dumps(modules[:2]))
    found = open_embedder(str(path)).embed(["the cat", "a mat"])
    lengths = np.linalg.norm(found, axis=1)
    assert np.abs(lengths - 1).min() > 0.01
    wanted = [reference("bert", ids_of(text)) for text in ("the cat", "a mat")]
    assert np.abs(found / lengths[:, None] - wanted).max() < 1e-5


@pytest.mark.parametrize("family", FAMILIES)
def test_the_company_of_a_text_changes_no_bit(tmp_path: Path, family: str) -> None:
    embedder = open_embedder(str(write(tmp_path / "model", family)))
    alone = np.concatenate([embedder.embed([text]) for text in TEXTS])
    order = [3, 0, 6, 2, 5, 1, 4, 0, 0]
    assert np.array_equal(embedder.embed([TEXTS[place] for place in order]), alone[order])


def test_texts_of_one_length_go_side_by_side_on_cuda(tmp_path: Path) -> None:
    embedder = open_embedder(str(write(tmp_path / "model")))
    alone = embedder.embed(TEXTS)
    embedder._is_cuda = True
    assert embedder._grouped([[0] * 3, [0] * 5, [0] * 3, [0]]) == [[1], [0, 2], [3]]
    assert np.array_equal(embedder.embed(TEXTS), alone)


def test_a_text_is_cut_where_the_model_ends(tmp_path: Path) -> None:
    embedder = open_embedder(str(write(tmp_path / "model", max_seq_length=6)))
    whole, cut = embedder.embed(["the cat sat on a mat", "the cat sat on"])
    assert np.array_equal(whole, cut)
    assert embedder.count_tokens("the cats sat on a mat") == 7
    assert np.array_equal(embedder.embed(["cat " * 10_000])[0], embedder.embed(["cat cat cat cat"])[0])


def test_a_model_without_a_length_reads_as_far_as_its_positions(tmp_path: Path) -> None:
    for family, places in (("bert", 40), ("mpnet", 38)):
        embedder = open_embedder(str(write(tmp_path / family, family, max_seq_length=None)))
        fits, cut = embedder.embed(["cat " * (places - 2), "cat " * (places - 1)])
        assert np.array_equal(fits, cut)
        assert np.abs(fits - reference(family, [CLS, *ids_of("cat")[1:-1] * (places - 2), SEP])).max() < 1e-5


def test_a_text_becomes_no_control_token(tmp_path: Path) -> None:
    embedder = open_embedder(str(write(tmp_path / "model")))
    bracketed = [
        CLS,
        *(len(CONTROL) + WORDS.index(part) for part in ("[",)),
        UNKNOWN,
        len(CONTROL) + WORDS.index("]"),
        SEP,
    ]
    assert np.abs(embedder.embed(["[SEP]"]) - reference("bert", bracketed)).max() < 1e-5


def test_a_model_that_wants_small_letters_gets_them(tmp_path: Path) -> None:
    small = open_embedder(str(write(tmp_path / "model", do_lower_case=True)))
    large = open_embedder(str(write(tmp_path / "other")))
    assert np.array_equal(small.embed(["The CAT"]), large.embed(["the cat"]))
    assert small.count_tokens("CATS") == 2
    assert small.name != large.name


def test_a_name_is_that_of_what_is_in_the_folder(tmp_path: Path) -> None:
    one, same = (open_embedder(str(write(tmp_path / name))) for name in ("one", "same"))
    assert one.name == same.name
    others = [
        write(tmp_path / "pooled", pooling="cls"),
        write(tmp_path / "long", max_seq_length=20),
        write(tmp_path / "of", "mpnet"),
    ]
    assert len({one.name, *(open_embedder(str(path)).name for path in others)}) == 4


def test_it_is_built_once(tmp_path: Path, home: Path) -> None:
    path, stages = write(tmp_path / "model"), []
    open_embedder(str(path), lambda stage, done, total: stages.append((stage, done, total)))
    assert stages == [("build", 0, 1), ("build", 1, 1)]
    open_embedder(str(path), lambda *step: stages.append(step))
    assert len(stages) == 2
    assert [folder.name for folder in (home / "built").iterdir()] == [built._key(built.hash_of(path))]


@pytest.mark.parametrize("name", [built.GRAPH, built.TENSORS, built.TOKENIZER, built.CARD])
def test_a_damaged_folder_is_one_error(
    tmp_path: Path, home: Path, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    open_embedder(str(write(tmp_path / "model")))
    folder = next((home / "built").iterdir())
    (folder / name).write_bytes((folder / name).read_bytes()[:100])
    with pytest.raises(LotError, match="LOT-E0724"):
        TextEmbedder(folder)
    assert capfd.readouterr() == ("", "")


def test_a_name_that_nothing_has(tmp_path: Path) -> None:
    assert_golden("LOT-E0703 no embedder", refused("all-minilm-l7"))
    assert refused("").diagnostics[0].code == "LOT-E0703"


def test_what_can_not_be_taken_is_said(tmp_path: Path) -> None:
    path = write(tmp_path / "plain")
    (path / "modules.json").unlink()
    assert_golden("LOT-E0722 no modules", refused(str(path)), path)
    path = write(tmp_path / "last", pooling="last")
    assert_golden("LOT-E0722 pools by another", refused(str(path)), path)
    path = write(tmp_path / "decoder")
    changed(path / "config.json", model_type="qwen3")
    assert_golden("LOT-E0722 no encoder", refused(str(path)), path)


@pytest.mark.parametrize(
    ("file", "values", "said"),
    [
        ("config.json", {"hidden_act": "relu"}, "relu"),
        ("config.json", {"position_embedding_type": "relative_key"}, "relative_key positions"),
        ("config.json", {"max_position_embeddings": None}, "cannot be read"),
        ("config.json", {"hidden_size": 32}, "tensor"),
        ("config.json", {"num_hidden_layers": 3}, "lacks tensor layer.2"),
        ("1_Pooling/config.json", {"include_prompt": False}, "pools by"),
        ("1_Pooling/config.json", {"pooling_mode_cls_token": True}, "and"),
        ("2_Dense/config.json", {"activation_function": "torch.nn.SiLU"}, "bends by SiLU"),
        ("config_sentence_transformers.json", {"default_prompt_name": "query"}, "its prompt `query`"),
    ],
)
def test_a_folder_that_is_otherwise(tmp_path: Path, file: str, values: dict[str, object], said: str) -> None:
    path = write(tmp_path / "model", dense=4)
    (path / "config_sentence_transformers.json").write_text("{}")
    changed(path / file, **values)
    found = refused(str(path)).diagnostics[0]
    assert said in found.message
    assert found.code in ("LOT-E0721", "LOT-E0722")
    assert found.help


@pytest.mark.parametrize(
    "file", ["tokenizer.json", "model.safetensors", "1_Pooling/config.json", "2_Dense/model.safetensors"]
)
def test_a_folder_that_lacks_a_file(tmp_path: Path, file: str) -> None:
    path = write(tmp_path / "model", dense=4)
    (path / file).unlink()
    assert refused(str(path)).diagnostics[0].code == "LOT-E0721"


def test_modules_in_another_order(tmp_path: Path) -> None:
    path = write(tmp_path / "model")
    modules = json.loads((path / "modules.json").read_text())
    (path / "modules.json").write_text(json.dumps([modules[0], modules[2], modules[1]]))
    assert "it is Transformer, Normalize, Pooling" in refused(str(path)).diagnostics[0].message
    (path / "modules.json").write_text("{")
    assert refused(str(path)).diagnostics[0].code == "LOT-E0721"
