"""What to type instead of what the parser refused: one line of help.

Enters: what was found, what was accepted, what stands before it and which brackets are open. Leaves: a hint.
The rules are asked in order, the more telling first. Next door: `habits.py` has the words of other languages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lotterylang.syntax.expected import INSTRUCTIONS, RESERVED, words_before
from lotterylang.syntax.habits import FORMS, SIGNS, WORDS
from lotterylang.syntax.source import Span

_WHOLE = {"if", "match", "for", "fold", "retry", "within", "try", "endorse"}
_GOING_ON = {"+", "*", "/", "%", ".", "and", "or", "==", "<", ">", "..", "=>", "->", "="}
_SIGNS = set('_{}()[]<>|,.:=+-*/%"?!@$&#')
_BLOCK = "a block stands between braces: `{ … }`"
_POINT = "a number has a digit on both sides of its point: `{}`"


@dataclass(frozen=True, slots=True)
class Hint:
    """What to type; `word` is what to blame, if not what was found."""

    help: str
    word: Span | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of a place that the parser refused; the three words before it, `""` where there is none."""

    found: str
    accepted: set[str]
    words: list[str]
    opened: str
    next: str

    @property
    def last(self) -> str:
        """Give the word or sign before the place on its line."""
        return self.words[-1] if self.words else ""

    @property
    def takes_name(self) -> bool:
        """Say whether a name could stand here, and no other expression."""
        return "NAME" in self.accepted and "NUMBER" not in self.accepted

    @property
    def takes_value(self) -> bool:
        """Say whether an expression could stand here."""
        return {"NUMBER", "_QUOTE", "LSQB"} <= self.accepted and "PLUS" not in self.accepted

    @property
    def takes_operand(self) -> bool:
        """Say whether an expression could stand here, but no instruction and no `if`."""
        return self.takes_value and "_IF" not in self.accepted

    @property
    def ended(self) -> bool:
        """Say whether an expression or a statement ended before the place."""
        return bool({"PLUS", "_NL", "RPAR", "LBRACE"} & self.accepted) and not {"NUMBER", "NAME"} & self.accepted


def hint(span: Span, accepted: set[str], opened: list[Span]) -> Hint:
    """Tell what to type at a place."""
    before = words_before(span)
    words = [word.text for word in before]
    if span.text and words and words[-1] in WORDS and (len(words) == 1 or words[-2] in ("{", "}", ",", "(", "=", "=>")):
        return Hint(WORDS[words[-1]], before[-1])
    inner = opened[-1].text if opened else ""
    place = Place(span.text, accepted, words, inner, span.source.text[span.end : span.end + 1])
    return Hint(next(help for rule in _RULES for help in rule(place)))


def _of_signs(place: Place) -> Iterator[str]:
    """Signs that the language does not have, longer than one character."""
    if place.found == "??" and "_WHERE" in place.accepted:
        yield "one `?` is enough"
    if len(place.found) > 1 and place.found in SIGNS and "TEXT" not in place.accepted:
        yield SIGNS[place.found]


def _of_case(place: Place) -> Iterator[str]:
    """Words of the language in the wrong case."""
    for word in (place.last, place.found):
        if word.upper() in INSTRUCTIONS and word not in INSTRUCTIONS and (place.ended or word == place.found):
            yield f"instructions are written in capitals: `{word.upper()}`"
        if word.lower() in RESERVED and word not in RESERVED:
            yield f"write `{word.lower()}`"


def _of_words(place: Place) -> Iterator[str]:
    """Words of the language in the wrong place."""
    found = place.found
    if "for" in place.words[-3:] and "(" in place.words[-2:] and place.takes_name | (place.accepted == {"COMMA"}):
        yield "write `for x in xs { … }`"
    if place.takes_name and found in RESERVED | INSTRUCTIONS:
        yield f"`{found}` is a word of the language; take another name"
    if place.takes_value and found in ("READ", "WRITE", "COPY", "MOV", "JUMP"):
        yield "it is a statement on a line of its own: `READ place -> name`, `WRITE value -> place`"
    if place.takes_operand and found in INSTRUCTIONS | _WHOLE and place.last != "{":
        yield f"as an operand it stands in brackets: `({found} …)`"
    if place.takes_operand and place.last == "{" and found in RESERVED | INSTRUCTIONS:
        yield "a block is no expression here, and a map holds `key: value`; bind by `let` before"
    if found == "where" and "_RANGLE" in place.accepted:
        yield "a condition stands after the whole type: `list<int> where every(it, x => x > 0)`"
    if found in ("else", "catch") and "_LET" in place.accepted:
        yield f"`{found}` follows the `}}` of {'an `if`' if found == 'else' else 'a `try`'}"
    if found == "for" and place.opened == "[":
        yield "write `for x in xs { … }`; its value is the list"
    if found == "if" and place.ended:
        yield "write `if a { b } else { c }`"


def _of_names(place: Place) -> Iterator[str]:
    """Names in a form that the language does not have."""
    found = place.found
    if not re.fullmatch(r"[^\W\d]\w*", found):
        return
    if not found.isascii():
        yield "a name has letters from `a` to `z`, digits and `_`"
    elif found != found.lower() and found not in INSTRUCTIONS and (place.takes_name or found[0].islower()):
        small = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", found).lower()
        yield f"names of values and functions have small letters: `{small}`"
    elif "TYPE" in place.accepted and "NAME" not in place.accepted and found[0].islower():
        yield f"names of types begin with a capital: `{''.join(part.capitalize() for part in found.split('_'))}`"


def _of_numbers(place: Place) -> Iterator[str]:
    """Numbers in a form that the language does not have."""
    found, before = place.found, place.words[-2] if len(place.words) > 1 else ""
    if re.fullmatch(r"0[xob]\w*|[0-9]+[eE][0-9]+", found):
        yield "a number is written out in digits: `1_000_000`, `0.001`"
    elif re.fullmatch(r"[0-9]\w*[A-Za-z_]\w*", found):
        yield "a name begins with a letter; between a number and a name stands a sign"
    if found == "." and place.takes_value and place.next.isdigit():
        yield _POINT.format("0.5")
    if place.last == "." and before.isdigit():
        yield _POINT.format(f"{before}.0")
    if place.last == "." and found.isdigit():
        yield "take a tuple apart by `let (a, b) = pair`"


def _of_blocks(place: Place) -> Iterator[str]:
    """Blocks, arms, results and records in another language's form."""
    found, accepted, last = place.found, place.accepted, place.last
    if found == "{" and re.fullmatch(r"[A-Z]\w*", last) and place.ended:
        yield f"a record is built as `{last}(field = value)`"
    if found in (":", "->", "=") and "_DOUBLE_ARROW" in accepted:
        yield "an arm is written `case => value`"
    if "_ARROW" in accepted and last == ")" and found in (":", "as", "=>"):
        yield "a result is written `-> type`"
    if found == "{" and {"LPAR", "_LANGLE"} <= accepted:
        yield "parameters stand in round brackets, also if there are none: `fn name() { … }`"
    if "LBRACE" in accepted and "EQUAL" in accepted and found == ":":
        yield "write `type Name { field: type }`"
    if "_ALWAYS" in accepted and found == "{":
        yield "write `always {`, or `at least 0.9 against 0.8 {`"
    if found == "" and accepted == {"LBRACE"}:
        yield "`{` stands at the end of this line"
    if "LBRACE" in accepted and "NUMBER" not in accepted and found != "=":
        yield _BLOCK
    if found == "=>" and (place.ended or place.opened == "["):
        yield "a function `x => value` stands only as an argument, its one parameter without brackets"


def _of_types(place: Place) -> Iterator[str]:
    """A type left out, or not closed."""
    found, first = place.found, place.words[0] if place.words else ""
    if place.accepted == {"COLON"}:
        if place.opened == "@{":
            yield "a hole has a type: `@{name: type}`"
        elif first == "memory":
            yield "a memory has a type: `memory head : int = 0`"
        elif found in (",", ")", "="):
            yield "it has a type: `name: type`"
    if "_RANGLE" in place.accepted and found in (")", "{", "=", "}", ""):
        yield "a type's brackets are closed by `>`"
    if found == '"' and first == "enum":
        yield 'a case is a name, and may say how it is written: `low = "rather low"`'


def _of_brackets(place: Place) -> Iterator[str]:
    """Brackets with nothing in them, a comma too many."""
    found, last = place.found, place.last
    if place.takes_value or "COLON" in place.accepted:
        if (last, found) == ("{", "}"):
            yield "the empty map is `{:}`"
        if (last, found) == ("${", "}"):
            yield "an expression stands between the braces; `$${` is plain text"
        if (last, found) == ("(", ")"):
            yield "there is no empty tuple; `none` says that there is nothing"
        if last == "," and found in (")", "]", "}", ","):
            yield "remove the comma"
    if found == ":" and place.opened == "[":
        yield "a slice is written `xs[0..2]`, both ends included"
    if (found == "]" and last in ("..", "..<")) or (found in ("..", "..<") and last == "["):
        yield "a slice has both ends: `xs[0..2]`; from an item to the last `xs[1..-1]`"
    if found in ("${", "@{") and "_QUOTE" in place.accepted:
        yield "only plain text stands here, without values and holes"


def _of_statements(place: Place) -> Iterator[str]:
    """Assignments, imports, statements at the top or at the start of a line."""
    found, accepted, words = place.found, place.accepted, place.words
    if words[:1] == ["WRITE"] and found == "=":
        yield "write `WRITE value -> place`"
    if words[:1] == ["JUMP"] and found == ":":
        yield f"write `JUMP {place.last}`, without `:`"
    if words == ["import"]:
        yield 'write `import std.vote`, or `import "plan.lot" as plan` for a file'
    if found == "=" and place.ended:
        assigned = len(words) == 1 or place.last == "]" or (len(words) > 1 and words[-2] == "{")
        bind = "bind a name by `let name = value`, memory by `WRITE value -> place`"
        yield bind if assigned else "compare with `==`; bind a name by `let`"
    if not words and found in _GOING_ON and {"_LET", "_FN"} & accepted:
        yield "the line before was a whole statement; it goes on if it ends in an operator, or inside brackets"
    if place.last == '"' and place.ended and re.fullmatch(r"\w+", found):
        yield 'a quote inside a text is written `\\"`'
    if place.last == "f" and found == '"':
        yield "a text takes values in by `${…}`; no letter in front is needed"


def _of_habits(place: Place) -> Iterator[str]:
    """Words and signs of other languages."""
    found, accepted = place.found, place.accepted
    if found in WORDS and {"_FN", "_NL", "NUMBER", "_CATCH"} & accepted:
        yield WORDS[found]
    if found in SIGNS and "TEXT" not in accepted:
        yield SIGNS[found]
    if found and not found[0].isalnum() and found[0] not in _SIGNS and "TEXT" not in accepted:
        yield "the language has no such sign"


def _of_lines(place: Place) -> Iterator[str]:
    """The last resort: what could begin a statement stands where none begins."""
    found, accepted = place.found, place.accepted
    if "//" in place.words:
        yield "a comment begins with `#`; `//` divides"
    if {"_FN", "_ENUM"} <= accepted:
        yield "a file holds declarations; statements stand in a function: `fn name() { … }`"
    if "_NL" in accepted and re.fullmatch(r"\w+|[\"({\[,]", found):
        yield "start a new line"


def _of_forms(place: Place) -> Iterator[str]:
    """How the construct that was begun is written."""
    if place.opened == "@{":
        yield 'a hole is written `@{name: type, stop "…", max 60 tokens, lines}`, the limits as needed'
    if {"_RECALL", "_VERIFY"} <= place.accepted:
        yield "a solver has `budget recall external requests divide combine direct verify trials select store`"
    for word in reversed(place.words):
        if word in FORMS and not place.ended:
            yield f"it is written `{FORMS[word]}`"
    yield "remove it, or write before it what is expected" if place.found else "write what is expected"


_RULES: tuple[Callable[[Place], Iterator[str]], ...] = (
    *(_of_signs, _of_case, _of_words, _of_names, _of_numbers, _of_types, _of_brackets, _of_statements, _of_blocks),
    *(_of_habits, _of_lines, _of_forms),
)
