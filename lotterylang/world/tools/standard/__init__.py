"""The tools of `std.tools`, and in which module each is; a module is loaded when one of its tools is.

Next door: `loading.py` looks here. How those fit in that are not built yet:

- `python(code: text) -> text` is a function like the others, in a worker: Monty, fresh for each call, without mounts.
- `wikipedia(title: text) -> text` asks for `Hosts` and reads as `http.py` does; the grant is `en.wikipedia.org`.
- `search` needs an index, which is another room's: the shell closes over one, and gives the function to
  `Definition.of`, marked `here`.
- A server of MCP is a process that speaks: its client is a `State` in a worker, its leave the `Commands` that start it,
  and its signatures come of JSON schemas instead of annotations, as a second way to make a `Signature`.
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
    "commands": ("run",),
    "http": ("http",),
    "tictactoe": ("tictactoe_start", "tictactoe_play"),
}

WHERE: Mapping[str, str] = {name: module for module, names in _MODULES.items() for name in names}
"""The module of each tool."""

LATER: Mapping[str, str] = {
    "python": "write the step as a function of the language",
    "search": "use `FIND k in index for …`",
    "wikipedia": "use an index over a file",
}
"""Tools that have a name but nothing behind it yet, and what to do meanwhile."""
