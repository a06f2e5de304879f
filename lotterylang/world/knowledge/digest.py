"""Digests: what identifies a row, and sums of them, which identify many rows in any order.

Next door: `store.py` writes them; `vectors.py` and `integrity.py` see that they still hold.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

RING = 1 << 128
"""Sums of digests are taken modulo this: they say the same whatever the order in which rows came and went."""


def digest_of(*parts: object) -> bytes:
    """Give 16 bytes that identify numbers, texts and bytes together."""
    found = hashlib.blake2b(digest_size=16)
    for part in parts:
        # names of files are any bytes
        held = part if isinstance(part, bytes) else str(part).encode("utf-8", "surrogatepass")
        found.update(len(held).to_bytes(8, "little") + held)
    return found.digest()


def as_number(digest: bytes) -> int:
    """Give a digest as a number, to be summed."""
    return int.from_bytes(digest, "little")


def identified(name: str, hash: str) -> int:
    """Give what a document adds to the sum of them."""
    return as_number(digest_of(name, hash))


def summed(numbers: Iterable[int]) -> int:
    """Add up what identifies rows."""
    return sum(numbers) % RING
