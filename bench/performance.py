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

from bench import qa, results
from bench.engine import __main__ as engine
from bench.fork import __main__ as fork
from bench.knowledge import __main__ as knowledge

TEMPLATE = Path(__file__).parent / "performance.md"
PAGE = Path(__file__).parent.parent / "docs" / "performance.md"

WHOLE: dict[str, ModuleType] = {"fork": fork, "qa": qa}
"""Benches that have one place, for all that they measured."""

IN_PARTS: dict[str, dict[str, ModuleType]] = {
    "engine": engine.PARTS,
    "engine-cuda": engine.PARTS,
    "knowledge": knowledge.PARTS,
    "knowledge-cuda": knowledge.PARTS,
}
"""Benches that have a place for each part."""


def page() -> str:
    """Write the page as the template and the results have it."""
    return filled(TEMPLATE.read_text(encoding="utf-8"))


def filled(text: str) -> str:
    """Put figures in the places of a text. Errors: ValueError for a place of a bench or a part that there is not."""
    return re.sub(r"^\{\{(.*)\}\}$", lambda found: _place(found[1]), text, flags=re.MULTILINE)


def _place(place: str) -> str:
    """Write what stands at a place: one part of a bench, or all of it as one table."""
    bench, _, part = place.partition(".")
    module = IN_PARTS.get(bench, {}).get(part) if part else WHOLE.get(bench)
    if module is None:
        raise ValueError(f"no bench has the place {{{{{place}}}}}")
    kept = results.load(bench)
    if part:
        kept = {part: kept[part]} if part in kept else {}
    if not kept:
        return f"Not measured yet: `python -m bench.{bench}`."
    figures: Any = kept[part]["figures"] if part else {name: each["figures"] for name, each in kept.items()}
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
