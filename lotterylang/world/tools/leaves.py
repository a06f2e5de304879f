"""Leaves: folders, files, hosts and commands that a tool may use, resolved once, and compared part by part.

A tool asks for one by a parameter of its type. Next door: `grants.py` makes them of what program and host write.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import ClassVar, Self
from urllib.parse import urlsplit

from lotterylang.world.tools.kinds import Given
from lotterylang.world.tools.refusal import Refused, shortened

Entry = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leave(Given, ABC):
    """What a tool may use; one entry for each text of the grant, in their order."""

    entries: tuple[Entry, ...]

    noun: ClassVar[str]
    example: ClassVar[str]

    @classmethod
    def of(cls, limits: tuple[str, ...], folder: Path) -> Self:
        """Resolve the texts of a grant. Errors: Refused Denied for one that says nothing."""
        return cls(tuple(cls.entry(limit, folder) for limit in limits))

    @classmethod
    @abstractmethod
    def entry(cls, limit: str, folder: Path) -> Entry:
        """Resolve one text. Errors: Refused Denied."""

    @classmethod
    def holds(cls, outer: Entry, inner: Entry) -> bool:
        """Tell whether all that one entry allows, another does."""
        return outer == inner


@dataclass(frozen=True, slots=True)
class Folders(Leave):
    """Folders: each as it is written and as it is, symlinks resolved when the grant was made."""

    noun: ClassVar[str] = "folder"
    example: ClassVar[str] = "out/"

    @classmethod
    def entry(cls, limit: str, folder: Path) -> Entry:
        """Resolve one text. Errors: Refused Denied."""
        _see_path(limit)
        written = os.path.normpath(folder / limit)
        return (str(folder), written, os.path.realpath(written))

    @classmethod
    def holds(cls, outer: Entry, inner: Entry) -> bool:
        """Tell whether one lies inside of the other."""
        return Path(inner[2]).is_relative_to(outer[2])

    def place(self, path: str) -> tuple[str, tuple[str, ...]]:
        """Give the granted folder that a path lies in, and the names from there. Errors: Refused Denied.

        A path that climbs is refused even where it would come back, so that a folder's name can't be probed.
        """
        _see_path(path)
        if ".." in PurePosixPath(path).parts:
            raise Refused("Denied", f"`{shortened(path)}` climbs out of its folder with `..`")
        for folder, written, real in self.entries:
            whole = Path(os.path.normpath(Path(folder) / path))
            if whole.is_relative_to(written):
                return real, whole.relative_to(written).parts
        named = ", ".join(f"`{self._shown(entry)}`" for entry in self.entries)
        raise Refused("Denied", f"`{shortened(path)}` lies outside of {named}, which is all that is granted")

    @staticmethod
    def _shown(entry: Entry) -> str:
        return os.path.relpath(entry[1], entry[0]) if Path(entry[1]).is_relative_to(entry[0]) else entry[1]


@dataclass(frozen=True, slots=True)
class Files(Leave):
    """Single files: the path from the folder, and as it is."""

    noun: ClassVar[str] = "file"
    example: ClassVar[str] = "sales.db"

    @classmethod
    def entry(cls, limit: str, folder: Path) -> Entry:
        """Resolve one text. Errors: Refused Denied."""
        _see_path(limit)
        return (limit, os.path.realpath(folder / limit))

    @classmethod
    def holds(cls, outer: Entry, inner: Entry) -> bool:
        """Tell whether one lies inside of the other."""
        return Path(inner[1]).is_relative_to(outer[1])


@dataclass(frozen=True, slots=True)
class Hosts(Leave):
    """Servers: scheme, name, port. `https` and its port unless the grant says more."""

    noun: ClassVar[str] = "host"
    example: ClassVar[str] = "api.example.org"

    @classmethod
    def entry(cls, limit: str, folder: Path) -> Entry:
        """Resolve one text. Errors: Refused Denied."""
        scheme, name, port, rest = address(limit if "://" in limit else f"https://{limit}")
        if rest not in ("", "/"):
            raise Refused("Denied", f"`{shortened(limit)}` is no host: write `{name}` without a path")
        return (scheme, name, str(port))


@dataclass(frozen=True, slots=True)
class Commands(Leave):
    """Commands, whole: where the program lies ("" for one that is not on this machine), then its words. No shell."""

    noun: ClassVar[str] = "command"
    example: ClassVar[str] = "git log --oneline"

    @classmethod
    def entry(cls, limit: str, folder: Path) -> Entry:
        """Resolve one text. Errors: Refused Denied."""
        try:
            words = shlex.split(limit)
        except ValueError:
            words = []
        if not words:
            raise Refused("Denied", f"`{shortened(limit)}` is no command")
        found = str(folder / words[0]) if "/" in words[0] else shutil.which(words[0], path=search_path())
        is_here = found is not None and os.access(found, os.X_OK)
        return (os.path.realpath(found) if is_here and found else "", str(folder), *words)

    def named(self, words: Sequence[str]) -> Entry:
        """Give the granted command of these words. Errors: Refused Denied for another, in any word."""
        for entry in self.entries:
            if entry[2:] == tuple(words) and not entry[0]:
                raise Refused("Denied", f"the granted command `{shortened(words[0])}` is not on this machine")
            if entry[2:] == tuple(words):
                return entry
        listed = ", ".join(f"`{shortened(' '.join(granted))}`" for _, _, *granted in self.entries)
        raise Refused("Denied", f"`{shortened(' '.join(words))}` is not granted, word by word: {listed}")


LEAVES: Mapping[str, type[Leave]] = {kind.noun: kind for kind in (Folders, Files, Hosts, Commands)}
"""Every kind of leave by its noun."""


def search_path() -> str:
    """List the folders that commands are looked up in: those of PATH that don't depend on where one stands."""
    return os.pathsep.join(part for part in os.get_exec_path() if Path(part).is_absolute())


_HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]+\]")
_PORTS = {"https": 443, "http": 80}


def address(url: str) -> tuple[str, str, int, str]:
    """Take an address apart: scheme, host in its one spelling, port, and the rest with the query.

    Errors: Refused Denied for what two readers might read in two ways: user names, blanks, backslashes, odd signs.
    """
    if len(url) > 2000 or re.search(r"[\x00-\x20\x7f\\]", url) or not url.isascii():
        raise Refused("Denied", f"`{shortened(url)}` is no plain address: ASCII without blanks, `\\` or controls")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("Denied", f"`{shortened(url)}` is no address") from None
    name = (parts.hostname or "").removesuffix(".")
    name = f"[{name}]" if ":" in name else name
    if parts.scheme not in _PORTS or "@" in parts.netloc or not _HOST_NAME.fullmatch(name):
        raise Refused("Denied", f"`{shortened(url)}` is no address of `https` or `http` with a plain host")
    rest = parts.path + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, name, _PORTS[parts.scheme] if port is None else port, rest


def _see_path(path: str) -> None:
    if not path or len(path) > 1000 or re.search(r"[\x00-\x1f\x7f\\]", path):
        raise Refused("Denied", f"`{shortened(path)}` is no plain path: without `\\`, controls, or nothing at all")
