"""Effect paths: where in a run an effect happens, by the program's structure and never by time.

`answer/for[3]/think/ask#2` is the second ASK in the first call of `think` in the body at position 3 of the first `for`
of `answer`. Journal, seeds, reply scripts and `why` all speak of these paths.
"""

from __future__ import annotations

import hashlib
import re


class Path:
    """One segment and what it stands under. Written out only when it is asked for."""

    __slots__ = ("counts", "parent", "segment")

    def __init__(self, segment: str, parent: Path | None = None) -> None:
        self.segment = segment
        self.parent = parent
        self.counts: dict[str, int] = {}

    def __str__(self) -> str:
        segments = []
        path: Path | None = self
        while path is not None:
            segments.append(path.segment)
            path = path.parent
        return "/".join(reversed(segments))

    def occurrence(self, name: str) -> int:
        """Count one more occurrence of a name directly under this path, from 1."""
        count = self.counts.get(name, 0) + 1
        self.counts[name] = count
        return count

    def call(self, name: str) -> Path:
        """Enter a function: `think`, the second time `think#2`."""
        count = self.occurrence(name)
        return Path(name if count == 1 else f"{name}#{count}", self)

    def effect(self, name: str) -> str:
        """Name the next effect of a kind: `…/ask#2`."""
        return f"{self}/{name}#{self.occurrence(name)}"


_NUMBER = re.compile(r"([0-9]+)")


def in_program_order(path: str) -> list[list[str | int]]:
    """Give a key that sorts paths by segment, `ask#10` after `ask#2`, whatever order they arrived in."""
    return [[int(part) if part.isdigit() else part for part in _NUMBER.split(s) if part] for s in path.split("/")]


def seed_at(seed: int, path: str) -> int:
    """Give the seed of a sampled call: a hash of the run's seed and the call's path, 0 to 2⁶³ − 1."""
    digest = hashlib.sha256(f"{seed}:{path}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1
