"""Text to tree: read a file, parse it, and say in a person's words what can't be read.

Enters: a path or a text. Leaves: a `tree.Module` or `tree.Expr`, or a `LotError` with one diagnostic. Next door:
`table.py` has the parser's table, `newlines.py` ends the statements, `build.py` makes the nodes, `refusal.py` errors.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any, cast

from lark import Lark
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken
from lark.lexer import PatternStr

from lotterylang.syntax import table, tree
from lotterylang.syntax.build import Builder
from lotterylang.syntax.diagnostics import Diagnostic, Label, LotError, error
from lotterylang.syntax.newlines import DEEPEST, NestedTooDeep
from lotterylang.syntax.refusal import refused
from lotterylang.syntax.source import Source, Span

LARGEST_BYTES = 2_000_000
"""A larger program is refused, and never read to its end."""

_NO_TEXT = re.compile("[\0\ud800-\udfff]")


def read(path: str | Path) -> Source:
    """Read a program's text. Errors: LOT-E0106 to LOT-E0109 for what can't be opened or isn't text."""
    whole = str(path).encode("utf-8", "backslashreplace").decode()
    name = whole if len(whole) <= 200 else f"{whole[:100]}…{whole[-100:]}"
    try:
        with Path(path).open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except FileNotFoundError:
        raise error("LOT-E0106", f"there is no file `{name}`", help="check the path") from None
    except IsADirectoryError:
        raise error("LOT-E0106", f"`{name}` is a folder", help="name a `.lot` file in it") from None
    except PermissionError:
        raise error("LOT-E0106", f"`{name}` may not be read", help="check its permissions") from None
    except OSError as problem:
        why = (problem.strerror or "the system refuses").lower()
        raise error("LOT-E0106", f"`{name}` can't be read: {why}", help="check the path") from None
    except ValueError:
        raise error("LOT-E0106", f"{name!r} is no path", help="check the path") from None
    if len(content) > LARGEST_BYTES:
        message = f"`{name}` has more than {LARGEST_BYTES:,} bytes, the most a program may have"
        raise error("LOT-E0109", message, help="keep data in files of its own")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        where = f"byte {problem.start + 1:,}"
        raise error("LOT-E0107", f"`{name}` is not UTF-8 text ({where})", help="save the file as UTF-8") from None
    return source_of(whole, text)


def source_of(name: str, text: str) -> Source:
    """Make a source of a text, in Unicode's form NFC and with `\\n` at the end of its lines.

    Errors: LOT-E0107 for half a surrogate pair (an argument that was not UTF-8), LOT-E0108 for a NUL.
    """
    source = Source(name, unicodedata.normalize("NFC", text.replace("\r\n", "\n")))
    found = _NO_TEXT.search(source.text)
    if found is None:
        return source
    label = Label(Span(source, found.start(), found.end()), "here")
    if found.group() == "\0":
        raise LotError(Diagnostic("LOT-E0108", "the program holds a NUL character", label, help="remove it"))
    raise LotError(Diagnostic("LOT-E0107", f"`{name}` is not UTF-8 text", label, help="write it in UTF-8"))


def parse(source: Source) -> tree.Module:
    """Parse a whole file. Errors: LOT-E0101 to LOT-E0105, LOT-E0110."""
    return cast("tree.Module", _parse(source, "start"))


def parse_expression(source: Source) -> tree.Expr:
    """Parse one expression, as `lot run -e` takes it. Errors: LOT-E0101 to LOT-E0105, LOT-E0110."""
    return cast("tree.Expr", _parse(source, "expression"))


def parse_entry(source: Source) -> tree.Block:
    """Parse statements that stand by themselves, as the REPL takes them. Errors: LOT-E0101 to LOT-E0105, LOT-E0110."""
    return cast("tree.Block", _parse(source, "entry"))


def tokens_of(source: Source) -> list[tuple[int, int]]:
    """Give where the tokens of a file that parses stand, line ends aside."""
    parser = _lark().parse_interactive(source.text, start="start")
    found = parser.exhaust_lexer()
    return [(token.start_pos or 0, token.end_pos or 0) for token in found if token.type != "_NL"]


@cache
def words() -> frozenset[str]:
    """List the words of the language, as the grammar has them: those that are reserved and those that are not."""
    patterns = [terminal.pattern for terminal in _lark().terminals]
    return frozenset(each.value for each in patterns if isinstance(each, PatternStr) and each.value.isidentifier())


@cache
def _lark() -> Lark:
    return table.load()


def _parse(source: Source, start: str) -> Any:
    try:
        parsed = _lark().parse(source.text, start=start)
    except UnexpectedToken as problem:
        at_end = problem.token.type == "$END"
        at = len(source.text.rstrip()) if at_end else problem.token.start_pos or 0
        raise refused(source, at, _accepted(problem)) from None
    except UnexpectedCharacters as problem:
        raise refused(source, problem.pos_in_stream or 0, _accepted(problem)) from None
    except NestedTooDeep as problem:
        start_pos = problem.token.start_pos or 0
        label = Label(Span(source, start_pos, problem.token.end_pos or start_pos), "one too many")
        message = f"more than {DEEPEST} brackets or signs are nested"
        raise LotError(Diagnostic("LOT-E0103", message, label, help="name the inner parts by `let`")) from None
    return Builder(source).build_all(parsed)


def _accepted(problem: UnexpectedInput) -> set[str]:
    """Give the terminals that the parser's state accepts: the lexer's own list also holds every reserved word."""
    return set(problem.interactive_parser.accepts())  # type: ignore[no-untyped-call]
