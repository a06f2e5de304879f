"""The parser's table: built from the grammar once, then read from this user's cache, keyed by the grammar's hash.

The cache is data (`marshal`), never a pickle, so a damaged or foreign file can at worst be rebuilt. Next door:
`parser.py` parses with it.
"""

from __future__ import annotations

import hashlib
import marshal
import sys
import tempfile
from pathlib import Path
from typing import Any

import lark
from lark import Lark
from lark.grammar import Rule
from lark.lark import _LOAD_ALLOWED_OPTIONS
from lark.lexer import TerminalDef

from lotterylang.home import home
from lotterylang.syntax.newlines import Newlines

STARTS = ("start", "expression", "entry")
"""What can be parsed on its own: a file, the expression of `-e`, and the statements that the REPL takes."""


def grammar_text() -> str:
    """Read the grammar, from the installed package or from the checkout."""
    room = Path(__file__).parent.parent
    shipped = room / "grammar" / "lottery.lark"
    return (shipped if shipped.exists() else room.parent / "grammar" / "lottery.lark").read_text(encoding="utf-8")


def load() -> Lark:
    """Give the parser, from the cache where it holds this grammar's table."""
    grammar = grammar_text()
    key = "\0".join([grammar, lark.__version__, sys.version, repr(STARTS)])
    path = home() / "grammar" / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.table"
    try:
        saved = marshal.loads(path.read_bytes())
        return Lark._load_from_dict(saved["data"], saved["memo"], **_given_anew())  # type: ignore[no-untyped-call, no-any-return]
    except (OSError, ValueError, EOFError, TypeError, KeyError):
        parser = build(grammar)
        _save(parser, path)
        return parser


def build(grammar: str, *, strict: bool = False, starts: tuple[str, ...] = STARTS) -> Lark:
    """Build the table. Errors: with `strict`, Lark refuses every conflict and every collision of terminals."""
    return Lark(
        grammar,
        parser="lalr",
        lexer="contextual",
        start=list(starts),
        strict=strict,
        maybe_placeholders=False,
        **_given_anew(),
    )


def _given_anew() -> dict[str, Any]:
    """Give the options that are no part of a saved table."""
    return {"postlex": Newlines(), "propagate_positions": True}


def _save(parser: Lark, path: Path) -> None:
    """Write the table aside and rename it; a cache that can't be written costs half a second a run, nothing else."""
    data, memo = parser.memo_serialize([TerminalDef, Rule])
    plain = (bool, int, str, list, dict, type(None))
    allowed = data["options"].keys() - _LOAD_ALLOWED_OPTIONS
    data["options"] = {k: data["options"][k] for k in allowed if isinstance(data["options"][k], plain)}
    try:
        content = marshal.dumps({"data": data, "memo": memo})
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(content)
        Path(file.name).replace(path)
    except (OSError, ValueError):
        return
