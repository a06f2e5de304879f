"""The tools of `std.tools`, and in which module each is; a module is loaded when one of its tools is.

Next door: `loading.py` looks here.
"""

from __future__ import annotations

from collections.abc import Mapping

PREFIX = "std.tools."

_MODULES = {
    "calculator": ("calculate",),
    "dates": ("now", "today", "days_between", "add_days", "add_months", "weekday"),
    "texts": (
        "same",
        "length",
        "count_words",
        "count_of",
        "upper",
        "lower",
        "reverse",
        "replace",
        "split",
        "sort_lines",
    ),
    "statistics": ("total", "mean", "median", "deviation", "quantile", "correlation"),
    "files": ("read_file", "list_files", "write_file"),
    "sql": ("sql",),
    "python": ("python",),
    "commands": ("run",),
    "http": ("http",),
    "wikipedia": ("wikipedia",),
    "tictactoe": ("tictactoe_start", "tictactoe_play"),
}

WHERE: Mapping[str, str] = {name: module for module, names in _MODULES.items() for name in names}
"""The module of each tool."""

OF_INDEXES = ("search",)
"""Tools that are told which index they search; whoever opens an index answers their calls."""
