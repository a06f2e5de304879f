"""Texts: what a small model does badly by itself: counting, turning round, sorting. No patterns, so all end soon.

A letter is what a reader takes for one: letters are compared in Unicode form NFC. Next door: `definition.py`.
"""

from __future__ import annotations

from lotterylang.world.tools.definition import tool
from lotterylang.world.tools.refusal import Refused


@tool(acts=False, here=True)
def same(text: str) -> str:
    """Give the text back; a model that may call it can so end its work with an answer."""
    return text


@tool(acts=False, here=True)
def length(text: str) -> int:
    """Count the characters of a text."""
    return len(text)


@tool(acts=False, here=True)
def count_words(text: str) -> int:
    """Count what blanks divide."""
    return len(text.split())


@tool(acts=False, here=True)
def count_of(part: str, text: str) -> int:
    """Count how often a part occurs in a text, without overlap, large and small letters alike."""
    return text.casefold().count(_some(part).casefold())


@tool(acts=False, here=True)
def upper(text: str) -> str:
    """Give the text in capital letters."""
    return text.upper()


@tool(acts=False, here=True)
def lower(text: str) -> str:
    """Give the text in small letters."""
    return text.lower()


@tool(acts=False, here=True)
def reverse(text: str) -> str:
    """Give the characters in the opposite order."""
    return text[::-1]


@tool(acts=False, here=True)
def replace(text: str, old: str, new: str) -> str:
    """Put one part in the place of another, everywhere."""
    grown = len(text) + text.count(_some(old)) * (len(new) - len(old))
    if grown > 1_000_000:
        raise Refused("ToolFailed", "the text would have more than 1,000,000 characters")
    return text.replace(old, new)


@tool(acts=False, here=True)
def split(text: str, at: str) -> list[str]:
    """Divide a text at each place where a part occurs, without blanks at the ends."""
    return [part.strip() for part in text.split(_some(at))]


@tool(acts=False, here=True)
def sort_lines(text: str) -> str:
    """Sort lines by their letters, large and small ones alike."""
    return "\n".join(sorted(text.splitlines(), key=lambda line: (line.casefold(), line)))


def _some(part: str) -> str:
    if not part:
        raise Refused("ToolFailed", "an empty text is everywhere: give at least one character")
    return part
