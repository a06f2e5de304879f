"""Constraints: a hole and its place in, a grammar for its reply and the way back from the reply to the value out.

A hole is decoded by itself; the text between two holes is read, not decoded, once the first is filled. A reply is: the
space that joins it, the value, and a closing: one of the stops, the first line of the text that follows, a newline
where that ends it, or a token that ends the turn. A text ends before the *first* closing in it; a stop is in no value
at all. Next door: `notation.py` writes the value's own grammar; `decoding/row.py` obeys.
"""

from __future__ import annotations

from dataclasses import dataclass

from lotterylang.run.effects import Prompt, Turn
from lotterylang.run.shapes import Calls, Decimal, Fields, Free, Hole, Listing, Maybe, OneOf, Shape, Whole
from lotterylang.world.model.constraint.notation import ANYTHING, Notation, either, joined, literal
from lotterylang.world.model.constraint.reading import fits


@dataclass(frozen=True, slots=True)
class Gap:
    """The next hole and its place: text after it in its turn up to the next hole, and whether a space joins it."""

    hole: Hole
    joined: bool
    follow: str


@dataclass(frozen=True, slots=True)
class Constraint:
    """What a reply may be. `before` closings are in no value and anything may come after them in the same token.

    `exact` closes a value that may itself contain it (`3.5` before a full stop) and nothing comes after it.
    """

    shape: Shape
    lead: str
    before: tuple[str, ...]
    exact: str | None
    may_end: bool

    def grammar(self) -> str:
        """Write the constraint for llguidance. Errors: ValueError for a pattern that no hole can promise."""
        notation = Notation()
        definition = f"VALUE: {notation.of(self.shape)}"
        value = "VALUE"
        ways: list[str] = []
        closing = either([literal(text) for text in self.before])
        if self.before and self._closes_lines:
            ways.append(joined(["VALUE", closing, ANYTHING]))
        elif self.before:
            first = f"(~({ANYTHING} {closing} /(?s:.+)/))"
            ways.append(joined([f"({joined(['VALUE', closing])} & {ANYTHING} & {first})", ANYTHING]))
            value = f"(VALUE & {ANYTHING} & (~({ANYTHING} {closing} {ANYTHING})))"
        if self.exact is not None:
            ways.append(joined([value, literal(self.exact)]))
        if self.may_end:
            ways.append(value)
        whole = joined([literal(self.lead), either(ways)]) if self.lead else either(ways)
        return "\n".join([*notation.definitions, definition, f"REPLY: {whole}", "start: REPLY"])

    @property
    def _closes_lines(self) -> bool:
        """Tell whether no closing can begin in a value, which then needs no looking for: a mask takes a fifteenth."""
        return not may_hold_newline(self.shape) and all(text.startswith("\n") for text in self.before)

    def permits(self, value: str) -> bool:
        """Tell whether a text may be the hole's value: its shape allows it, and nothing in it closes the reply."""
        return fits(self.shape, value) and not any(text in value for text in self.before)

    def closed(self, reply: str) -> bool:
        """Tell whether a legal reply contains its closing already, whatever would come next."""
        return self._first_closing(reply) is not None

    def value(self, reply: str) -> str | None:
        """Read the value out of a finished reply; None if the reply is not one."""
        body = reply.removeprefix(self.lead)
        at = self._first_closing(reply)
        if at is not None:
            body = body[:at]
        elif self.exact is not None and body.endswith(self.exact):
            body = body.removesuffix(self.exact)
        elif not self.may_end:
            return None
        return body if fits(self.shape, body) else None

    def cut_value(self, reply: str) -> str | None:
        """Read the value out of a reply that a limit cut: all of it, or all but the beginning of a closing."""
        if not reply.startswith(self.lead):
            return None
        body = reply.removeprefix(self.lead)
        if fits(self.shape, body):
            return body
        closings = [*self.before, *([] if self.exact is None else [self.exact])]
        begun = {closing[:size] for closing in closings for size in range(1, len(closing) + 1)}
        values = [body.removesuffix(part) for part in sorted(begun, key=len) if body.endswith(part)]
        return next((value for value in values if fits(self.shape, value)), None)

    def _first_closing(self, reply: str) -> int | None:
        body = reply.removeprefix(self.lead)
        found = [body.find(text) for text in self.before]
        return min((at for at in found if at >= 0), default=None)


def gap(prompt: Prompt, filled: int) -> Gap:
    """Give the place of the hole that comes after `filled` others."""
    seen = 0
    for turn in prompt.turns:
        for index, part in enumerate(turn.parts):
            if not isinstance(part, Hole):
                continue
            if seen == filled:
                return Gap(part, _text_before(turn, index).endswith(" "), _text_after(turn, index))
            seen += 1
    raise IndexError(f"the prompt has {seen} holes, not {filled + 1}")


def _text_before(turn: Turn, index: int) -> str:
    before = turn.parts[index - 1] if index else ""
    return before if isinstance(before, str) else ""


def _text_after(turn: Turn, index: int) -> str:
    text = ""
    for part in turn.parts[index + 1 :]:
        if isinstance(part, Hole):
            break
        text += part
    return text


def constraint(gap: Gap, is_chat: bool) -> Constraint:
    """Give the constraint of a hole at its place."""
    shape, stops = gap.hole.shape, tuple(stop for stop in gap.hole.stops if stop)
    line = first_line(gap.follow)
    free = is_text(shape)
    before = [*stops, *([line] if line and free else [])]
    if not line and not may_hold_newline(shape) and (free or not is_chat):
        before.append("\n")
    exact = line if line and not free else None
    return Constraint(shape, " " if gap.joined else "", tuple(dict.fromkeys(before)), exact, may_end=not line)


def first_line(text: str) -> str:
    """Give the first line of a text that has something on it, with the newlines before it."""
    newlines = len(text) - len(text.lstrip("\n"))
    end = text.find("\n", newlines)
    return text if end < 0 else text[:end]


def is_text(shape: Shape) -> bool:
    """Tell whether a hole of this shape is open text, which runs on until something closes it."""
    return isinstance(shape, Free) or (isinstance(shape, Maybe) and is_text(shape.shape))


def may_hold_newline(shape: Shape) -> bool:
    """Tell whether a value of this shape may contain a newline as it is written."""
    match shape:
        case Free():
            return shape.lines
        case OneOf(options):
            return any("\n" in option for option in options)
        case Maybe(inner):
            return may_hold_newline(inner)
        case Whole() | Decimal() | Listing() | Fields() | Calls():
            return False
