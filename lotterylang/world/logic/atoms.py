"""Atoms as rules write them. Next door: `support.py` shows them to people."""

from __future__ import annotations

import json
from collections.abc import Iterable

from lotterylang.run.effects import Symbol, Term


def atom(name: str, row: Iterable[Term]) -> str:
    """Write an atom as rules do: `likes("tea", 3, red)`."""
    parts = ", ".join(part.name if isinstance(part, Symbol) else _plain(part) for part in row)
    return f"{name}({parts})" if parts else name


def _plain(part: str | int) -> str:
    return json.dumps(part, ensure_ascii=False) if isinstance(part, str) else str(part)
