"""What could have stood at a place that the parser refused, and what to type instead.

The parser's own token is not to be trusted there: after an error Lark reads on with all terminals at once. So these
functions look at the position, the text and the set of terminals that the parser's state accepts.
"""

from __future__ import annotations

import re

from lotterylang.syntax.source import Source, Span

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9][0-9_.]*|\"\"\"|->|=>|==|!=|<=|>=|\.\.<|\.\.|//|[$@]\{|\S")
_SIGNS = {
    "COLON": ":",
    "COMMA": ",",
    "DOT": ".",
    "EQUAL": "=",
    "LBRACE": "{",
    "RBRACE": "}",
    "LPAR": "(",
    "RPAR": ")",
    "LSQB": "[",
    "RSQB": "]",
    "_ARROW": "->",
    "_DOUBLE_ARROW": "=>",
    "_LANGLE": "<",
    "_RANGLE": ">",
    "VBAR": "|",
}
_EXPRESSION = {"NUMBER", "_QUOTE", "LPAR", "LSQB"}
_CLOSERS = {"(": ")", "[": "]", "{": "}", "${": "}", "@{": "}", '"""': '"""'}
_HABITS = {
    "def": "a function is declared by `fn name(x: type) -> type { … }`",
    "class": "a record is declared by `type Name { field: type }`",
    "var": "a value is bound by `let name = …`",
    "const": "a value is bound by `let name = …`",
    "elif": "write `else if`",
    "while": "a loop with a state is `fold state = start for x in xs until done { … }`",
    "True": "write `true`",
    "False": "write `false`",
    "None": "write `none`",
    "switch": "write `match value { case => … }`",
    "raise": 'a failure is said by `fail "why"`',
    "except": "write `catch`",
    "print": "a program's answer is the value of its function; `lot why` shows the rest",
    "'": 'text stands between double quotes: `"…"`',
    ";": "a statement ends with its line",
    "&&": "write `and`",
    "||": "write `or`",
    "!": "write `not`",
}


def word_at(source: Source, start: int) -> Span:
    """Give the span of the word or sign at a place, white space skipped."""
    found = _WORD.search(source.text, start)
    if found is None or "\n" in source.text[start : found.start()]:
        return Span(source, start, start)
    return Span(source, found.start(), found.end())


def shown(span: Span) -> str:
    """Name what was found, for the message."""
    text = span.text.strip()
    if not text:
        return "the end of the line" if span.start < len(span.source.text) else "the end of the text"
    return f"`{text if len(text) <= 30 else text[:27] + '…'}`" if text.isprintable() else "an unprintable character"


def label(accepted: set[str]) -> str:
    """Say what was expected: at most four things, the most telling first."""
    wanted = []
    if accepted >= _EXPRESSION:
        wanted.append("an expression")
    elif "NAME" in accepted:
        wanted.append("a name")
    elif "TYPE" in accepted:
        wanted.append("a type's name")
    wanted += [f"`{sign}`" for name, sign in _SIGNS.items() if name in accepted and _EXPRESSION - accepted]
    if "_NL" in accepted and not wanted:
        wanted.append("the end of the line")
    return f"expected {' or '.join(wanted[:4])}" if wanted else "not here"


def hint(source: Source, span: Span, accepted: set[str]) -> str | None:
    """Say what to type, where a habit from another language or a common slip is seen."""
    text = span.text
    if text in _HABITS:
        return _HABITS[text]
    before = _WORD.findall(source.text[max(0, span.start - 80) : span.start])
    if before and before[-1] in _HABITS:
        return _HABITS[before[-1]]
    if text == "=" and "COMPARE" in accepted:
        return "compare with `==`; bind a name with `let`"
    if text == "{" and before and before[-1][0].isupper():
        return f"a record is built as `{before[-1]}(field = value)`"
    if text == ":" and "_DOUBLE_ARROW" in accepted:
        return "an arm is written `case => value`"
    if accepted <= {"_NL", "$END", "RBRACE", "COMMA"}:
        return "start a new line for the next statement"
    return None


def unclosed(source: Source) -> tuple[Span, str] | None:
    """Find the innermost bracket or quote that the text never closes, and what would close it."""
    opened: list[Span] = []
    place, text = 0, source.text
    while place < len(text):
        inside = opened[-1].text if opened else ""
        step = _step(text, place, inside)
        span = Span(source, place, place + step)
        sign = span.text
        if inside in ('"', '"""'):
            if sign == inside:
                opened.pop()
            elif sign in ("${", "@{"):
                opened.append(span)
        elif sign in _CLOSERS or sign == '"':
            opened.append(span)
        elif opened and _CLOSERS.get(inside) == sign:
            opened.pop()
        place += step
    return (opened[-1], _CLOSERS.get(opened[-1].text, opened[-1].text)) if opened else None


_IN_CODE = re.compile(r'#[^\n]*|"""|"|[^#"(){}\[\]]+|.', re.DOTALL)
_IN_LINE = re.compile(r'\\.|\$\$\{|@@\{|[$@]\{|"|[^"\\$@]+|.', re.DOTALL)
_IN_LONG = re.compile(r'\$\$\{|@@\{|[$@]\{|"""(?!")|[^"$@]+|.', re.DOTALL)


def _step(text: str, place: int, inside: str) -> int:
    """Give the length of the next piece of text that opens, closes or is neither."""
    pattern = {'"': _IN_LINE, '"""': _IN_LONG}.get(inside, _IN_CODE)
    found = pattern.match(text, place)
    return found.end() - place if found else 1
