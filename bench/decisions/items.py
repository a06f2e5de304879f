"""Items: material and a seed in, questions with known answers out.

An item is what one call sees: the values of a prompt's `${}` slots, the options with slots of their own, and which is
right. The material of every decision is in two halves, one for development and one that no asking was tuned on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TypeVar

T = TypeVar("T")

DEVELOPMENT = 0
"""The seed whose items askings were chosen on; every other seed draws from the half that was held back."""

YES, NO = 0, 1
"""The options of a yes-or-no decision."""


@dataclass(frozen=True)
class Item:
    """One decision to take: `options` are two empty ones where the answer is yes or no. `right` is an index."""

    slots: Mapping[str, str]
    right: int
    kind: str
    options: tuple[Mapping[str, str], ...] = field(default=({}, {}))


Draw = Callable[[Random, int, int], Item]
"""Draws the item at a position: a source of chance, the half of the material, the position (for balance)."""

Rule = Callable[[Item], Sequence[float]]
"""The cheap rule: a score for every option."""


def material(name: str) -> list[str]:
    """Read the lines of `material/<name>.txt`; its first line says how they are made."""
    path = Path(__file__).parent / "material" / f"{name}.txt"
    return path.read_text(encoding="utf-8").splitlines()[1:]


POOLS = {name: values.split(" | ") for name, values in (line.split(": ", 1) for line in material("pools"))}
"""The values of the places in the material."""


def half(material: Sequence[T], part: int) -> Sequence[T]:
    """Give one half of the material: 0 for development, 1 for the figures."""
    return material[part % 2 :: 2]


def drawn(draw: Draw, seed: int, count: int) -> list[Item]:
    """Draw different items. Errors: ValueError where the material does not hold so many."""
    part = 0 if seed == DEVELOPMENT else 1
    random = Random(f"decisions {seed}")
    items: list[Item] = []
    seen: set[str] = set()
    for _ in range(60 * count):
        item = draw(random, part, len(items))
        spelled = repr((sorted(item.slots.items()), sorted(map(repr, item.options))))
        if spelled not in seen:
            seen.add(spelled)
            items.append(item)
        if len(items) == count:
            return items
    raise ValueError(f"the material holds {len(items)} different items of this decision, not {count}")


def filled(template: str, random: Random, part: int) -> str:
    """Fill `{name}` places from one half of the pools; `{city}` and `{city2}` get different values."""
    taken: dict[str, str] = {}
    for name in re.findall(r"\{(\w+)\}", template):
        pool = [value for value in half(POOLS[name.rstrip("0123456789")], part) if value not in taken.values()]
        taken.setdefault(name, random.choice(pool))
    return template.format(**taken)


def words(text: str) -> set[str]:
    """Give the content words of a text, endings cut."""
    found = re.findall(r"[a-z]+|\d+", text.lower())
    return {_stem(word) for word in found if word not in _SMALL}


def overlap(one: str, other: str) -> float:
    """Count the content words that two texts share."""
    return float(len(words(one) & words(other)))


def _stem(word: str) -> str:
    return re.sub(r"(ies|es|s|ing|ed|er)$", "", word) if len(word) > 4 else word


_SMALL = frozenset(POOLS["small_words"])
