"""What could have stood at a place that the parser refused, and what was found there.

The parser's own token is not to be trusted there: after an error Lark reads on with all terminals at once. So these
functions look at the position, the text and the set of terminals that the parser's state accepts. Next door:
`refusal.py` makes the diagnostic, `hints.py` knows what to type instead.
"""

from __future__ import annotations

import re

from lotterylang.syntax.newlines import Newlines
from lotterylang.syntax.source import Source, Span

INSTRUCTIONS = {"READ", "WRITE", "COPY", "MOV", "JUMP", "ASK", "CHOOSE", "SCORE", "FIND", "CALL", "DEDUCE", "DIVIDE"}
RESERVED = (
    {name.strip("_").lower() for name in Newlines.always_accept} - {"nl", "name"} - {i.lower() for i in INSTRUCTIONS}
)

WORD = re.compile(
    r'\w+|"""|->|=>|==|!=|<=|>=|<-|<>|&&|\|\||\?\?|\?\.|\+\+|--|\*\*|//|/\*|:=|\+=|-=|\*=|/=|\.\.<|\.\.=|\.\.\.|\.\.|[$@]\{|\S'
)
_SIGNS = {
    "LBRACE": "{",
    "_ARROW": "->",
    "_DOUBLE_ARROW": "=>",
    "EQUAL": "=",
    "COLON": ":",
    "COMMA": ",",
    "VBAR": "|",
    "RPAR": ")",
    "RSQB": "]",
    "RBRACE": "}",
    "_RANGLE": ">",
    "LPAR": "(",
    "_LANGLE": "<",
    "LSQB": "[",
    "DOT": ".",
}
_CLOSERS = ("RPAR", "RSQB", "RBRACE", "_RANGLE")
_OPERATORS = {"PLUS", "MINUS", "TIMES", "COMPARE", "RANGE", "_AND", "_OR", "_IN", "_NOT"}
_KINDS = [
    ({"TEXT"}, 'the closing `"`'),
    ({"_FN", "_ENUM"}, "a declaration, such as `fn` or `let`"),
    ({"_RECALL", "_VERIFY"}, "a clause, such as `direct`"),
    ({"_LET", "_READ"}, "a statement"),
    ({"NUMBER", "_QUOTE", "LPAR", "LSQB"}, "an expression"),
    ({"NUMBER", "_QUOTE", "LPAR", "TYPE"}, "a pattern"),
    ({"TYPE", "_FN", "_QUOTE"}, "a type"),
    ({"NAME"}, "a name"),
    ({"TYPE"}, "a type's name"),
    ({"NUMBER"}, "a number"),
    ({"_QUOTE"}, "a text"),
]
_MOST = 4


def word_at(source: Source, start: int) -> Span:
    """Give the span of the word or sign at a place, white space skipped; empty at the end of a line.

    A word that the place lies within is given whole: `maxTokens` and `+=` are one to the reader.
    """
    line = source.text.rfind("\n", 0, start) + 1
    for found in WORD.finditer(source.text, line):
        if found.end() > start:
            ended = "\n" in source.text[start : found.start()]
            return Span(source, start, start) if ended else Span(source, found.start(), found.end())
    return Span(source, start, start)


def words_before(span: Span) -> list[Span]:
    """Give the words and signs that stand before a place on its line."""
    source, text = span.source, span.source.text
    line = text.rfind("\n", 0, span.start) + 1
    return [Span(source, line + w.start(), line + w.end()) for w in WORD.finditer(text[line : span.start])]


def shown(span: Span) -> str:
    """Name what was found, for the message."""
    text = span.text
    if not text:
        return "the end of the line" if span.source.text[span.start :].strip() else "the end of the program"
    if text.isprintable() and "`" not in text:
        return f"`{text if len(text) <= 30 else text[:29] + '…'}`"
    return f"the character U+{ord(text[0]):04X}"


def expected(accepted: set[str]) -> str:
    """Say what was expected: at most four things, the most telling first."""
    left = set(accepted)
    if left >= {"PLUS", "TIMES"}:
        left -= _OPERATORS | {"LPAR", "LSQB", "DOT"}
    kind = next((kind for kind in _KINDS if left >= kind[0]), None)
    wanted = [kind[1]] if kind else []
    left -= {"QMARK", "VBAR"} if len(left) > 2 else set()
    if kind and len(kind[0]) > 1:
        left &= set(_CLOSERS)
    elif kind:
        left -= {"TEXT", "_VALUE", "_HOLE", "NAME", "TYPE", "NUMBER", "_QUOTE", "_QUOTES"}
    wanted += [
        f"`{_word(name)}`" for name in sorted(left - _SIGNS.keys() - {"_NL", "$END", "LABEL", "_QUOTE", "_QUOTES"})
    ]
    wanted += [f"`{sign}`" for name, sign in _SIGNS.items() if name in left]
    wanted += ["the end of the line"] if "_NL" in left else []
    return f"expected {_listed(wanted[:_MOST])}" if wanted else "nothing can follow here"


def _word(terminal: str) -> str:
    word = terminal.strip("_").removesuffix("_CLAUSE")
    return word if word in INSTRUCTIONS and not terminal.endswith("_CLAUSE") else word.lower()


def _listed(wanted: list[str]) -> str:
    return wanted[0] if len(wanted) == 1 else f"{', '.join(wanted[:-1])} or {wanted[-1]}"
