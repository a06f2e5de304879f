"""Needs: what a search needs of the metadata of documents, as data. Next door: `effects.py` has the search."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

Sign = Literal["==", "!=", "<", "<=", ">", ">=", "in"]

_HOLDS: Mapping[str, Callable[[str, tuple[str, ...]], bool]] = {
    "==": lambda held, values: held == values[0],
    "!=": lambda held, values: held != values[0],
    "<": lambda held, values: held < values[0],
    "<=": lambda held, values: held <= values[0],
    ">": lambda held, values: held > values[0],
    ">=": lambda held, values: held >= values[0],
    "in": lambda held, values: held in values,
}


@dataclass(frozen=True, slots=True)
class Need:
    """What metadata must be at a key: `held sign value`, or `in` any number of values. A key must be there."""

    key: str
    sign: Sign
    values: tuple[str, ...]

    def holds(self, held: str) -> bool:
        """Tell whether a value at the key will do."""
        return _HOLDS[self.sign](held, self.values)
