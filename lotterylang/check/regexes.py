"""Patterns of `matches`: what is wrong with one that is known before the run.

The model is held to a pattern by one engine and the prelude judges it by another, so only what both read alike will do:
no look-around, no back-references, no anchors. Next door: `run/shapes.py` says the same of `Free.patterns`.
"""

from __future__ import annotations

import re

_WHOLE = "leave it out: a pattern is always about the whole text"
_REFUSED = (
    (re.compile(r"\(\?(?:=|!|<=|<!)"), "looks around", "write what the text itself must be"),
    (re.compile(r"\\[1-9]|\(\?P="), "refers back to a group", "write the part out again"),
    (re.compile(r"\(\?P?<|\(\?P"), "names a group", "write `( … )`"),
    (re.compile(r"\\[AZzbBG]"), "has an anchor", _WHOLE),
    (re.compile(r"\(\?[a-zA-Z]"), "sets a flag", "write the letters that may stand there, `[aA]`"),
)
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")
_ESCAPE = re.compile(r"\\[^1-9AZzbBG]")


def problem_of(pattern: str) -> tuple[str, str] | None:
    """Say what is wrong with a pattern, and what to write; None if it will do."""
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as problem:
        return f"the pattern can't be read: {problem}", "see `lot explain LOT-E0419` for what may stand in it"
    bare = _CLASS.sub("x", _ESCAPE.sub("x", pattern))
    for found, what, help in _REFUSED:
        if found.search(bare):
            return f"the pattern {what}", help
    if "^" in bare or "$" in bare:
        return "the pattern has an anchor", _WHOLE
    return None
