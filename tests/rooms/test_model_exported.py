"""Exported graphs: the engine runs one behind the same door, and what can't be exported is said with the reason."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper
from tiny_llama import tiny, tokens
from tiny_passes import scored

from golden import assert_golden
from lotterylang.run.effects import Ask, Asked, Choose, Chosen, Prompt, Sampling, Score, Scored, Turn
from lotterylang.run.shapes import Hole, OneOf
from lotterylang.shell.cli import lot
from lotterylang.syntax.diagnostics import LotError
from lotterylang.world.model import export
from lotterylang.world.model.engine import Engine
from lotterylang.world.model.network.exported import GRAPH, ExportedNetwork
from lotterylang.world.model.open import open_model
from lotterylang.world.model.prefix.cache import PrefixCache

SIZE, HEADS, VOCABULARY = 6, 2, len(tokens())
RANDOM = np.random.RandomState(7)
EMBEDDING = RANDOM.standard_normal((VOCABULARY, SIZE)).astype(np.float32)
OUT = RANDOM.standard_normal((SIZE, VOCABULARY)).astype(np.float32)
AT = RANDOM.standard_normal((1, VOCABULARY)).astype(np.float32)
IDS = [int(id) for id in np.random.RandomState(5).randint(3, VOCABULARY, 40)]
CONFIG = {"model_type": "nothing", "max_position_embeddings": 128, "vocab_size": VOCABULARY}


def write(folder: Path, memory: str = "past_key_values.0", also: Sequence[str] = ()) -> None:
    """Write a graph with the names that Optimum gives, of a model that adds up what it has read.

    Logits are the sum over all embeddings so far, times a matrix, plus the position times a vector.
    """
    pasts = [f"{memory}.{part}" for part in ("key", "value")]
    nodes = [
        helper.make_node("Gather", ["embedding", "input_ids"], ["x"]),  # (B, S, size)
        helper.make_node("Unsqueeze", ["x", "one"], ["headless"]),
        helper.make_node("Concat", ["headless", "headless"], ["new"], axis=1),  # (B, heads, S, size)
        helper.make_node("Concat", [pasts[0], "new"], ["present.0.key"], axis=2),
        helper.make_node("Concat", [pasts[1], "new"], ["present.0.value"], axis=2),
        helper.make_node("CumSum", ["present.0.key", "two"], ["sums"]),
        helper.make_node("Shape", [pasts[0]], ["past"], start=2, end=3),
        helper.make_node("Slice", ["sums", "past", "end", "twos"], ["latest"]),
        helper.make_node("ReduceMean", ["latest", "one"], ["read"], keepdims=0),  # (B, S, size)
        helper.make_node("MatMul", ["read", "out"], ["plain"]),
        helper.make_node("Cast", ["position_ids"], ["places"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["places", "last"], ["column"]),
        helper.make_node("MatMul", ["column", "at"], ["by_place"]),
        helper.make_node("Add", ["plain", "by_place"], ["logits"]),
    ]
    stored = {"embedding": EMBEDDING, "out": OUT, "at": AT}
    stored |= {"one": [1], "two": 2, "twos": [2], "end": [9999], "last": [-1]}
    kept = ["B", HEADS, "past_sequence_length", SIZE]
    inputs = [_value(name, TensorProto.INT64, ["B", "S"]) for name in ("input_ids", "position_ids", *also)]
    inputs.append(_value("attention_mask", TensorProto.INT64, ["B", "T"]))
    inputs += [_value(name, TensorProto.FLOAT, kept) for name in pasts]
    outputs = [_value("logits", TensorProto.FLOAT, ["B", "S", VOCABULARY])]
    outputs += [_value(f"present.0.{part}", TensorProto.FLOAT, ["B", HEADS, "T", SIZE]) for part in ("key", "value")]
    constants = [numpy_helper.from_array(np.asarray(values), name) for name, values in stored.items()]
    graph = helper.make_graph(nodes, "sum", inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    (folder / GRAPH).write_bytes(model.SerializeToString())
    (folder / "config.json").write_text(json.dumps(CONFIG))


def _value(name: str, kind: int, shape: list[Any]) -> Any:
    return helper.make_tensor_value_info(name, kind, shape)


def log_probs(ids: list[int]) -> np.ndarray:
    """Compute with numpy what the graph computes. Shapes: (n) -> (n, vocabulary)."""
    logits = np.cumsum(EMBEDDING[ids], axis=0, dtype=np.float64) @ OUT + np.arange(len(ids))[:, None] * AT
    return logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LOTTERY_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(export, "environment", lambda progress: Path("python"))
    return tmp_path


def exported(home: Path, monkeypatch: pytest.MonkeyPatch, **graph: Any) -> Path:
    """Export the tiny model, with the graph above in place of Optimum's."""
    monkeypatch.setattr(export, "_export", lambda python, source, aside: write(aside, **graph))
    path = tiny().write(home / "tiny.gguf")
    export.exported(str(path), lambda *_: None)
    return path


@pytest.fixture
def net(home: Path, monkeypatch: pytest.MonkeyPatch) -> ExportedNetwork:
    folder = export.folder_of(str(exported(home, monkeypatch)))
    assert folder is not None
    return ExportedNetwork(folder)


def test_the_card_is_read_off_the_graph(net: ExportedNetwork) -> None:
    shape = net.card.architecture
    assert (shape.layers, shape.kv_heads, shape.head_size) == (1, HEADS, SIZE)
    assert (shape.vocabulary, shape.context) == (VOCABULARY, 128)
    assert net.card.ends == (2, 0)


def test_a_text_is_read_at_once_in_parts_and_in_steps(net: ExportedNetwork) -> None:
    wanted = log_probs(IDS)[-1]
    for cut in (1, 17, 39, 40):
        memory = net.memory(1, len(IDS))
        hidden = net.extend(memory, 0, IDS[:cut])
        if cut < len(IDS):
            hidden = net.extend(memory, cut, IDS[cut:])
        assert np.abs(net.log_probs(hidden[None])[0] - wanted).max() < 1e-3
    memory = net.memory(2, len(IDS))
    for place, id in enumerate(IDS):
        found = net.step(memory, np.array([place, 0]), np.array([id, 9]), [0])
    assert np.abs(found[0] - wanted).max() < 1e-3


def test_options_share_their_beginnings_and_nothing_else(net: ExportedNetwork) -> None:
    read = PrefixCache(net, 0).read(tuple(IDS))
    options = ((5,), (5, 9), (5, 9, 4), (8, 8), (8, 9, 10, 11), (), (12,))
    for option, found in zip(options, scored(net, read, options, (2, 0)), strict=True):
        wanted = log_probs([*IDS, *option])[len(IDS) - 1 :]
        assert found.tokens == pytest.approx([wanted[i, id] for i, id in enumerate(option)], abs=1e-3)
        assert found.end == pytest.approx(np.logaddexp(wanted[-1, 2], wanted[-1, 0]), abs=1e-3)


@pytest.fixture
def model(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    found = open_model(f"exported:{exported(home, monkeypatch)}")
    assert isinstance(found, Engine)
    yield found
    found.close()


def test_the_engine_asks_chooses_and_scores(model: Engine) -> None:
    prompt = Prompt((Turn(None, ("the ",)),))
    ids = [tuple(model.reader.tokens.encode(option)) for option in ("yes", "no")]
    before = model.reader.tokens.encode("the ")
    asked, chosen, score = (
        future.result(timeout=60)
        for future in model.submit(
            [
                Ask("p", "m", Prompt((Turn(None, ("the ", Hole("x", OneOf(("yes", "no", "ab"))))),)), Sampling()),
                Choose("p", "m", prompt, ("yes", "no")),
                Score("p", "m", prompt, "yes"),
            ]
        )
    )
    assert isinstance(asked, Asked)
    assert asked.texts[0][1] in ("yes", "no", "ab")
    assert isinstance(chosen, Chosen)
    assert isinstance(score, Scored)
    wanted = sum(log_probs([*before, *ids[0]])[len(before) - 1 + i, id] for i, id in enumerate(ids[0]))
    assert score.sum == pytest.approx(wanted, abs=1e-2)
    assert "exported" in model.identity


def test_what_is_exported_is_kept(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = exported(home, monkeypatch)
    monkeypatch.setattr(export, "environment", lambda progress: pytest.fail("made again"))
    assert export.exported(str(path), lambda *_: None) == export.folder_of(str(path))
    path.write_bytes(path.read_bytes() + b"\0")
    assert export.folder_of(str(path)) is None


def test_the_command_says_first_what_it_takes(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(export, "_export", lambda python, source, aside: write(aside))
    path = tiny().write(home / "tiny.gguf")
    assert lot(["model", "export", str(path)]) == 0
    first, last = capsys.readouterr().out.strip().splitlines()
    assert "1.3 GB on disk" in first
    assert f"--model exported:{path}" in last
    assert lot(["model", "export", str(path)]) == 0
    assert "GB" not in capsys.readouterr().out


def test_a_model_is_removed_with_what_was_exported_of_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = exported(home, monkeypatch)
    assert lot(["model", "add", "small", str(path)]) == 0
    assert export.folder_of("small") == export.folder_of(str(path)) is not None
    assert lot(["model", "rm", "small"]) == 0
    assert export.folder_of(str(path)) is None
    assert path.exists()


def test_what_is_not_exported_yet_is_one_error(home: Path) -> None:
    path = tiny().write(home / "tiny.gguf")
    with pytest.raises(LotError, match=r"LOT-E0618[\s\S]*lot model export"):
        open_model(f"exported:{path}")
    with pytest.raises(LotError, match="LOT-E0703"):
        export.exported(str(home / "none"), lambda *_: None)


@pytest.mark.parametrize("graph", [{"memory": "cache_params.0"}, {"also": ["token_type_ids"]}])
def test_a_graph_of_another_kind_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch, graph: dict[str, Any]) -> None:
    with pytest.raises(LotError, match="LOT-E0742") as raised:
        exported(home, monkeypatch, **graph)
    assert_golden(f"LOT-E0742 {next(iter(graph))}", raised.value, home)
    assert list((home / "home" / "exported").glob("*")) == []


def test_what_optimum_says_is_kept_and_shown(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = subprocess.CompletedProcess([], 1, "", "Traceback …\nValueError: unknown architecture\n")
    monkeypatch.setattr(export, "_run", lambda command, more: failed)
    with pytest.raises(LotError, match=r"LOT-E0742.*unknown architecture") as raised:
        export.exported(str(tiny().write(home / "tiny.gguf")), lambda *_: None)
    assert "failed.txt" in str(raised.value)
    assert "Traceback" in (home / "home" / "export" / "failed.txt").read_text()
    assert list((home / "home" / "exported").glob("*")) == []


def test_an_environment_that_cannot_be_made_is_one_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTTERY_HOME", str(tmp_path))
    asked: list[Sequence[str]] = []

    def run(command: Sequence[str], more: dict[str, str]) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        return subprocess.CompletedProcess(command, int("pip" in command), "", "ERROR: no network")

    monkeypatch.setattr(export, "_run", run)
    for _ in range(2):  # a second try begins anew
        with pytest.raises(LotError, match=r"LOT-E0741.*no network") as raised:
            export.exported(str(tiny().write(tmp_path / "tiny.gguf")), lambda *_: None)
        said = str(raised.value).partition("this failed")[0] + "this failed: COMMAND"
        assert_golden("LOT-E0741 no environment", said, tmp_path)
    assert sum("venv" in command for command in asked) == 2


@pytest.mark.parametrize("name", [GRAPH, "card.json"])
def test_a_damaged_export_is_one_error(home: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    folder = export.folder_of(str(exported(home, monkeypatch)))
    assert folder is not None
    (folder / name).write_bytes((folder / name).read_bytes()[:50])
    with pytest.raises(LotError, match="LOT-E0724") as raised:
        ExportedNetwork(folder)
    assert_golden(f"LOT-E0724 damaged {name}", str(raised.value).replace(folder.name, "NAME"), home)
