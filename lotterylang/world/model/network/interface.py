"""The network: token ids and the memory of earlier ones in, hidden states and log-probabilities out.

What the engine asks of a built model, wherever it runs. A *memory* holds keys and values of every layer; a pass reads
it and appends to it in place; positions beyond a row's length are junk and never read. Next door: `cpu.py` and
`cuda.py` are networks, `opening.py` picks one; `prefix/`, `scoring/` and `decoding/` decide what to run.
"""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from lotterylang.world.model.arrays import Floats, Ids
from lotterylang.world.model.build.card import Card

LONGEST_PASS = 256
"""Positions of one pass on a CPU, an even number. Longer ones are slower: attention then computes more that is hidden,
in less of the cache. Results do not depend on it."""

MOST_ROWS = 24
"""Rows of one step on a CPU. More give 2 % more tokens a second, and take the memory of as many prompts."""

MOST_BYTES = 1 << 30
"""Memory of the rows of a batch and of their prompts on a CPU."""

LONGEST_HEAD = 64
"""Rows of one pass of the head, each as wide as the vocabulary."""


class Memory(Protocol):
    """Keys and values that a network made, for some rows of some positions."""

    @property
    def capacity(self) -> int:
        """Give the positions that a row has room for."""

    @property
    def nbytes(self) -> int:
        """Give its size in bytes."""

    def copy(self, source: Any, row: int, to: int, length: int, start: int = 0, at: int = 0) -> None:
        """Copy positions of a row of a memory of the same network, from `start` there to `at` in row `to` here."""


class Network(Protocol):
    """An opened model. Not thread-safe: one worker calls it."""

    @property
    def card(self) -> Card:
        """Give what is known of the model without opening it."""

    @property
    def processor(self) -> str:
        """Name the kind of processor and runtime, on which the last bits of a result depend."""

    @property
    def bytes_per_position(self) -> int:
        """Give the size of one remembered position."""

    @property
    def bytes_per_slot_position(self) -> int:
        """Give the size of one position of a slot."""

    @property
    def most_bytes(self) -> int:
        """Give the memory that rows and their prompts may take together: beyond it no row joins; one always may."""

    @property
    def reads_whole(self) -> bool:
        """Tell whether the last bits of a text depend on how it is split into calls, so that it is read in one."""

    @property
    def reads_alike(self) -> bool:
        """Tell whether a text has the same bits in `branch` as in `extend`, so that one pass may read it and a trie."""

    @property
    def is_local(self) -> bool:
        """Tell whether a position may see only those near it: then a trie is to be read in one pass, since columns of
        earlier ones count as positions of their own number."""

    @property
    def most_rows(self) -> int:
        """Tell how many rows a step has at most: more of them cost memory and gain nothing."""

    def memory(self, rows: int, capacity: int) -> Memory:
        """Make room for rows of at least `capacity` positions."""

    def slots(self, rows: int, capacity: int) -> Memory:
        """Make room for rows that are decoded side by side: what was read is copied there, perhaps less exactly."""

    def compact(self, length: int) -> Memory:
        """Make a memory of one row and no more positions than needed, to keep what was read: nothing runs on it."""

    def extend(self, memory: Any, past: int, ids: list[int]) -> Floats:
        """Read ids after the `past` positions of a one-row memory; give the hidden state of the last of them.

        The memory needs room for `even(len(ids))` positions more. Shapes: -> (width).
        """

    def branch(self, memory: Any, past: int, ids: Ids, positions: Ids, bias: Floats) -> Floats:
        """Read ids after the `past` positions of a one-row memory, each seeing what `bias` lets it see.

        The memory needs room for `even(n)` more. Shapes: ids, positions (n); bias (n, past + n) -> (n, width).
        """

    def step(self, memory: Any, lengths: Ids, ids: Ids, rows: list[int]) -> Floats:
        """Read one id more in each of the first rows of slots; give the log-probabilities of what follows in some.

        Shapes: lengths, ids (B); rows (n) -> (n, vocabulary).
        """

    def log_probs(self, hidden: Floats) -> Floats:
        """Give the log-probability of every token. Shapes: (n, width) -> (n, vocabulary). Cost: n ≤ `LONGEST_HEAD`."""


@runtime_checkable
class Follows(Protocol):
    """A network that reads several tokens of one row of many sooner than it steps through them with the others."""

    def follow(self, memory: Any, row: int, past: int, ids: list[int]) -> Floats:
        """Read ids after the `past` positions of a row; give the log-probabilities after each of them.

        The memory needs room for `even(n)` positions more. Shapes: -> (n, vocabulary), n ≤ `LONGEST_HEAD`.
        """


def even(count: int) -> int:
    """Round up to an even number.

    ONNX Runtime computes a position that is left over alone with another kernel, whose last bits differ: measured where
    a pass of one row has one position more than a multiple of 32 or 128. A pass with an even number has none left over.
    """
    return count + count % 2
