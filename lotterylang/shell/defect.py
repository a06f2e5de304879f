"""Defects of our own: written to a file that can be sent, and said as a diagnostic. A traceback is never shown."""

from __future__ import annotations

import traceback

from lotterylang.home import home
from lotterylang.syntax.diagnostics import LotError, error


def described(defect: Exception) -> LotError:
    """Write a defect of our own where it can be sent from, and say so: a person never sees the traceback."""
    path = home() / "defect.txt"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(traceback.format_exception(defect)), encoding="utf-8")
        hint = f"please report it with the file `{path}`"
    except OSError:
        hint = "please report it; set LOT_DEBUG=1 to see where it happened"
    return error("LOT-E0999", f"a defect of LotteryLang: {type(defect).__name__}", help=hint)
