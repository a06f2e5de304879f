"""Filters: what metadata must be in, a condition of SQL out. Next door: `store.py` and `words.py` ask by it."""

from __future__ import annotations

from lotterylang.world.knowledge.document import Scalar, Where, unkeepable


def conditions(where: Where) -> tuple[str, list[Scalar]]:
    """Give what must hold of a row with a column `document`, as SQL with its values. Keys are values too, never SQL."""
    told, values = ["1"], []
    for key, wanted in where.items():
        several = list(wanted) if isinstance(wanted, list | tuple) else [wanted]
        several = [one for one in several if not (unkeepable(key) or unkeepable(one))]  # no document has such a one
        held = "SELECT document FROM marks WHERE key = ?"
        ways = [f"document IN ({held} AND value IS ?)" for _ in several]
        ways += [f"document NOT IN ({held})" for one in several if one is None]
        told.append(f"({' OR '.join(ways) or '0'})")
        values += [part for one in several for part in (key, one)] + [key for one in several if one is None]
    return " AND ".join(told), values
