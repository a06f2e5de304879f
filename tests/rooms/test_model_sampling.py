"""What is taken is what a plain reading of the rule takes, however few of the tokens were put in order."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotterylang.run.effects import Sampling
from lotterylang.world.model.constraint.legal import Legal, few
from lotterylang.world.model.decoding import sampling
from lotterylang.world.model.decoding.sampling import Sampler


def plainly(log_probs: np.ndarray, legal: list[int], wanted: Sampling, point: float) -> int:
    """Draw as the specification says it: order, sum, cut at top_p, draw."""
    if wanted.temperature <= 0:
        return max(legal, key=lambda id: (log_probs[id], -id))
    order = sorted(legal, key=lambda id: (-log_probs[id], id))
    weights = [math.exp((float(log_probs[id]) - float(log_probs[order[0]])) / wanted.temperature) for id in order]
    heap = np.cumsum(np.array(weights) / sum(weights))
    kept = min(int(np.searchsorted(heap, wanted.top_p)) + 1, len(order))
    return order[min(int(np.searchsorted(heap, point * heap[kept - 1], side="right")), kept - 1)]


@settings(deadline=None, max_examples=200)
@given(
    st.integers(0, 2**32),
    st.sampled_from([0.0, 0.3, 1.0, 3.0]),
    st.sampled_from([0.1, 0.9, 0.999, 1.0]),
    st.sampled_from([1, 2, 7, 60]),
    st.booleans(),
)
@pytest.mark.parametrize("depths", [(4.0, 12.0, np.inf), (0.5, 1.0, np.inf)])
def test_a_token_is_taken_by_the_rule(
    depths: tuple[float, ...], seed: int, temperature: float, top_p: float, count: int, is_mask: bool
) -> None:
    random = np.random.default_rng(seed)
    log_probs = np.round(random.standard_normal(80) * 2 - 4, 1).astype(np.float32)  # rounded, so that some are equal
    chosen = sorted(random.choice(80, count, replace=False).tolist())
    mask = np.zeros(80, np.bool_)
    mask[chosen] = True
    legal = Legal(count, mask=mask) if is_mask else few(chosen)
    wanted = Sampling(temperature, top_p, seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sampling, "_DEPTHS", depths)
        taken = Sampler(wanted).take(log_probs, legal)
    point = np.random.Generator(np.random.Philox(key=seed)).random()
    assert taken.token == plainly(log_probs, chosen, wanted, point)
    assert taken.log_prob == log_probs[taken.token]
    others = [float(log_probs[id]) for id in chosen if id != taken.token]
    assert taken.margin == (pytest.approx(taken.log_prob - max(others), abs=1e-5) if others else None)
    weights = np.exp(log_probs[chosen].astype(np.float64))
    weights /= weights.sum()
    assert taken.entropy == pytest.approx(-(weights * np.log(weights)).sum(), abs=1e-4)


def test_a_forced_token_costs_a_draw_like_any_other() -> None:
    log_probs = np.log(np.full(9, 1 / 9, np.float32))
    one, other = Sampler(Sampling(1.0, seed=5)), Sampler(Sampling(1.0, seed=5))
    one.take(log_probs, few([3]))
    other.take(log_probs, few(range(9)))
    assert one.take(log_probs, few(range(9))) == other.take(log_probs, few(range(9)))
