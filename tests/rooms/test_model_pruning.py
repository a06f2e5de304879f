"""What is left out cannot be the best or the second; the bounds that are given for it are bounds."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_llama import tiny
from tiny_passes import scored

from lotterylang.world.model.network.cpu import CpuNetwork
from lotterylang.world.model.open import open_model
from lotterylang.world.model.prefix.cache import PrefixCache
from lotterylang.world.model.scoring import pruning
from lotterylang.world.model.scoring.pruning import SLACK, Best, best

ENDS = (2, 0)

NEAR = {"fp32": 2e-4, "int8": 0.3}
"""How far a score moves, in nats, with the company in which an option is read: 8 bits round what differs in the last
of 24."""


@pytest.fixture(scope="module", params=["fp32", "int8"])
def net(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CpuNetwork]:
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOTTERY_HOME", str(home))
        engine = open_model(f"{tiny().write(home / 'tiny.gguf')}:{request.param}")
        yield engine.reader.network  # type: ignore[attr-defined]
        engine.close()


def options(random: Random, count: int, ids: int, longest: int) -> tuple[tuple[int, ...], ...]:
    found: dict[tuple[int, ...], None] = {}
    while len(found) < count:
        found[tuple(random.randrange(3, 3 + ids) for _ in range(random.randint(1, longest)))] = None
    return tuple(found)


def searched(net: CpuNetwork, text: tuple[int, ...], wanted: tuple[tuple[int, ...], ...]) -> tuple[Best, list[int]]:
    """Search for the best; give what was found and the positions of each pass."""
    cache, passes = PrefixCache(net, 1 << 24), []

    def counted() -> object:
        with cache.read(text) as read:
            search = best(net, cache, read, wanted, ENDS)
            while True:
                try:
                    passes.append(next(search))
                except StopIteration as end:
                    return end.value

    found = counted()
    assert isinstance(found, Best)
    return found, passes


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32), st.sampled_from([2, 3, 30, 150]), st.sampled_from([3, 8, 200]), st.integers(2, 9))
def test_the_two_best_are_exact_and_all_others_are_below(
    net: CpuNetwork, seed: int, count: int, ids: int, longest: int
) -> None:
    random, near = Random(seed), NEAR[net.card.recipe]
    count = min(count, ids)
    text = tuple(random.randrange(3, 200) for _ in range(random.randint(1, 40)))
    wanted = options(random, count, ids, longest)
    found, _ = searched(net, text, wanted)
    with PrefixCache(net, 1 << 24).read(text) as read:
        whole = [one.with_end for one in scored(net, read, wanted, ENDS)]
    for sum_, exact, is_exact in zip(found.sums, whole, found.exact, strict=True):
        assert abs(sum_ - exact) < near if is_exact else sum_ > exact - near
    first, second = sorted(whole, reverse=True)[:2]
    kept = sorted((s for s, is_exact in zip(found.sums, found.exact, strict=True) if is_exact), reverse=True)
    assert kept[:2] == pytest.approx([first, second], abs=near)
    left_out = [s for s, is_exact in zip(found.sums, found.exact, strict=True) if not is_exact]
    assert all(bound < kept[1] - SLACK for bound in left_out)


@pytest.mark.parametrize(("most", "first"), [(1, 1), (40, 8), (200, 64), (4096, 64)])
def test_however_much_is_read_bit_by_bit_the_best_is_the_same(
    net: CpuNetwork, most: int, first: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "MOST_COLUMNS", most)
    monkeypatch.setattr(pruning, "FIRST_PASS", first)
    text, wanted = tuple(range(5, 25)), options(Random(8), 120, 60, 5)
    found, passes = searched(net, text, wanted)
    with PrefixCache(net, 1 << 24).read(text) as read:
        whole = [one.with_end for one in scored(net, read, wanted, ENDS)]
    two = np.argsort([-s for s in found.sums])[:2]
    assert [found.sums[place] for place in two] == pytest.approx(
        [whole[place] for place in two], abs=NEAR[net.card.recipe]
    )
    assert min(whole[place] for place in two) > sorted(whole)[-3] - NEAR[net.card.recipe]
    assert all(passes)


def test_the_same_is_read_every_time_and_less_than_all(net: CpuNetwork) -> None:
    text, wanted = tuple(range(5, 25)), options(Random(3), 150, 150, 9)
    one, other = searched(net, text, wanted), searched(net, text, wanted)
    assert one == other
    nodes = {option[: size + 1] for option in wanted for size in range(len(option))}
    assert sum(one[1]) < len(nodes)
    assert sum(one[0].exact) < len(wanted)


def test_passes_leave_room_for_others(net: CpuNetwork) -> None:
    """Other texts may be read between the passes of a search."""
    text, wanted = tuple(range(5, 25)), options(Random(3), 150, 150, 9)
    alone, _ = searched(net, text, wanted)
    cache = PrefixCache(net, 1 << 24)
    with cache.read(text) as read:
        search = best(net, cache, read, wanted, ENDS)
        number = 0
        while True:
            try:
                next(search)
            except StopIteration as end:
                assert end.value == alone
                break
            cache.read((9, 8, 7, number)).release()
            number += 1
