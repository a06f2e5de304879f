"""Files in granted folders: read, list, write. Nothing outside of them is reached, whatever a path says.

A path is walked from the granted folder name by name, each opened in the one before and none through a symlink, so
that nobody can change the way while it is walked. Only plain files are read; a hard link is one, since nothing tells it
from the file itself. Next door: `leaves.py` compares paths.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from secrets import token_hex

from lotterylang.world.tools.definition import tool
from lotterylang.world.tools.leaves import Folders
from lotterylang.world.tools.refusal import Refused, shortened

MOST_BYTES = 1_000_000
"""The largest file that is read or written."""

MOST_NAMES = 2_000
"""Names of one folder that are listed."""

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_PLAIN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
"""A pipe without a writer would wait for ever: it is opened without waiting, and then refused."""


@tool(acts=False)
def read_file(path: str, folders: Folders) -> str:
    """Read a file of text (UTF-8) in a granted folder."""
    with _within(folders, path) as (folder, names):
        if not names:
            raise Refused("Denied", f"`{shortened(path)}` is a folder")
        with _opened(path, names[-1], _PLAIN, folder) as file:
            _see_plain(file, path)
            data = _read(file)
    if len(data) > MOST_BYTES:
        raise Refused("ToolFailed", f"`{shortened(path)}` has more than {MOST_BYTES:,} bytes")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("ToolFailed", f"`{shortened(path)}` is no text in UTF-8") from None


@tool(acts=False)
def list_files(folder: str, folders: Folders) -> list[str]:
    """List the names in a granted folder, sorted; a folder ends with `/`. Symlinks and devices are left out."""
    with _within(folders, folder) as (parent, names):
        if not names:
            return _names(parent)
        with _opened(folder, names[-1], _FOLDER, parent) as found:
            return _names(found)


@tool()
def write_file(path: str, content: str, folders: Folders) -> bool:
    """Write a file of text in a granted folder, whole or not at all; true where there was none before."""
    data = content.encode("utf-8")
    if len(data) > MOST_BYTES:
        raise Refused("ToolFailed", f"a file has at most {MOST_BYTES:,} bytes")
    with _within(folders, path) as (folder, names):
        if not names:
            raise Refused("Denied", f"`{shortened(path)}` is a folder")
        there = True
        try:
            mode = os.stat(names[-1], dir_fd=folder, follow_symlinks=False).st_mode
            if not stat.S_ISREG(mode):
                raise Refused("Denied", f"`{shortened(path)}` is no plain file")
        except FileNotFoundError:
            there = False
        _replace(folder, names[-1], data)
    return not there


def _replace(folder: int, name: str, data: bytes) -> None:
    """Write beside the file, then rename: what had another name for it (a hard link) keeps what it had."""
    aside = f".{token_hex(8)}.part"
    file = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644, dir_fd=folder)
    try:
        try:
            while data:
                data = data[os.write(file, data) :]
            os.fsync(file)
        finally:
            os.close(file)
        os.rename(aside, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(aside, dir_fd=folder)
        raise


@contextmanager
def _within(folders: Folders, path: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Open the folder that a path's last name is in. Errors: Refused Denied, NotFound."""
    root, names = folders.place(path)
    try:
        folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise _no_folder(path) from None
    except OSError as problem:
        raise _refused(problem, path) from None
    try:
        for name in names[:-1]:
            try:
                inner = os.open(name, _FOLDER, dir_fd=folder)
            except FileNotFoundError:
                raise _no_folder(path) from None
            except OSError as problem:
                raise _refused(problem, path) from None
            os.close(folder)
            folder = inner
        yield folder, names
    finally:
        os.close(folder)


@contextmanager
def _opened(path: str, name: str, flags: int, folder: int) -> Iterator[int]:
    try:
        file = os.open(name, flags, dir_fd=folder)
    except OSError as problem:
        raise _refused(problem, path) from None
    try:
        yield file
    finally:
        os.close(file)


def _no_folder(path: str) -> Refused:
    return Refused("NotFound", f"there is no folder that `{shortened(path)}` could lie in: no tool makes folders")


def _refused(problem: OSError, path: str) -> Refused:
    shown = shortened(path)
    if isinstance(problem, FileNotFoundError):
        return Refused("NotFound", f"there is no `{shown}`")
    return Refused("Denied", f"`{shown}` can't be opened: a symlink, no plain file, or not allowed to this user")


def _see_plain(file: int, path: str) -> None:
    if not stat.S_ISREG(os.fstat(file).st_mode):
        raise Refused("Denied", f"`{shortened(path)}` is no plain file")


def _read(file: int) -> bytes:
    """Read to the end, or one byte past the limit: a file may say another size than it has."""
    found = bytearray()
    while len(found) <= MOST_BYTES and (part := os.read(file, MOST_BYTES + 1 - len(found))):
        found += part
    return bytes(found)


def _names(folder: int) -> list[str]:
    found: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if len(found) >= MOST_NAMES:
                raise Refused("ToolFailed", f"the folder has more than {MOST_NAMES:,} names")
            if entry.is_dir(follow_symlinks=False):
                found.append(f"{entry.name}/")
            elif entry.is_file(follow_symlinks=False):
                found.append(entry.name)
    return sorted(name for name in found if name.isprintable())
