"""Recipes: names are read and written alike, and what is built of them computes what they say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_llama import Tiny, tiny, tokens
from tiny_passes import scored

from golden import assert_golden
from lotterylang.recipe import PRECISIONS, Recipe, Window, composed, parted
from lotterylang.syntax.diagnostics import LotError
from lotterylang.world.model.build import folder as build
from lotterylang.world.model.build.blocks import BLOCK, eight_bits, four_bits, own_four_bits, packed
from lotterylang.world.model.network.cpu import CpuNetwork
from lotterylang.world.model.open import open_model
from lotterylang.world.model.prefix.cache import PrefixCache
from lotterylang.world.model.weights.pruned import by_magnitude, two_of_four

IDS = [int(id) for id in np.random.RandomState(5).randint(3, len(tokens()), 60)]

RECIPES = st.builds(
    Recipe,
    precision=st.sampled_from(PRECISIONS),
    prune=st.none() | st.sampled_from(["2:4", "0.5", "0.25"]),
    adapter=st.none() | st.text(min_size=1),
    window=st.none() | st.builds(Window, st.integers(1, 9999), st.integers(0, 99)),
)


@given(RECIPES, st.sampled_from(["smollm2-135m-instruct", "./a b/model.gguf", "C:/m.gguf"]))
def test_a_name_with_its_recipe_is_read_as_it_was_written(recipe: Recipe, name: str) -> None:
    assert parted(composed(name, recipe)) == (name, recipe)


def test_a_plain_name_says_nothing() -> None:
    assert parted("smollm2-135m-instruct") == ("smollm2-135m-instruct", Recipe())
    assert parted("m:int8") == ("m", Recipe("int8"))
    assert composed("m", Recipe()) == "m"
    assert parted("m?prune=.50&window=512") == ("m", Recipe(prune="0.5", window=Window(512)))


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("m:int5", "no precision `int5`, did you mean `int8`"),
        ("m?pune=0.5", "takes no `pune`, did you mean `prune`"),
        ("m?prune=1.0", "a share of zeros between 0 and 1"),
        ("m?prune=3:4", "or `2:4`, not `3:4`"),
        ("m?prune", "`prune` is no `key=value`"),
        ("m?prune=2:4&prune=2:4", "`prune` is said twice"),
        ("m?window=0", "`window` takes a number of positions"),
        ("m?adapter=", "takes the folder of a LoRA adapter"),
        ("exported:m:int4", "an exported graph is as it is"),
    ],
)
def test_what_is_no_recipe_is_one_error(spec: str, said: str) -> None:
    with pytest.raises(LotError, match="LOT-E0705") as raised:
        parted(spec)
    assert said in str(raised.value)


def test_a_window_builds_nothing_anew() -> None:
    assert build.key_of("0" * 64, Recipe(window=Window(8))) == build.key_of("0" * 64, Recipe())
    different = [Recipe(), Recipe("fp32"), Recipe("int4"), Recipe(prune="2:4"), Recipe(prune="0.5")]
    assert len({build.key_of("0" * 64, recipe) for recipe in different}) == len(different)


def test_a_window_is_part_of_what_a_model_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTTERY_HOME", str(tmp_path))
    path = tiny().write(tmp_path / "tiny.gguf")
    models = [open_model(f"{path}:fp32{query}") for query in ("", "?window=8", "?window=8,2")]
    assert len({model.identity for model in models}) == 3
    assert len(list((tmp_path / "built").iterdir())) == 1
    for model in models:
        model.close()


def opened(home: Path, recipe: Recipe, model: Tiny | None = None) -> CpuNetwork:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOTTERY_HOME", str(home))
        path = (model or tiny()).write(home / "tiny.gguf")
        return CpuNetwork(build.built(path, build.hash_of(path), recipe, lambda *_: None), recipe.window)


def cold(net: CpuNetwork, ids: list[int]) -> np.ndarray:
    return net.log_probs(net.extend(net.memory(1, len(ids) + 1), 0, ids)[None])[0]


def divergence(wanted: np.ndarray, found: np.ndarray) -> float:
    return float((np.exp(wanted) * (wanted - found)).sum())


def changed(change: object) -> Tiny:
    """Give the tiny model with its matrices changed."""
    tensors = dict(tiny().tensors)
    for name, values in tensors.items():
        if values.ndim == 2 and name.startswith("blk."):
            tensors[name] = change(values).astype(np.float32)  # type: ignore[operator]
    return Tiny(tensors)


def on_a_grid(matrix: np.ndarray) -> np.ndarray:
    """Round to a grid of 16 levels a block, as a Q4_1 file does: half-precision step and least."""
    blocks = matrix.reshape(len(matrix), -1, BLOCK)
    least = blocks.min(-1, keepdims=True).astype(np.float16).astype(np.float32)
    step = ((blocks.max(-1, keepdims=True) - least) / 15).astype(np.float16).astype(np.float32)
    return (step * np.clip(np.round((blocks - least) / step), 0, 15) + least).reshape(matrix.shape)


def test_blocks_of_4_bits_are_found_again_to_the_last_bit() -> None:
    matrix = on_a_grid(np.random.RandomState(0).standard_normal((48, 96)).astype(np.float32))
    own = own_four_bits(matrix)
    assert own is not None
    codes, steps, centres = own
    back = (codes.reshape(48, 3, BLOCK) - np.float32(8)) * steps[..., None] + centres[..., None]
    assert codes.max() <= 15
    assert np.abs(back.reshape(matrix.shape) - matrix).max() < 1e-6


@pytest.mark.parametrize("levels", [1, 2, 3, 7, 11, 16])
def test_a_block_may_use_any_of_its_levels(levels: int) -> None:
    codes = np.random.RandomState(levels).randint(0, levels, (8, BLOCK))
    own = own_four_bits((codes * np.float32(0.37) - np.float32(2.1)).astype(np.float32))
    assert own is not None
    assert np.abs((own[0] - 8.0) * own[1] + own[2] - (codes * 0.37 - 2.1)).max() < 1e-5


def test_other_weights_have_no_blocks_of_4_bits() -> None:
    assert own_four_bits(np.random.RandomState(0).standard_normal((4, BLOCK)).astype(np.float32)) is None
    levels = np.arange(BLOCK, dtype=np.float32)[None] % 17
    assert own_four_bits(levels) is None
    assert own_four_bits(np.minimum(levels, 15)) is not None


def test_four_bits_stay_within_half_a_step() -> None:
    matrix = np.random.RandomState(1).standard_normal((8, 96)).astype(np.float32)
    codes, scales, zeros = four_bits(matrix)
    back = (codes.reshape(8, 3, BLOCK) - zeros[..., None].astype(np.float32)) * scales[..., None]
    assert np.abs(back - matrix.reshape(8, 3, BLOCK)).max() <= scales.max()
    nothing, _, zero = four_bits(np.zeros((1, BLOCK), np.float32))
    assert (nothing == zero).all()


def back_from_eight(matrix: np.ndarray) -> np.ndarray:
    codes, scales = eight_bits(matrix)
    blocks = (codes.reshape(*scales.shape, BLOCK) - np.float32(128)) * scales[..., None]
    return blocks.reshape(matrix.shape)


def test_eight_bits_keep_what_had_4_nearer_than_what_had_not() -> None:
    matrix = np.random.RandomState(0).standard_normal((48, 96)).astype(np.float32)
    lost = np.abs(back_from_eight(matrix) - matrix).mean()
    grid = on_a_grid(matrix)
    assert np.abs(back_from_eight(grid) - grid).mean() < lost / 2


@pytest.mark.parametrize("value", [0.0, 0.013, -7.0])
def test_a_block_of_equal_weights_is_kept(value: float) -> None:
    matrix = on_a_grid(np.random.RandomState(0).standard_normal((4, 96)).astype(np.float32))
    matrix[2] = value
    assert np.abs(back_from_eight(matrix)[2] - value).max() < 1e-6


def test_a_grid_far_from_zero_is_rounded_to_its_largest() -> None:
    matrix = 1000 + np.arange(BLOCK, dtype=np.float32)[None] % 16
    assert np.abs(back_from_eight(matrix) - matrix).max() <= 4  # half of the largest over 127


def test_two_codes_share_a_byte() -> None:
    assert packed(np.array([[1, 2, 3]], np.uint8)).tolist() == [[0x21, 0x03]]


def test_exact_4_bits_are_nearer_to_the_file_than_rounded_ones(tmp_path: Path) -> None:
    model = changed(on_a_grid)
    wanted = model.log_probs(IDS)[-1]
    exact = divergence(wanted, cold(opened(tmp_path, Recipe("int4-exact"), model), IDS))
    rough = divergence(tiny().log_probs(IDS)[-1], cold(opened(tmp_path, Recipe("int4")), IDS))
    assert exact < 0.05 < rough


def test_exact_4_bits_of_other_weights_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LotError, match=r"LOT-E0706.*not stored in blocks of 4 bits") as raised:
        opened(tmp_path, Recipe("int4-exact"))
    assert_golden("LOT-E0706 no blocks of 4 bits", raised.value, tmp_path)
    assert list((tmp_path / "built").glob("*")) == []


def test_magnitude_keeps_the_greatest() -> None:
    matrix = np.array([[0.1, -0.4, 0.2, 0.3], [-0.9, 0.05, 0.2, 1.0]], np.float32)
    assert (by_magnitude(matrix, 0.25) == matrix * (np.abs(matrix) > 0.1)).all()
    assert (two_of_four(matrix) == matrix * (np.abs(matrix) > 0.2)).all()
    assert two_of_four(np.ones((3, 8), np.float32)).sum() == 12  # of equals two are kept all the same


@pytest.mark.parametrize(("prune", "change"), [("2:4", two_of_four), ("0.3", lambda m: by_magnitude(m, 0.3))])
def test_a_pruned_model_is_the_model_of_pruned_matrices(tmp_path: Path, prune: str, change: object) -> None:
    found = cold(opened(tmp_path, Recipe("fp32", prune=prune)), IDS)
    assert np.abs(found - changed(change).log_probs(IDS)[-1]).max() < 1e-3


WINDOWS = [Window(12), Window(12, 4), Window(1, 1), Window(200, 4)]


@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_a_window_hides_what_lies_between(tmp_path: Path, window: Window) -> None:
    wanted = tiny().log_probs(IDS, window)[-1]
    net = opened(tmp_path, Recipe("fp32", window=window))
    assert np.abs(cold(net, IDS) - wanted).max() < 1e-3
    memory = net.memory(1, len(IDS))
    net.extend(memory, 0, IDS[:30])
    for place in range(30, 60):
        stepped = net.step(memory, np.array([place]), np.array([IDS[place]]), [0])
    assert np.abs(stepped[0] - wanted).max() < 1e-3


def test_rows_of_other_lengths_have_windows_of_their_own(tmp_path: Path) -> None:
    window = Window(8, 2)
    net = opened(tmp_path, Recipe("fp32", window=window))
    lengths = [20, 33, 8]
    batch = net.memory(3, 64)
    for row, length in enumerate(lengths):
        single = net.memory(1, 50)
        net.extend(single, 0, IDS[:length])
        batch.copy(single, 0, row, length)
    found = net.step(batch, np.array(lengths), np.array([IDS[length] for length in lengths]), [0, 1, 2])
    for row, length in enumerate(lengths):
        assert np.abs(found[row] - tiny().log_probs(IDS[: length + 1], window)[-1]).max() < 1e-3


def test_options_are_scored_within_the_window(tmp_path: Path) -> None:
    window = Window(10, 3)
    net = opened(tmp_path, Recipe("fp32", window=window))
    read = PrefixCache(net, 1 << 24).read(tuple(IDS))
    options = ((5,), (5, 9, 4), (8, 9, 10, 11), (12,))
    for option, found in zip(options, scored(net, read, options, (2,)), strict=True):
        wanted = tiny().log_probs([*IDS, *option], window)[len(IDS) - 1 :]
        assert found.tokens == pytest.approx([wanted[i, id] for i, id in enumerate(option)], abs=1e-3)
