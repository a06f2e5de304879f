"""Where this user's files lie: models, the parser's table, the journals of runs.

`LOTTERY_HOME` if it is set, else `lotterylang` in the cache folder of the XDG convention.
"""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """Give the folder; it need not exist yet."""
    chosen = os.environ.get("LOTTERY_HOME")
    if chosen:
        return Path(chosen).expanduser()
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "lotterylang"
