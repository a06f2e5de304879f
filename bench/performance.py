"""The performance page: hand-written text with places for figures in, `docs/performance.md` out.

python -m bench.performance. `bench/performance.md` is the text; `{{engine.speed}}` on a line of its own stands for that
part of `bench/results/engine.json`, as the bench itself writes it as a table, with what falls short of its bars.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from bench import results
from bench.engine import __main__ as engine
from bench.fork import __main__ as fork

TEMPLATE = Path(__file__).parent / "performance.md"
PAGE = Path(__file__).parent.parent / "docs" / "performance.md"


def page() -> str:
    """Write the page as the template and the results have it."""
    text = TEMPLATE.read_text(encoding="utf-8")
    return re.sub(r"^\{\{(\w+)(?:\.(\w+))?\}\}$", lambda found: _place(*found.groups()), text, flags=re.MULTILINE)


def _place(bench: str, part: str | None) -> str:
    """Write what stands at a place: one part of a bench, or all of it as one table."""
    kept = results.load(bench)
    if part is not None:
        kept = {part: kept[part]} if part in kept else {}
    if not kept:
        return f"Not measured yet: `python -m bench.{bench}`."
    module: ModuleType = fork if part is None else engine.PARTS[part]
    figures: Any = {name: each["figures"] for name, each in kept.items()} if part is None else kept[part]["figures"]
    about = next(iter(kept.values()))
    short = "; ".join(bar.told for bar in module.bars(figures) if not bar.is_met)
    lines = [markdown(module.rows(figures)), "", f"{about['date']}, {about['machine']}, `{about['command']}`."]
    return "\n".join([*lines, f"Short of its bar: {short}."] if short else lines)


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """Write rows of the same length as a table; the first row is the head."""
    head, *body = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([head, "|" + "---|" * len(rows[0]), *body])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE)
