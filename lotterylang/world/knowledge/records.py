"""Records: a file of JSONL or CSV in, a document for each of its lines out.

Three fields of a record are its text, title and id; all others are metadata. Lists and records inside one stay as JSON.
Next door: `sources.py` knows which files these are.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO, NoReturn

from lotterylang.syntax.diagnostics import LotError, error
from lotterylang.world.knowledge.document import Document, Scalar

LARGEST_RECORD_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
class Fields:
    """Which fields of a record are its text, its title and its id. Only the text must be there."""

    text: str = "text"
    title: str = "title"
    id: str = "id"


FIELDS = Fields()


class _Wrong(ValueError):
    """What is wrong with a record."""


def jsonl(path: Path, name: str, fields: Fields) -> Iterator[Document]:
    """Read a file of JSON values, one a line: records, or texts alone. Errors: LOT-E0651, by line."""
    with path.open("rb") as file:
        for line, held in enumerate(_lines(file, path), 1):
            try:
                if said := held.decode("utf-8-sig" if line == 1 else "utf-8").strip():
                    yield _document(name, line, _record(said, fields), fields)
            except (_Wrong, LotError, RecursionError, UnicodeDecodeError) as problem:
                raise _refused(path, line, _reason(problem)) from None


def csv_rows(path: Path, name: str, fields: Fields) -> Iterator[Document]:
    """Read a file of CSV (RFC 4180) with a heading: every value is a text. Errors: LOT-E0651, by line."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file, strict=True)
        try:
            heading = _next(rows) or []
            _see_heading(heading, fields)
            while (row := _next(rows)) is not None:
                if row:
                    if len(row) != len(heading):
                        raise _Wrong(f"it has {len(row)} values, and the heading {len(heading)}")
                    yield _document(name, rows.line_num, dict(zip(heading, row, strict=True)), fields)
        except (_Wrong, LotError, csv.Error, UnicodeDecodeError) as problem:
            raise _refused(path, max(rows.line_num, 1), _reason(problem)) from None


_limit = Lock()


def _next(rows: Iterator[list[str]]) -> list[str] | None:
    """Read a row, whose fields may be long. The limit is one of the whole process: others have theirs back at once."""
    with _limit:
        before = csv.field_size_limit(LARGEST_RECORD_BYTES)
        try:
            return next(rows, None)
        finally:
            csv.field_size_limit(before)


def _lines(file: BinaryIO, path: Path) -> Iterator[bytes]:
    line = 0
    while held := file.readline(LARGEST_RECORD_BYTES + 1):
        line += 1
        if len(held) > LARGEST_RECORD_BYTES:
            raise _refused(path, line, f"it is longer than {LARGEST_RECORD_BYTES >> 20} MiB")
        yield held


def _record(said: str, fields: Fields) -> Mapping[str, Any]:
    try:
        found = json.loads(said, object_pairs_hook=_once, parse_int=_whole, parse_constant=_no_number)
    except json.JSONDecodeError as problem:
        raise _Wrong(f"it is no JSON: {problem.msg.lower()} at column {problem.colno}") from None
    if isinstance(found, str):
        return {fields.text: found}
    if not isinstance(found, dict):
        raise _Wrong("it is neither a record nor a text")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Wrong("a field stands there twice")
    return found


def _whole(digits: str) -> int:
    try:
        return int(digits)
    except ValueError:  # Python reads no more than some thousands
        raise _Wrong(f"a number has too many digits, {len(digits):,}") from None


def _no_number(name: str) -> NoReturn:
    raise _Wrong(f"{name} is no number")


def _document(name: str, line: int, record: Mapping[str, Any], fields: Fields) -> Document:
    text, title = record.get(fields.text), record.get(fields.title)
    if fields.text in record and not isinstance(text, str):
        raise _Wrong(f"its `{fields.text}` is no text")
    if not isinstance(text, str):
        raise _Wrong(f"it has no text `{fields.text}`, but: {', '.join(record) or 'nothing'}")
    if not isinstance(title, str | None):
        raise _Wrong(f"its `{fields.title}` is no text")
    id = record.get(fields.id)
    if not isinstance(id, str | int | None) or isinstance(id, bool):
        raise _Wrong(f"its `{fields.id}` is neither a text nor a whole number")
    own = {key: _scalar(value) for key, value in record.items() if key not in (fields.text, fields.title, fields.id)}
    return Document(f"{name}#{line if id in (None, '') else id}", text, title or "", {"file": name, **own})


def _scalar(value: Any) -> Scalar:
    if isinstance(value, str | int | float | None):
        return value
    return json.dumps(value, ensure_ascii=False)


def _see_heading(heading: list[str], fields: Fields) -> None:
    if fields.text not in heading:
        raise _Wrong(f"the heading has no `{fields.text}`, but: {', '.join(heading) or 'nothing'}")
    if len(set(heading)) < len(heading):
        raise _Wrong("the heading has a name twice")


def _reason(problem: Exception) -> str:
    match problem:
        case LotError():
            return problem.diagnostics[0].message
        case UnicodeDecodeError():
            return "it is not UTF-8 text"
        case RecursionError():
            return "it is nested too deep"
        case _:
            return str(problem)


def _refused(path: Path, line: int, why: str) -> LotError:
    help = "mend this line; nothing of the file was left out in silence"
    return error("LOT-E0651", f"`{path}`, line {line}, can't be read into an index: {why}", help=help)
