"""Safety: the text of rules is read before clingo sees it, and again as clingo's own tree.

Enters: rules as text, from a program or from a model. Leaves: `Rules`, which open no file, run no code and take nothing
from outside; or `Refused`, with the line. Clingo opens what `#include` names while it *reads*, so words are refused in
the text first; then only kinds of statements that are listed here may stand in the tree. Next door: `reading.py` asks
what predicates there are; `world/logic/solver.py` grounds what is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Literal

MOST_CHARACTERS = 1_000_000
"""Longer rules are refused unread."""

DEEPEST = 100
"""How many brackets may be open at a time: clingo reads by recursion."""

MOST_SIGNS = 2_000
"""How many signs of arithmetic a rule may have: each lies one deeper in clingo's tree, which is let go by recursion."""

_PIECE = re.compile(r'(?P<text>"(?:[^"\\\n]|\\["\\n])*")|(?P<open>")|(?P<block>%\*)|(?P<line>%[^\n]*)')
"""Texts and comments, as clingo reads them: what it reads as neither must never be taken for one of them."""

_WORDS = "include|script|external|program|theory|edge|heuristic|project|end"
_RULE = re.compile(r"(?>(?:[^.]|\.\.)+)\.?")
_FORBIDDEN = re.compile(rf"#(?:{_WORDS})\b|@\s*_*[A-Za-z]\w*\s*\(")

ALLOWED = ("Program", "Rule", "Minimize", "Definition", "Defined", "ShowSignature", "Comment")
"""The kinds of statements that rules may have, as clingo's tree names them. `Program` is the one it begins with."""

_REFUSED_INSIDE = ("TheoryAtom", "TheoryFunction", "TheorySequence", "TheoryUnparsedTerm", "CspLiteral")


MOST_TOLD = 5
"""Who mends the first five sees the rest."""

Kind = Literal["forbidden", "unreadable", "unbound", "unknown"]
"""What is wrong with rules: they hold what they may not, no one can read them, a variable is bound by nothing, or a
predicate is given by nothing or otherwise.
"""


class Refused(Exception):
    """Rules that may not run, or can't be read. Lines and columns count from 1; both are 0 where there is no place."""

    def __init__(self, message: str, line: int = 0, column: int = 0, help: str = "", kind: Kind = "forbidden") -> None:
        super().__init__(message)
        self.message, self.line, self.column, self.help, self.kind = message, line, column, help, kind
        self.others: tuple[Refused, ...] = ()

    def told(self, logic: str) -> str:
        """Write place, fact and help, a line each for what is wrong besides."""
        place = f", line {self.line}, column {self.column}" if self.line else ""
        first = f"rules of `{logic}`{place}: {self.message}" + (f"; {self.help}" if self.help else "")
        return "\n".join([first, *(other.told(logic) for other in self.others[: MOST_TOLD - 1])])


def together(found: Sequence[Refused]) -> Refused:
    """Give the first of what is wrong, with the others."""
    first = found[0]
    first.others = tuple(found[1:])
    return first


def refuse_words(text: str) -> None:
    """See that a text holds nothing that opens files, runs code or calls out. Errors: Refused.

    Comments and strings are left out. A comment that is not closed, or holds `%`, is refused, and so is a string that
    is none to clingo: whether what follows is read then depends on who reads.
    """
    if len(text) > MOST_CHARACTERS:
        raise Refused(f"they have {len(text):,} characters", help=f"at most {MOST_CHARACTERS:,} are read")
    if "\0" in text:
        raise _at(text, text.index("\0"), "a NUL character", "rules are plain text")
    if "\r" in text.replace("\r\n", ""):
        raise _at(text, re.search(r"\r(?!\n)", text).start(), "a line that ends in CR alone", "end lines with LF")  # type: ignore[union-attr]
    code = _code(text)
    found = _FORBIDDEN.search(code)
    if found is not None:
        word = " ".join(found.group().split())
        raise _at(
            text, found.start(), f"`{word}` is not allowed", "rules derive relations from facts and do nothing else"
        )
    strange = re.search(r"[^\x00-\x7f]", code)
    if strange is not None:  # clingo's own message would hold half of it, and end the process
        raise _at(text, strange.start(), f"`{strange.group()}` is no letter of logic", "names have letters a to z")
    _refuse_depth(text, code)
    _refuse_length(text, code)


def refuse_statements(text: str, statements: list[Any]) -> None:
    """See that every statement of clingo's tree is of a kind that is allowed, all the way down. Errors: Refused."""
    for number, statement in enumerate(statements):
        kind = statement.ast_type.name
        named = kind == "Program" and (number > 0 or statement.name != "base" or len(statement.parameters) > 0)
        if kind not in ALLOWED or named:
            raise _in(
                text, statement, f"a statement `{_first_word(statement)}` is not allowed", "write rules and constraints"
            )
        for node in walk(statement):
            if node.ast_type.name in _REFUSED_INSIDE:
                raise _in(text, node, "theory atoms are not allowed", "write rules and constraints")
            if node.ast_type.name == "Function" and node.external:
                raise _in(text, node, f"`@{node.name}` is not allowed", "rules call no functions outside")


def walk(node: Any) -> Iterator[Any]:
    """Give a node of clingo's tree and all below it, from the top."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(below(node)))


def below(node: Any) -> list[Any]:
    """Give what a node of clingo's tree is made of."""
    found: list[Any] = []
    for key in node.child_keys:
        child = getattr(node, key)
        if child is not None:
            found.extend([child] if hasattr(child, "ast_type") else list(child))
    return found


def _code(text: str) -> str:
    """Blank out comments and strings; everything stays where it was. Errors: Refused for what is read in two ways."""
    parts, place = [], 0
    while (found := _PIECE.search(text, place)) is not None:
        start, end = found.span()
        if found.lastgroup == "open":
            help = 'a text ends on its line, and has no escapes but `\\"`, `\\\\` and `\\n`'
            raise _at(text, start, "a text that can't be read", help, "unreadable")
        if found.lastgroup == "block":
            end = text.find("*%", start + 2) + 2
            if end == 1:
                raise _at(text, start, "a comment that is not closed", "close it with `*%`")
            if "%" in text[start + 2 : end - 2]:  # up to the end of its line clingo reads no `*%`
                raise _at(text, start, "a comment inside a comment", "close the first one before")
        parts += [text[place:start], " " * (end - start)]
        place = end
    return "".join([*parts, text[place:]])


def _refuse_depth(text: str, code: str) -> None:
    depth = 0
    for place, sign in enumerate(code):
        depth += (sign in "([{") - (sign in ")]}")
        if depth > DEEPEST:
            raise _at(text, place, f"more than {DEEPEST} open brackets", "name the parts by rules of their own")


def _refuse_length(text: str, code: str) -> None:
    for rule in _RULE.finditer(code):
        if sum(map(rule.group().count, (*"+-*/\\?&^~|", ".."))) > MOST_SIGNS:
            message = f"a rule with more than {MOST_SIGNS:,} signs of arithmetic"
            raise _at(text, rule.start(), message, "name the parts by rules of their own")


def _at(text: str, place: int, message: str, help: str, kind: Kind = "forbidden") -> Refused:
    line, column = text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place)
    return Refused(message, line, column, help, kind)


def place_in(text: str, line: int, column: int) -> tuple[int, int]:
    """Give line and column as code points: clingo's columns count bytes, and its end is on a line of its own."""
    lines = text.split("\n")
    if line > len(lines):
        return len(lines), len(lines[-1]) + 1
    found = lines[line - 1]
    return line, len(found.encode()[: column - 1].decode(errors="ignore")) + 1


def _in(text: str, node: Any, message: str, help: str) -> Refused:
    begin = node.location.begin
    return Refused(message, *place_in(text, begin.line, begin.column), help)


def _first_word(statement: Any) -> str:
    return str(statement).split("(")[0].split()[0][:40]
