"""Our graphs compute what transformers computes, for every family, way of storing and kind of GGUF block.

`tests/rooms/data/golden.npz` holds the logits of random models that `tiny_models.py` writes again here;
`bench/golden.py` records them.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from tiny_models import COUNT, MODELS, Sample, ids, tensors_of, write, write_folder, write_gguf
from tiny_passes import apart_and_together

from lotterylang.recipe import Recipe, Window
from lotterylang.world.model.build import folder as build
from lotterylang.world.model.network.cpu import CpuNetwork
from lotterylang.world.model.weights.folder import Folder
from lotterylang.world.model.weights.layout import ROPE_DIVISORS

GOLDEN = Path(__file__).parent / "data" / "golden.npz"
NEAR = 1e-3
"""What log-probabilities may be apart."""


@cache
def golden(name: str) -> np.ndarray:
    """Give log-probabilities of what was recorded. Shapes: -> (tokens, vocabulary)."""
    logits = np.load(GOLDEN)[name].astype(np.float64)
    highest = logits.max(axis=-1, keepdims=True)
    found: np.ndarray = logits - highest - np.log(np.exp(logits - highest).sum(axis=-1, keepdims=True))
    return found


def opened(path: Path, home: Path, recipe: Recipe | None = None, window: Window | None = None) -> CpuNetwork:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOTTERY_HOME", str(home))
        return CpuNetwork(build.built(path, build.hash_of(path), recipe or Recipe("fp32"), lambda *_: None), window)


def at_once(net: CpuNetwork) -> np.ndarray:
    """Read all tokens in one pass. Shapes: -> (tokens, vocabulary)."""
    memory = net.memory(1, COUNT)
    causal = np.triu(np.full((COUNT, COUNT), -np.inf, np.float32), 1)
    return net.log_probs(net.branch(memory, 0, np.array(ids()), np.arange(COUNT), causal))


def step_by_step(net: CpuNetwork) -> np.ndarray:
    """Read one token a step, beside a row that is three tokens behind. Shapes: -> (tokens, vocabulary)."""
    memory, late = net.memory(2, COUNT), 3
    single = net.memory(1, COUNT + 1)
    net.extend(single, 0, ids()[:late])
    memory.copy(single, 0, 0, late)
    rows = []
    for place in range(late, COUNT):
        lengths = np.array([place, place - late])
        rows.append(net.step(memory, lengths, np.array([ids()[place], ids()[place - late]]), [0, 1]))
    return np.array(rows)  # (steps, 2, vocabulary)


@pytest.mark.parametrize("name", MODELS)
def test_logits_are_those_of_transformers(name: str, tmp_path: Path) -> None:
    net = opened(write(name, tmp_path), tmp_path / "home")
    wanted = golden(name)
    assert wanted.std() > 0.5  # it is not all the same
    assert np.abs(at_once(net) - wanted).max() < NEAR
    stepped = step_by_step(net)
    assert np.abs(stepped[:, 0] - wanted[3:]).max() < NEAR
    assert np.abs(stepped[:, 1] - wanted[:-3]).max() < NEAR
    split = net.memory(1, COUNT + 2)
    net.extend(split, 0, ids()[:11])
    assert np.abs(net.log_probs(net.extend(split, 11, ids()[11:])[None])[0] - wanted[-1]).max() < NEAR


@pytest.mark.parametrize("name", ["mistral", "gemma3", "qwen2-window"])
def test_windows_are_shorter_than_what_is_read(name: str, tmp_path: Path) -> None:
    assert 0 < MODELS[name].config["sliding_window"] < COUNT // 2
    net = opened(write(name, tmp_path), tmp_path / "home")
    assert net.card.architecture.local_layers


def test_a_trie_sees_the_window_of_its_positions_not_of_its_columns(tmp_path: Path) -> None:
    net = opened(write("gemma3", tmp_path), tmp_path / "home")
    begun, tails = ids()[:16], (ids()[16:], [5, 6, 7, 8], ids()[3:11])
    memory = net.memory(1, 16 + 22)
    net.extend(memory, 0, begun)
    columns = [(tail, depth) for tail in range(len(tails)) for depth in range(len(tails[tail]))]
    bias = np.full((len(columns), 16 + len(columns)), -np.inf, np.float32)
    bias[:, :16] = 0
    for row, (tail, depth) in enumerate(columns):
        for column, (other, above) in enumerate(columns):
            if other == tail and above <= depth:
                bias[row, 16 + column] = 0
    tokens = np.array([tails[tail][depth] for tail, depth in columns])
    positions = np.array([16 + depth for _, depth in columns])
    together = net.log_probs(net.branch(memory, 16, tokens, positions, bias))
    end = 0
    for tail in tails:
        end += len(tail)
        alone = net.extend(net.memory(1, 16 + len(tail) + 1), 0, [*begun, *tail])
        assert np.abs(together[end - 1] - net.log_probs(alone[None])[0]).max() < NEAR


@pytest.mark.parametrize("name", ["llama3", "qwen2-window", "qwen3", "gemma3"])
@pytest.mark.parametrize("window", [None, Window(2, 6)])
def test_options_read_with_the_end_of_a_text_see_what_they_see_after_it(
    name: str, window: Window | None, tmp_path: Path
) -> None:
    net = opened(write(name, tmp_path), tmp_path / "home", window=window)
    apart, together = apart_and_together(net, tuple(ids()[:20]), 13, ((5,), (5, 9, 4), (8, 9, 10, 11)))
    assert together == apart


@pytest.mark.parametrize("name", ["llama3", "mistral", "qwen2", "qwen3"])
def test_a_gguf_file_says_what_a_folder_says(name: str, tmp_path: Path) -> None:
    config = MODELS[name].config
    folder = write_folder(tmp_path / "folder", config, tensors_of(config))
    weights = Folder(folder)
    extra = {ROPE_DIVISORS: weights.tensor(ROPE_DIVISORS)} if weights.has(ROPE_DIVISORS) else {}
    assert bool(extra) == (name == "llama3")
    family = "llama" if name in ("llama3", "mistral") else name
    sample = Sample(config, quants=("F32",), architecture=family, extra=extra)
    file = write_gguf(sample, tmp_path / "m.gguf")
    one, other = opened(folder, tmp_path / "one"), opened(file, tmp_path / "other")
    assert one.card.architecture.window == other.card.architecture.window
    assert np.abs(at_once(one) - at_once(other)).max() < 1e-4


@pytest.mark.parametrize("name", ["llama3", "qwen2", "qwen3", "gemma3", "llama-q4_k"])
def test_eight_bits_are_close(name: str, tmp_path: Path) -> None:
    net = opened(write(name, tmp_path), tmp_path / "home", Recipe("int8"))
    wanted = golden(name)
    assert (np.exp(wanted) * (wanted - at_once(net))).sum(axis=-1).mean() < 0.02


def test_what_is_recorded_is_small_and_of_what_is_tested() -> None:
    assert GOLDEN.stat().st_size < 400_000
    assert set(np.load(GOLDEN).files) == set(MODELS)


def test_the_weights_are_the_recorded_ones() -> None:
    first = tensors_of(MODELS["llama"].config)["model.embed_tokens.weight"][0, :3]
    assert first == pytest.approx([0.22050655, 0.05001966, 0.12234225], abs=1e-6)
