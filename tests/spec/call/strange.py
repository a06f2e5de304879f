"""Functions with types that can't be read, and with names that are taken."""

from dataclasses import dataclass


@dataclass
class Item:
    name: str


def weight(item: Item) -> int:
    return 1


def several(*items: str) -> int:
    return 1


def max(item: str) -> int:
    return 1


def match(item: str) -> int:
    return 1


def Given(item: str) -> int:  # noqa: N802
    return 1


def taken(item: str) -> int:
    return 1


def named(ownItem: str) -> int:  # noqa: N803
    return 1
