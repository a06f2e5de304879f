"""The cache folder: where downloaded weights and built graphs stay, on the user's own disk.

Both can be deleted and come back; the user's own names, which lie beside them, do not. A thing appears under its name
only when it is whole: it is written aside, flushed, and renamed. Next door: `source/`, `weights/opening.py`,
`build/folder.py` and `export.py` write.
"""

from __future__ import annotations

import errno
import glob
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lotterylang.home import VARIABLE, hold, home, lock_file
from lotterylang.syntax.diagnostics import LotError, error


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """Give a path beside `target` to write to; when the block ends well, what stands there becomes `target`.

    Whoever calls holds a lock of the target: what a killed process left beside it is removed first.
    Errors: `LOT-E0701` if the folder cannot be written, `LOT-E0702` if the disk is full; nothing is left then.
    """
    aside = target.with_name(f".{target.name}.{os.getpid()}.aside")
    try:
        with told(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            _remove_left(target)
            yield aside
            _flush(aside)
            aside.replace(target)
            _flush_folder(target.parent)
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """Give an empty folder beside `target` to write into; when the block ends well, it becomes `target`.

    Errors: as `whole_file`.
    """
    aside = target.with_name(f".{target.name}.{os.getpid()}.aside")
    try:
        with told(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            _remove_left(target)
            aside.mkdir()
            yield aside
            for inside in sorted(aside.rglob("*")):
                _flush_folder(inside) if inside.is_dir() else _flush(inside)
            _flush_folder(aside)
            aside.rename(target)
            _flush_folder(target.parent)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


@contextmanager
def lock(name: str) -> Iterator[None]:
    """Hold the lock of this name: other processes that ask for it wait. It is released even if the process dies."""
    folder = home()
    with told(folder):
        file = lock_file(name)
    with file:
        with told(folder):
            hold(file.fileno())
        yield  # closing the file releases the lock


@contextmanager
def told(target: Path) -> Iterator[None]:
    """Turn what the system says of a failed write into an error that says what to do. Errors: as `whole_file`."""
    try:
        yield
    except OSError as cause:
        raise _unwritable(target, cause) from cause


def _unwritable(target: Path, cause: OSError) -> LotError:
    if cause.errno in (errno.ENOSPC, errno.EDQUOT):
        return error(
            "LOT-E0702", f"the disk is full: {target} could not be written", help=f"free space or set {VARIABLE}"
        )
    reason = cause.strerror or str(cause)
    return error(
        "LOT-E0701",
        f"the cache cannot be written: {target}: {reason}",
        help=f"set {VARIABLE} to a folder of yours",
    )


def _remove_left(target: Path) -> None:
    """Remove what writers of this target left beside it that were killed."""
    for left in target.parent.glob(f".{glob.escape(target.name)}.*.aside"):
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
