"""When a choice is none: its margin is so small that another wording of the same question chooses otherwise.

A record of the journal in, whether the model could tell. Next door: `why.py` and `screen.py` say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lotterylang.recipe import DICE

CANNOT_TELL = 0.5
"""Nats between the best two options under which the model can't tell them apart. Measured by `bench/margin.py`: under
it more than one of four choices turned over when the question was worded otherwise, and 41 of 92 were right."""


def margin(effect: Mapping[str, Any], reply: Mapping[str, Any], observed: Mapping[str, Any]) -> float | None:
    """Give the margin of a choice: of a CHOOSE, or of an ASK all of whose holes are choices; None for all else.

    Scores a token (`score = "mean"`) are on another scale, for which no threshold was measured.
    """
    if effect.get("per_token"):
        return None
    if reply["kind"] == "chosen":
        best, *others = sorted(reply["scores"], reverse=True)
        return best - others[0] if others else None
    if reply["kind"] != "asked" or effect["sampling"]["temperature"] > 0:
        return None
    holes = [part for _, parts in effect["prompt"] for part in parts if not isinstance(part, str)]
    return observed.get("margin") if holes and all("options" in hole["shape"] for hole in holes) else None


def untold(models: Mapping[str, str], records: Iterable[Mapping[str, Any]]) -> list[tuple[str, float]]:
    """List the choices that the model could not make: paths and margins. Dice are not asked whether they can tell."""
    found = []
    for record in records:
        if models.get(record["effect"].get("model", "")) in DICE:
            continue
        size = margin(record["effect"], record["reply"], record["observed"])
        if size is not None and size < CANNOT_TELL:
            found.append((record["path"], size))
    return found


def as_text(found: list[tuple[str, float]]) -> str:
    """Say it on one line."""
    path, size = found[0]
    if len(found) == 1:
        return f"the model can't tell at {path}: a margin of {size:.2f}, under {CANNOT_TELL}"
    return f"the model can't tell at {len(found)} choices, first at {path}: margins under {CANNOT_TELL}; see `lot why`"
