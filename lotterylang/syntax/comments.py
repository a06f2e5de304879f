"""Where the comments of a source are. The tree has none: whoever wants to keep them asks here.

Enters: a source that parses. Leaves: its comments, in order. Next door: `canonical.py` keeps them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lotterylang.syntax.parser import tokens_of
from lotterylang.syntax.source import Source

_COMMENT = re.compile(r"#[^\n]*")


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment, from its `#` to the end of its line."""

    start: int
    text: str

    @property
    def end(self) -> int:
        """Give the offset of the end of its line."""
        return self.start + len(self.text)


def comments_of(source: Source) -> list[Comment]:
    """List the comments: each `#` that stands between tokens. Errors: those of parsing."""
    found: list[Comment] = []
    at = 0
    for start, end in [*tokens_of(source), (len(source.text), len(source.text))]:
        for comment in _COMMENT.finditer(source.text, at, start):
            found.append(Comment(comment.start(), comment.group()))
        at = max(at, end)
    return found
