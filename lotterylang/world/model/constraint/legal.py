"""Legal tokens: a mask of llguidance or a list of ids in, what a sampler needs to know of them out.

A few tokens are held as their ids, many as a mask: picking 49,000 values by their ids takes longer than hiding 100. The
same mask comes again and again inside a text, so masks are read once.
Next door: `matcher.py` and `closed.py` say what is legal; `decoding/sampling.py` takes one of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lotterylang.world.model.arrays import Floats, Ids

FEW = 2048
"""Tokens up to which their ids are held. Measured: from about there on a mask is faster."""

_KEPT = 64  # masks, of 50 kB each

Mask = NDArray[np.bool_]

HIDDEN = np.float32(-1e30)
"""What stands for a token that is not legal: like minus infinity, but 0 times it is 0."""


@dataclass(frozen=True, slots=True, eq=False)
class Legal:
    """The tokens that may come: `ids`, sorted, or a `mask` over the first tokens of the vocabulary.

    Where the mask leaves out few, `hidden` lists them.
    """

    count: int
    ids: Ids | None = None
    mask: Mask | None = None
    hidden: Ids | None = None

    def values(self, log_probs: Floats) -> Floats:
        """Give what is known of the legal tokens, in an array of its own.

        Shapes: (vocabulary) -> (count), or (vocabulary) with `HIDDEN` for what is not legal.
        """
        if self.ids is not None:
            return log_probs[self.ids]
        assert self.mask is not None
        size = min(len(self.mask), len(log_probs))
        if self.hidden is not None:
            values = log_probs.copy()
            values[size:] = HIDDEN
            values[self.hidden] = HIDDEN
            return values
        values = np.full(len(log_probs), HIDDEN)
        np.copyto(values[:size], log_probs[:size], where=self.mask[:size])
        return values

    def token(self, place: int) -> int:
        """Give the token that stands at a place of `values`."""
        return place if self.ids is None else int(self.ids[place])


def few(ids: Any) -> Legal:
    """Make a choice of tokens given by their ids, sorted."""
    held = np.asarray(ids, np.int64)
    return Legal(len(held), ids=held)


@lru_cache(maxsize=_KEPT)
def of_bits(packed: bytes, vocabulary: int) -> Legal:
    """Read a mask of one bit a token, least significant bit first."""
    bits = np.frombuffer(packed, np.uint8)
    count = int(np.bitwise_count(bits).sum())
    if count > FEW:
        mask = np.unpackbits(bits, bitorder="little")[:vocabulary].view(np.bool_)
        return Legal(count, mask=mask, hidden=np.flatnonzero(~mask) if len(mask) - count <= FEW else None)
    used = np.flatnonzero(bits)
    which, bit = np.nonzero(np.unpackbits(bits[used], bitorder="little").reshape(-1, 8))
    ids = used[which] * 8 + bit
    return few(ids[ids < vocabulary])
