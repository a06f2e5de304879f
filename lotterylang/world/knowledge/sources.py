"""Sources: a file or a folder in, documents out, one after another.

A document is named by its file's path below the folder, and where a file holds several, `#` and its id, or else its
line. What can't be read is refused by file and line; what a folder holds beside is listed, so that nothing is left out
in silence. Next door: `records.py` reads JSONL and CSV; `index.py` keeps what comes out.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lotterylang.syntax.diagnostics import LotError, error
from lotterylang.world.knowledge import records
from lotterylang.world.knowledge.document import Document, unkeepable
from lotterylang.world.knowledge.records import Fields

LARGEST_TEXT_BYTES = 64 << 20
"""The most that one document may have, which is held in memory. Files of records may be of any size."""

_NO_BYTE = re.compile("[\\ud800-\\udfff]")
"""What Python has for a byte of a name that is not UTF-8."""

_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)

_Reader = Callable[[Path, str, Fields], Iterator[Document]]


@dataclass(frozen=True, slots=True)
class Listing:
    """The files that a source consists of, each with its name, and those of other kinds that it holds too."""

    files: tuple[tuple[Path, str], ...]
    left_out: tuple[str, ...] = ()


def listed(source: Path) -> Listing:
    """List what a source consists of: itself, or what lies in the folder, in the order of the names.

    Of a folder hidden files and links are left out: a link may lead out of it.
    Errors: LOT-E0651 if it is not there, or a file of an unknown kind; or a folder that holds nothing to read.
    """
    _see_name(source, str(source))
    if source.is_dir():
        return _in_folder(source)
    if not source.is_file():
        raise refused(source, "there is no such file or folder", "check the path")
    if source.suffix.lower() not in READERS:
        raise refused(source, f"`{source.suffix}` is no kind of file that can be read", f"give {_KINDS}")
    return Listing(((source, source.name),))


def read(source: Path, fields: Fields = records.FIELDS) -> Iterator[Document]:
    """Read the documents of a source, in order. `fields` say which fields of records are text, title and id.

    Errors: LOT-E0651, by file and line; two documents of one name are refused too, since one would be lost.
    """
    seen: set[str] = set()
    for path, name in listed(source).files:
        with telling(path):
            for document in READERS[path.suffix.lower()](path, name, fields):
                if document.name in seen:
                    raise refused(path, f"there are two documents `{document.name}`", "give each an id of its own")
                seen.add(document.name)
                yield document


class telling:  # noqa: N801 - it is used as a function, and a generator here would catch what its caller raises
    """Say which file can't be read, and why. Errors: LOT-E0651."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, problem: BaseException | None, trace: object) -> None:
        if isinstance(problem, OSError):
            reason = (problem.strerror or str(problem)).lower()
            raise refused(self._path, reason, "check its permissions") from problem
        if isinstance(problem, UnicodeDecodeError):
            raise refused(self._path, "it is not UTF-8 text", "save the file as UTF-8") from problem


def refused(path: Path, why: str, help: str) -> LotError:
    """Make the error for a source that can't be read."""
    return error("LOT-E0651", f"`{_printable(str(path))}` can't be read into an index: {why}", help=help)


def _in_folder(folder: Path) -> Listing:
    files: list[tuple[Path, str]] = []
    left_out: list[str] = []
    with telling(folder):
        for place, inner, names in os.walk(folder, onerror=_raise):
            inner[:] = sorted(name for name in inner if not name.startswith("."))
            for name in sorted(names):
                path = Path(place, name)
                known = path.suffix.lower() in READERS and path.is_file() and not path.is_symlink()
                shown = path.relative_to(folder).as_posix()
                if known and not name.startswith("."):
                    _see_name(path, shown)
                    files.append((path, shown))
                else:
                    left_out.append(_printable(shown))
    if not files:
        raise refused(folder, "the folder holds nothing to read", f"put files into it: {_KINDS}")
    return Listing(tuple(sorted(files, key=lambda file: file[1])), tuple(sorted(left_out)))


def _see_name(path: Path, name: str) -> None:
    """Refuse a name that no document can have, since it can't be kept or shown. Errors: LOT-E0651."""
    if unkeepable(name):
        raise refused(path, "its name is not UTF-8", "rename it")


def _printable(name: str) -> str:
    """Write a name of any bytes so that it can be printed."""
    return _NO_BYTE.sub("\ufffd", name)


def _raise(problem: OSError) -> None:
    raise problem


def _plain(path: Path, name: str, fields: Fields) -> Iterator[Document]:
    yield Document(name, _text(path), path.stem, {"file": name})


def _markdown(path: Path, name: str, fields: Fields) -> Iterator[Document]:
    text = _text(path)
    heading = _HEADING.search(text)
    yield Document(name, text, heading[1] if heading else path.stem, {"file": name})


def _text(path: Path) -> str:
    with path.open("rb") as file:
        held = file.read(LARGEST_TEXT_BYTES + 1)
    if len(held) > LARGEST_TEXT_BYTES:
        raise refused(path, f"it is larger than {LARGEST_TEXT_BYTES >> 20} MiB", "divide it into several files")
    return held.decode("utf-8-sig").replace("\r\n", "\n")


READERS: Mapping[str, _Reader] = {
    ".txt": _plain,
    ".text": _plain,
    ".md": _markdown,
    ".markdown": _markdown,
    ".jsonl": records.jsonl,
    ".csv": records.csv_rows,
}

_KINDS = ", ".join(READERS)
