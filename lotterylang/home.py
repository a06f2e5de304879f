"""Where this user's files lie: models, indexes, the parser's table, the journals of runs; and whose turn it is there.

`LOTTERY_HOME` if it is set, else `lotterylang` in the cache folder of the XDG convention. Every room may use this page.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import BinaryIO

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


def lock_file(name: str) -> BinaryIO:
    """Open the file that is held for what has this name; it stays, since whoever removed it would let two in.

    Errors: OSError.
    """
    folder = home()
    folder.mkdir(parents=True, exist_ok=True)
    return (folder / f".{name}.lock").open("a+b")


def hold(handle: int, *, wait: bool = True) -> bool:
    """Hold an open file: others that ask for it wait until it is closed, or its process has died, however it died.

    Without `wait` tell at once whether it is held. Errors: OSError where the file system has no locks.
    """
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(handle, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
    else:
        import fcntl

        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
