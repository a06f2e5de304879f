"""Recipes: what is made of a model's weights, written after its name as in a web address.

`NAME[:PRECISION][?key=value&…]`, as `smollm2-135m-instruct:int4?prune=2:4`. Cheap to import; next door: `folder.py`
builds what a recipe says, `open.py` reads it off a name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Precision = Literal["int8", "fp32"]
"""How weights are stored: `int8` in blocks of 32 that share a scale, `fp32` as they are."""

PRECISIONS: tuple[Precision, ...] = get_args(Precision)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is made of weights."""

    precision: Precision = "int8"

    @property
    def key(self) -> str:
        """Spell all that what is built depends on."""
        return self.precision


def parted(spec: str) -> tuple[str, Recipe]:
    """Part a model's name from its recipe."""
    name, colon, last = spec.rpartition(":")
    for precision in PRECISIONS:
        if colon and last == precision:
            return name, Recipe(precision)
    return spec, Recipe()
