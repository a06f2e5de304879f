"""Filters: what metadata must be in, a condition of SQL out. Next door: `store.py` and `words.py` ask by it."""

from __future__ import annotations

import json

from lotterylang.world.knowledge.document import Between, Scalar, Where, unkeepable

_HELD = "SELECT document FROM marks WHERE key = ?"


def conditions(where: Where) -> tuple[str, list[Scalar]]:
    """Give what must hold of a row with a column `document`, as SQL with its values. Keys are values too, never SQL."""
    told: list[str] = ["1"]
    values: list[Scalar] = []
    for key, wanted in where.items():
        if unkeepable(key):  # no document has such a one
            condition, given = "0", list[Scalar]()
        elif isinstance(wanted, Between):
            condition, given = _between(key, wanted)
        else:
            condition, given = _any_of(key, list(wanted) if isinstance(wanted, list | tuple) else [wanted])
        told.append(f"({condition})")
        values += given
    return " AND ".join(told), values


def _any_of(key: str, several: list[Scalar]) -> tuple[str, list[Scalar]]:
    """Say that a value is one of some. They go as one list, since SQLite joins no more than 1,000 conditions.

    Fractions do not: SQLite reads the last digit of one in JSON otherwise than Python.
    """
    known = [one for one in several if one is not None and not unkeepable(one)]  # no document has such a one
    fractions = [one for one in known if isinstance(one, float)]
    ways = [f"document IN ({_HELD} AND value IN (SELECT value FROM json_each(?)))"]
    values: list[Scalar] = [key, json.dumps([one for one in known if not isinstance(one, float)])]
    if fractions:
        ways.append(f"document IN ({_HELD} AND value IN ({', '.join('?' for _ in fractions)}))")
        values += [key, *fractions]
    if None in several:
        ways.append(f"document NOT IN ({_HELD} AND value IS NOT NULL)")
        values.append(key)
    return " OR ".join(ways), values


def _between(key: str, wanted: Between) -> tuple[str, list[Scalar]]:
    """Say that a value is there, and between two texts if it is one: SQLite orders texts by code points."""
    ends = [(sign, end) for sign, end in ((">=", wanted.low), ("<=", wanted.high)) if end and not unkeepable(end)]
    texts = " AND ".join(["1", *(f"value {sign} ?" for sign, _ in ends)])
    held = f"{_HELD} AND value IS NOT NULL AND (typeof(value) <> 'text' OR ({texts}))"
    return f"document IN ({held})", [key, *(end for _, end in ends)]
