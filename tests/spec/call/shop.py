"""Functions that `listed.lot` lists; nothing of this file is ever run."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Annotated, Literal, Optional

raise SystemExit("whoever runs this file has not only read it")


def price(item: str, count: int = 1, note: str = "", *, size: Literal["small", "large"] = "small") -> float:
    """Give the price of an item of the shop."""
    return 3.0 * count


def stock(items: Sequence[Annotated[str, "an item"]]) -> dict[str, int]:
    """Count what is there."""
    return {}


def order(item: "str", day: Optional[str] = None, rest: int | None = None, when: int = len("now")) -> None:  # noqa: UP037, UP045
    """Order an item."""


def _secret(item: str) -> str:
    return item


def without_types(item):  # type: ignore[no-untyped-def]
    return item


async def later(item: str) -> str:
    return item


class Colour(enum.Enum):
    red = "red"
