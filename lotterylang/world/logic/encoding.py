"""Encoding: facts as rows of plain terms to clingo's symbols, and derived symbols back to rows.

A text is a string, a whole number a number of 32 bits, a `Symbol` a constant. No text is ever written into a program:
symbols are made as objects, so that quotes, backslashes and line ends are nothing but characters. Next door:
`solver.py` gives the symbols to clingo; `worker.py` sends rows as JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from lotterylang.run.effects import Row, Symbol, Term
from lotterylang.syntax.logic.safety import Refused

if TYPE_CHECKING:
    import clingo

LARGEST = 2**31 - 1
"""Clingo counts in 32 bits; a number past them would come back as another one."""

_NAME = r"_*[a-z][\w']*"
_TERM = re.compile(rf'"[^"\\]*(?:\\.[^"\\]*)*"|-?[0-9]+|{_NAME}')
_ATOM = re.compile(rf"({_NAME})(?:\(((?>{_TERM.pattern})(?:,(?>{_TERM.pattern}))*)\))?")
"""How clingo writes an atom all of whose terms are values."""

_NO_CHARACTER = re.compile("[\0\ud800-\udfff]")
_ESCAPED = re.compile(r"\\(.)")

Facts = tuple[tuple[str, tuple[Row, ...]], ...]


def symbol(name: str, row: Row) -> clingo.Symbol:
    """Make a fact. Errors: Refused for what logic can't hold."""
    import clingo

    return clingo.Function(_identifier(name), [_term(name, term) for term in row])


def _term(name: str, term: Term) -> clingo.Symbol:
    import clingo

    if isinstance(term, Symbol):
        return _constant(term.name)
    if isinstance(term, bool) or not isinstance(term, int | str):
        raise Refused(
            f"a fact of `{name}` holds a {type(term).__name__}", help="facts are texts, ints, bools and cases"
        )
    if isinstance(term, int):
        if abs(term) > LARGEST:
            raise Refused(f"{term} in a fact of `{name}` is too large", help="numbers of logic have 32 bits")
        return clingo.Number(term)
    if _NO_CHARACTER.search(term):
        raise Refused(f"a text in a fact of `{name}` holds a character that is none (NUL, or half a pair)")
    return clingo.String(term)


@lru_cache(1_000)
def _constant(name: str) -> clingo.Symbol:
    import clingo

    return clingo.Function(_identifier(name))


def _identifier(name: str) -> str:
    if not name.isidentifier():
        raise Refused(f"`{name}` is no name of logic")
    return name


def read(atom: clingo.Symbol) -> tuple[str, Row] | None:
    """Read a derived atom: its predicate, and its terms as plain ones; None where they are no values.

    It is read as clingo writes it: asking for each term costs many times as much as all of the text.
    """
    found = _ATOM.fullmatch(str(atom))
    return None if found is None else (found.group(1), tuple(map(_read, _TERM.findall(found.group(2) or ""))))


def no_value(atom: clingo.Symbol) -> Refused:
    """Say that the terms of a derived atom are no values."""
    help = f"`{atom.name}` may hold texts, ints, bools and cases only"
    return Refused(f"the rules derive `{str(atom)[:80]}`", help=help)


def _read(written: str) -> Term:
    if written[0] == '"':
        return _ESCAPED.sub(_unescaped, written[1:-1]) if "\\" in written else written[1:-1]
    return written if written[0].isalpha() or written[0] == "_" else int(written)


def _unescaped(found: re.Match[str]) -> str:
    return "\n" if found.group(1) == "n" else found.group(1)


def ordered(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Sort rows: numbers by size before texts by code points. The order in which a solver finds them says nothing."""
    return tuple(sorted(set(rows), key=key))


def key(found: Row) -> tuple[tuple[bool, int, str], ...]:
    """Give what rows are sorted by."""
    return tuple((isinstance(t, str), 0, t) if isinstance(t, str) else (False, t, "") for t in found)  # type: ignore[misc]


def packed(rows: Iterable[Row]) -> list[list[Any]]:
    """Write rows as JSON data: a symbol is a list of its name."""
    return [[[term.name] if isinstance(term, Symbol) else term for term in each] for each in rows]


def unpacked(rows: Iterable[Iterable[Any]]) -> tuple[Row, ...]:
    """Read rows from JSON data."""
    return tuple(tuple(Symbol(term[0]) if isinstance(term, list) else term for term in each) for each in rows)
