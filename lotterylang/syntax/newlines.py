"""The newline filter between lexer and parser: it drops the line ends that do not end a statement.

It never looks ahead: one token further would be lexed in a stale parser state. It also bounds nesting, so that no later
walk of a tree can run out of stack. Next door: `parser.py` runs it, `grammar/lottery.lark` names its tokens.
"""

from __future__ import annotations

from collections.abc import Iterator

from lark import Token

DEEPEST = 99
"""Brackets within brackets, at most; a program that a person wrote stays under ten."""

_OPENERS = {"LPAR", "LSQB", "LBRACE", "_VALUE", "_HOLE", "_LANGLE"}
_CLOSERS = {"RPAR", "RSQB", "RBRACE", "_RANGLE"}
_GOES_ON = {
    *("COMMA", "COLON", "EQUAL", "VBAR", "PLUS", "MINUS", "TIMES", "COMPARE", "RANGE", "LBRACE"),
    *("_ARROW", "_DOUBLE_ARROW", "_SPREAD", "_AND", "_OR", "_NOT", "_IN"),
}
_SIGNS = {"MINUS", "_NOT"}


class NestedTooDeep(Exception):
    """More than `DEEPEST` brackets are open, or signs stand in a row; carries the token that is one too many."""

    def __init__(self, token: Token) -> None:
        super().__init__(token)
        self.token = token


class Newlines:
    """Lark's `postlex`: pass tokens on, without the newlines inside brackets and after a token that goes on."""

    always_accept = (
        *("_NL", "NAME", "TRUE", "FALSE", "NONE", "_IN", "_NOT"),
        *("_READ", "_WRITE", "_COPY", "_MOV", "_JUMP", "_ASK", "_CHOOSE", "_SCORE", "_FIND", "_CALL", "_DEDUCE"),
        *(
            "_DIVIDE",
            "_AND",
            "_CATCH",
            "_ELSE",
            "_ENDORSE",
            "_ENSURE",
            "_FAIL",
            "_FN",
            "_FOLD",
            "_FOR",
            "_IF",
            "_LET",
            "_MATCH",
        ),
        *("_MEMORY", "_OR", "_RETRY", "_RETURN", "_TRY", "_WHERE", "_WITHIN"),
    )

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        """Yield what the parser should see."""
        open_brackets: list[str] = []
        last: str | None = None
        signs = 0
        for token in stream:
            kind = token.type
            if kind == "_NL":
                inside = bool(open_brackets) and open_brackets[-1] != "LBRACE"
                if inside or last in (None, "_NL") or last in _GOES_ON:
                    continue
            elif kind in _OPENERS:
                open_brackets.append(kind)
            elif kind in _CLOSERS and open_brackets:
                open_brackets.pop()
            signs = signs + 1 if kind in _SIGNS else 0
            if len(open_brackets) > DEEPEST or signs > DEEPEST:
                raise NestedTooDeep(token)
            last = kind
            yield token
