"""The graphs compute what numpy computes, and the same bits however the text is split."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tiny_llama import CONTEXT, tiny, tokens
from tiny_passes import apart_and_together, scored

from lotterylang.recipe import Recipe
from lotterylang.syntax.diagnostics import LotError
from lotterylang.world.model import device
from lotterylang.world.model.build import folder as build
from lotterylang.world.model.network import cpu
from lotterylang.world.model.network.body import Body
from lotterylang.world.model.network.cpu import CpuNetwork as Network
from lotterylang.world.model.network.rounded import RoundedMemory
from lotterylang.world.model.prefix.cache import PrefixCache

IDS = [int(id) for id in np.random.default_rng(5).integers(3, len(tokens()), 60)]


NEEDS_VNNI = pytest.mark.skipif("vnni" not in device.processor(), reason="products of bytes may overflow")
IN_BYTES = pytest.param("int8 in whole bytes", marks=NEEDS_VNNI)


@pytest.fixture(scope="module", params=["int8", "fp32", IN_BYTES])
def net(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Network:
    return opened(tmp_path_factory.mktemp("home"), request.param)


def opened(home: Path, variant: str) -> Network:
    precision, _, in_bytes = variant.partition(" ")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOTTERY_HOME", str(home))
        patch.setattr(device, "multiplies_bytes", lambda: bool(in_bytes))
        path = tiny().write(home / "tiny.gguf")
        return Network(build.built(path, build.hash_of(path), Recipe(precision), lambda *_: None))  # type: ignore[arg-type]


def cold(net: Network, ids: list[int]) -> np.ndarray:
    return net.log_probs(net.extend(net.memory(1, len(ids) + 1), 0, ids)[None])[0]


def test_full_precision_agrees_with_numpy(tmp_path: Path) -> None:
    net = opened(tmp_path, "fp32")
    wanted = tiny().log_probs(IDS)
    for length in (2, 3, 17, 60):
        assert np.abs(cold(net, IDS[:length]) - wanted[length - 1]).max() < 1e-3


def test_eight_bits_are_close_to_numpy(tmp_path: Path) -> None:
    found, wanted = cold(opened(tmp_path, "int8"), IDS), tiny().log_probs(IDS)[-1]
    assert (np.exp(wanted) * (wanted - found)).sum() < 0.05


@NEEDS_VNNI
def test_whole_bytes_are_close_to_numpy(tmp_path: Path) -> None:
    net, plain = opened(tmp_path, "int8 in whole bytes"), opened(tmp_path, "int8")
    wanted = tiny().log_probs(IDS)[-1]
    assert (np.exp(wanted) * (wanted - cold(net, IDS))).sum() < 0.05
    assert not np.array_equal(cold(net, IDS), cold(plain, IDS))


def test_single_steps_agree_with_one_pass(tmp_path: Path) -> None:
    net = opened(tmp_path, "fp32")
    memory = net.memory(1, len(IDS))
    net.extend(memory, 0, IDS[:40])
    for place in range(40, 60):
        found = net.step(memory, np.array([place]), np.array([IDS[place]]), [0])
    assert np.abs(found[0] - cold(net, IDS)).max() < 1e-3


@pytest.mark.parametrize("cut", range(1, 60))
def test_a_text_continued_on_a_memory_has_the_bits_of_a_text_read_at_once(net: Network, cut: int) -> None:
    memory = net.memory(1, len(IDS) + 1)
    memory.values[:] = np.nan  # what is not written yet is never read
    net.extend(memory, 0, IDS[:cut])
    continued = net.log_probs(net.extend(memory, cut, IDS[cut:])[None])[0]
    assert np.array_equal(continued, cold(net, IDS))


def test_long_texts_are_read_in_passes_with_the_same_bits(net: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = cold(net, IDS)
    for longest in (2, 8, 20, 58):
        monkeypatch.setattr(cpu, "LONGEST_PASS", longest)
        assert np.array_equal(cold(net, IDS), whole)


def test_cached_prefixes_give_the_bits_of_a_cold_read(net: Network) -> None:
    cache = PrefixCache(net, 1 << 24)
    for ids in (IDS, IDS[:30] + IDS[5:20], IDS[:59], [*IDS, 7], IDS[:30] + IDS[5:20], IDS):
        read = cache.read(tuple(ids))
        assert read.cached <= max(0, len(ids) - 1) or read.cached == len(ids)
        assert np.array_equal(net.log_probs(read.hidden[None])[0], cold(net, ids))
    assert cache.read(tuple(IDS[:50])).cached == 49


def test_the_prefix_cache_keeps_to_its_budget(net: Network) -> None:
    budget = net.bytes_per_position * 100
    cache = PrefixCache(net, budget)
    for start in range(10):
        with cache.read(tuple(IDS[start : start + 40])):
            assert cache.tree.pinned_bytes > 0
    assert cache.tree.kept_bytes <= budget
    assert cache.tree.pinned_bytes == 0
    with cache.read(tuple(IDS[9:49])) as last, cache.read(tuple(IDS[:40])) as first:
        assert (last.cached, first.cached) == (40, 0)  # the last one is still there, the first one is not


@pytest.mark.parametrize("start", [1, 2, 7, 40])
def test_steps_over_a_rounded_memory_are_close_to_one_pass(tmp_path: Path, start: int) -> None:
    net = opened(tmp_path, "int8")
    single, slots = net.memory(1, len(IDS)), net.slots(2, len(IDS))
    assert isinstance(slots, RoundedMemory)
    net.extend(single, 0, IDS[:start])
    slots.copy(single, 0, 1, start)
    slots.copy(slots, 1, 0, start)
    for place in range(start, 60):
        both = net.step(slots, np.array([place] * 2), np.array([IDS[place]] * 2), [0, 1])
    wanted = tiny().log_probs(IDS)[-1]
    assert (np.exp(wanted) * (wanted - both[0])).sum() < 0.05
    assert np.array_equal(*both)


def test_what_is_kept_is_rounded_once_and_alike_wherever_it_was_cut(net: Network) -> None:
    whole, begun, rest = net.memory(1, 60), net.compact(20), net.compact(30)
    net.extend(whole, 0, IDS[:50])
    begun.copy(whole, 0, 0, 20)
    rest.copy(whole, 0, 0, 30, 20)
    at_once, in_parts = net.slots(1, 60), net.slots(3, 60)
    at_once.copy(whole, 0, 0, 50)
    for row in (2, 0):
        in_parts.copy(begun, 0, row, 20)
        in_parts.copy(rest, 0, row, 13, 0, 20)
        in_parts.copy(rest, 0, row, 17, 13, 33)
    for row in (2, 0):
        assert np.array_equal(in_parts.values[:, :, row, :, :50], at_once.values[:, :, 0, :, :50])
    assert isinstance(at_once, RoundedMemory) == (begun.codes is not None)


def test_what_must_follow_is_read_in_one_pass_of_a_slot(net: Network) -> None:
    single, slots, other = net.memory(1, 60), net.slots(3, 60), net.slots(1, 60)
    net.extend(single, 0, IDS[:20])
    for row in range(3):
        slots.copy(single, 0, row, 20)
    other.copy(single, 0, 0, 20)
    found = net.follow(slots, 1, 20, IDS[20:27])
    assert np.array_equal(found, net.follow(other, 0, 20, IDS[20:27]))
    wanted = tiny().log_probs(IDS[:27])[-1]
    assert (np.exp(wanted) * (wanted - found[-1])).sum() < 0.05


def test_a_row_does_not_feel_its_neighbours(net: Network) -> None:
    lengths = [20, 33, 8]
    batch = net.slots(3, 64)
    batch.values[:] = np.nan if batch.values.dtype == np.float32 else 99
    alone = []
    for row, length in enumerate(lengths):
        single, slot = net.memory(1, 50), net.slots(1, 50)
        net.extend(single, 0, IDS[:length])
        batch.copy(single, 0, row, length)
        slot.copy(single, 0, 0, length)
        alone.append(net.step(slot, np.array([length]), np.array([IDS[length]]), [0])[0])
    together = net.step(batch, np.array(lengths), np.array([IDS[length] for length in lengths]), [0, 1, 2])
    assert np.array_equal(together, np.array(alone))


OPTIONS = ((5,), (5, 9), (5, 9, 4), (8, 8), (8, 9, 10, 11), (12,), (), (8, 8))


def test_options_together_score_as_options_alone(tmp_path: Path) -> None:
    net = opened(tmp_path, "fp32")
    read = PrefixCache(net, 1 << 24).read(tuple(IDS))
    together = scored(net, read, OPTIONS, (2, 0))
    for option, found in zip(OPTIONS, together, strict=True):
        alone = scored(net, read, (option,), (2, 0))[0]
        assert found.tokens == pytest.approx(alone.tokens, abs=1e-4)
        assert found.end == pytest.approx(alone.end, abs=1e-4)


def test_scores_are_the_models_log_probabilities(tmp_path: Path) -> None:
    net = opened(tmp_path, "fp32")
    read = PrefixCache(net, 1 << 24).read(tuple(IDS))
    for option, found in zip(OPTIONS, scored(net, read, OPTIONS, (2, 0)), strict=True):
        wanted = tiny().log_probs([*IDS, *option])[len(IDS) - 1 :]
        assert found.tokens == pytest.approx([wanted[i, id] for i, id in enumerate(option)], abs=1e-3)
        assert found.end == pytest.approx(np.logaddexp(wanted[-1, 2], wanted[-1, 0]), abs=1e-3)


def test_one_option_has_the_bits_of_reading_it(net: Network) -> None:
    read = PrefixCache(net, 1 << 24).read(tuple(IDS[:30]))
    found = scored(net, read, (tuple(IDS[30:40]),), (2,))[0]
    again = PrefixCache(net, 1 << 24).read(tuple(IDS[:40]))
    assert found.end == pytest.approx(float(net.log_probs(again.hidden[None])[0, 2]), abs=0)


@NEEDS_VNNI
def test_steps_have_no_more_threads_than_heads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: dict[str, int] = {}
    real = device.session
    monkeypatch.setattr(device, "usable_cores", lambda: 64)
    monkeypatch.setattr(
        device, "session", lambda path, count: (threads.update({path.stem: count}), real(path, min(count, 2)))[1]
    )
    heads = opened(tmp_path, "int8 in whole bytes").card.architecture.heads
    assert threads == {"read": 64, "body": heads, "head": 64}


@pytest.mark.parametrize("known", [0, 1, 7, 30, 38, 39, 40])
def test_options_read_in_one_pass_with_the_end_of_a_text_have_the_same_bits(net: Network, known: int) -> None:
    apart, together = apart_and_together(net, tuple(IDS[:40]), known, OPTIONS)
    assert together == apart


def test_the_end_of_a_text_and_its_options_are_one_pass(net: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    passes: list[int] = []
    real = Body.run
    monkeypatch.setattr(
        Body, "run", lambda body, memory, ids, *more: (passes.append(ids.size), real(body, memory, ids, *more))[1]
    )
    apart_and_together(net, tuple(IDS[:40]), 30, OPTIONS)
    assert passes == [30, 10, 10, 30, 20]


def test_the_order_of_options_does_not_matter(net: Network) -> None:
    read = PrefixCache(net, 1 << 24).read(tuple(IDS))
    forward, backward = scored(net, read, OPTIONS, (2,)), scored(net, read, OPTIONS[::-1], (2,))
    assert forward == backward[::-1]


def test_many_options_are_scored_in_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    net = opened(tmp_path, "fp32")
    read = PrefixCache(net, 1 << 24).read(tuple(IDS))
    options = tuple((a, b, c) for a in (5, 6, 7) for b in range(10, 16) for c in (3, 4))
    whole = scored(net, read, options, (2,))
    monkeypatch.setattr("lotterylang.world.model.scoring.log_probs.LONGEST_PASS", 9)
    for one, other in zip(whole, scored(net, read, options, (2,)), strict=True):
        assert one.tokens == pytest.approx(other.tokens, abs=1e-4)


def test_the_context_is_the_files(net: Network) -> None:
    assert net.card.architecture.context == CONTEXT
    assert net.card.chat is not None
    assert net.card.chat.joints["start>user"][1:3] == ("system\nYou are tiny", (2, "<|im_end|>"))
    assert net.card.ends == (2, 0)


@pytest.mark.parametrize("name", ["body.onnx", "head.onnx", "tensors.bin", "card.json"])
def test_a_damaged_folder_is_one_error(tmp_path: Path, name: str, capfd: pytest.CaptureFixture[str]) -> None:
    opened(tmp_path, "int8")
    folder = next((tmp_path / "built").iterdir())
    (folder / name).write_bytes((folder / name).read_bytes()[:100])
    with pytest.raises(LotError, match="LOT-E0724"):
        Network(folder)
    assert capfd.readouterr() == ("", "")
