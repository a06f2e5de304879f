"""`lot fmt`: files in their canonical form, written only where that changes them."""

from __future__ import annotations

import sys
from pathlib import Path

from lotterylang.syntax import parser
from lotterylang.syntax.canonical import formatted
from lotterylang.syntax.diagnostics import error
from lotterylang.syntax.source import Source


def format_file(name: str, *, is_trial: bool = False) -> str | None:
    """Format a file, or standard input for `-`. Gives what to print, None where nothing changed.

    Errors: those of reading a program; LOT-E0630 where a comment would be lost: the file stays as it is.
    """
    if name == "-":
        source = parser.source_of("<input>", sys.stdin.buffer.read().decode("utf-8", "surrogateescape"))
        return _formatted(source).removesuffix("\n")
    source = parser.read(name)
    found = _formatted(source)
    if found == Path(name).read_bytes().decode("utf-8"):
        return None
    if is_trial:
        return f"{name} would change"
    Path(name).write_bytes(found.encode("utf-8"))
    return f"{name} is formatted"


def _formatted(source: Source) -> str:
    try:
        return formatted(source)
    except (ValueError, RecursionError) as problem:
        hint = "it stays as it is; please report it"
        raise error("LOT-E0630", f"`{source.name}` can't be formatted: {problem}", help=hint) from None
