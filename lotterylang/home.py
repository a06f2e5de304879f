"""Where this user's files lie: models, the parser's table, the journals of runs.

`LOTTERY_HOME` if it is set, else `lotterylang` in the cache folder of the XDG convention. Every room may use this page.
"""

from __future__ import annotations

import os
from pathlib import Path

from lotterylang.syntax.diagnostics import error

VARIABLE = "LOTTERY_HOME"


def home() -> Path:
    """Give the folder; it need not exist yet. Errors: LOT-E0701 where the user has no home folder."""
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return Path(chosen).expanduser()
    cache = os.environ.get("XDG_CACHE_HOME")
    if cache:
        return Path(cache) / "lotterylang"
    try:
        return Path.home() / ".cache" / "lotterylang"
    except RuntimeError:
        raise error("LOT-E0701", "there is no home folder for the cache", help=f"set {VARIABLE}") from None
