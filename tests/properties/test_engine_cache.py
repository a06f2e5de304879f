"""The prefix cache gives the bits of a cold reading, whatever was read before, beside it, and let go."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny_llama import tiny

from lotterylang.recipe import Recipe
from lotterylang.world.model.build import folder as build
from lotterylang.world.model.network.cpu import CpuNetwork
from lotterylang.world.model.prefix.cache import PrefixCache, Read, Reading
from lotterylang.world.model.prefix.tree import Node, PrefixTree, common

LARGE = 1 << 24


@lru_cache(maxsize=1)
def network(home: Path) -> CpuNetwork:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOTTERY_HOME", str(home))
        path = tiny().write(home / "tiny.gguf")
        return CpuNetwork(build.built(path, build.hash_of(path), Recipe("int8"), lambda *_: None))


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> CpuNetwork:
    return network(tmp_path_factory.mktemp("home"))


def cold(net: CpuNetwork, ids: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Read a text alone. Shapes: -> hidden (width), memory (layers, 2, kv_heads, n, head_size)."""
    memory = net.memory(1, len(ids) + 1)
    return net.extend(memory, 0, list(ids)), memory.values[:, :, 0, :, : len(ids)]


@st.composite
def texts(draw: st.DrawFn) -> list[tuple[int, ...]]:
    """Draw texts, each of which goes on from a beginning of an earlier one."""
    found: list[tuple[int, ...]] = [()]
    for _ in range(draw(st.integers(2, 7))):
        before = draw(st.sampled_from(found))
        more = draw(st.lists(st.integers(3, 7), min_size=0, max_size=24))
        text = before[: draw(st.integers(0, len(before)))] + tuple(more)
        found.append(text or (5,))
    return found[1:]


@dataclass
class Desk:
    """Several texts being read side by side, and those that were read and are still held."""

    cache: PrefixCache
    net: CpuNetwork
    begun: list[tuple[tuple[int, ...], Reading, bool]] = field(default_factory=list)
    held: list[tuple[tuple[int, ...], Read]] = field(default_factory=list)

    def go_on(self, number: int, most: int) -> None:
        ids, reading, is_begun = self.begun.pop(number % len(self.begun))
        try:
            reading.send(most) if is_begun else next(reading)
            self.begun.append((ids, reading, True))
        except StopIteration as finished:
            self.held.append((ids, finished.value))

    def give_up(self, number: int) -> None:
        self.begun.pop(number % len(self.begun))[1].close()

    def let_go(self, number: int) -> None:
        ids, read = self.held.pop(number % len(self.held))
        self.compare(ids, read)
        read.release()

    def compare(self, ids: tuple[int, ...], read: Read) -> None:
        hidden, values = cold(self.net, ids)
        assert np.array_equal(read.hidden, hidden)
        memory = self.net.memory(3, len(ids) + 2)
        memory.values[:] = np.nan
        read.copy_into(memory, 1)
        assert np.array_equal(memory.values[:, :, 1, :, : len(ids)], values)
        assert np.isnan(memory.values[:, :, [0, 2]]).all()
        desk, past = self.cache.at_desk(read, 3)
        assert past == len(ids)
        assert np.array_equal(desk.values[:, :, 0, :, :past], values)  # type: ignore[attr-defined]
        desk.values[:, :, :, :, past:] = np.nan  # type: ignore[attr-defined]

    def check(self) -> None:
        tree = self.cache.tree
        nodes = list(tree.nodes())
        assert tree.kept_bytes == sum(node.nbytes for node in nodes)
        assert tree.pinned_bytes == sum(node.nbytes for node in nodes if node.pins)
        assert tree.kept_bytes <= tree._budget_bytes or all(node.pins or node.children for node in nodes)
        assert all(whole(node) for node in nodes)
        for ids, read in self.held:
            assert len(tree.match(read.ids)[0].path()) == len(read.node.path()) and read.node in nodes
            assert tuple(int(id) for node in read.node.path() for id in node.ids) == ids


def whole(node: Node) -> bool:
    assert node.parent is not None and node.memory is not None
    fits = node.memory.capacity == len(node.ids) > 0 and node.start == node.parent.end
    named = all(int(child.ids[0]) == first and child.parent is node for first, child in node.children.items())
    return fits and named and node.pins >= sum(child.pins for child in node.children.values())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), wanted=texts(), budget=st.sampled_from([0, 10, 40, 1000]))
def test_what_is_read_has_the_bits_of_a_cold_reading(
    net: CpuNetwork, data: Any, wanted: list[tuple[int, ...]], budget: int
) -> None:
    desk = Desk(PrefixCache(net, net.bytes_per_position * budget), net)
    waiting = list(wanted)
    while waiting or desk.begun or desk.held:
        ways = ["go on"] * 4 * bool(desk.begun) + ["begin"] * 2 * bool(waiting)
        ways += ["let go"] * bool(desk.held) + ["give up"] * bool(desk.begun)
        number = data.draw(st.integers(0, 5))
        match data.draw(st.sampled_from(ways)):
            case "begin":
                ids = waiting.pop()
                desk.begun.append((ids, desk.cache.reading(ids), False))
            case "go on":
                desk.go_on(number, data.draw(st.integers(1, 20)))
            case "give up":
                desk.give_up(number)
            case "let go":
                desk.let_go(number)
        desk.check()
    assert desk.cache.tree.pinned_bytes == 0


def marks(ids: tuple[int, ...]) -> list[float]:
    """Give each position a number of its own, by all that stands before it."""
    return [float(hash(ids[: end + 1]) % 100_003) for end in range(len(ids))]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kept=st.lists(st.lists(st.integers(3, 4), min_size=1, max_size=9).map(tuple), min_size=1, max_size=9),
    data=st.data(),
)
def test_a_tree_finds_and_gives_back_what_was_put_in(net: CpuNetwork, kept: list[tuple[int, ...]], data: Any) -> None:
    tree = PrefixTree(net, LARGE)
    for ids in kept:
        memory = net.memory(1, len(ids))
        memory.values[:] = np.array(marks(ids), np.float32)[:, None]
        assert tree.insert(np.array(ids), memory, None).end == len(ids)
    wanted = data.draw(st.lists(st.integers(3, 4), max_size=10).map(tuple))
    node, length = tree.match(np.array(wanted, np.int64))
    assert length == max(common(np.array(wanted), np.array(ids)) for ids in kept)
    assert node.end - len(node.ids) <= length <= node.end
    end = data.draw(st.integers(0, length))
    start = data.draw(st.integers(0, end))
    found = net.memory(2, 12)
    found.values[:] = -1.0
    node.copy_into(found, 1, start, end)
    there = np.where((np.arange(12) >= start) & (np.arange(12) < end), [*marks(wanted), *[0.0] * 12][:12], -1.0)
    assert (found.values[:, :, 1] == there[:, None]).all()
    assert (found.values[:, :, 0] == -1.0).all()
    assert all(whole(each) for each in tree.nodes())


def test_texts_that_are_read_together_read_their_beginning_once(net: CpuNetwork) -> None:
    cache = PrefixCache(net, LARGE)
    beginning = tuple(range(3, 59))
    asked = [(*beginning, 60 + number, 3, 4) for number in range(16)]
    desk = Desk(cache, net, [(ids, cache.reading(ids), False) for ids in asked])
    while desk.begun:
        desk.go_on(0, 8)
    assert cache.read_tokens - cache.cached_tokens == len(beginning) + 3 * len(asked)


def test_an_end_without_a_state_is_read_again_and_then_kept(net: CpuNetwork) -> None:
    cache = PrefixCache(net, LARGE)
    ids = tuple(range(3, 43))
    cache.read(ids).release()
    assert [cache.read(ids[:30]).cached for _ in range(2)] == [29, 30]


def test_a_tree_lets_the_leaf_go_that_was_used_least_recently(net: CpuNetwork) -> None:
    tree = PrefixTree(net, net.compact(30).nbytes)
    memory = net.memory(1, 12)
    memory.values[:] = 0
    for first in (3, 4, 5):
        tree.insert(np.arange(first, first + 10), memory, None)
    tree.match(np.arange(3, 13))
    tree.pin(tree.insert(np.arange(6, 16), memory, None))
    assert {int(node.ids[0]) for node in tree.nodes()} == {3, 5, 6}
    assert tree.evicted_tokens == 10
