"""What a tool says when it can't: one exception of four kinds, which the door turns into the reply `Failed`.

Next door: every tool raises it, `door.py` catches it.
"""

from __future__ import annotations

from typing import Literal, get_args

from lotterylang.run.effects import Failed

RefusalKind = Literal["ToolFailed", "Denied", "NotFound", "Timeout"]

KINDS: tuple[RefusalKind, ...] = get_args(RefusalKind)

LONGEST = 500
"""Characters of a message; a tool's own words may be endless."""


class Refused(Exception):
    """A call that has no result. `passing` tells that the same call may go well a moment later."""

    def __init__(self, kind: RefusalKind, message: str, *, passing: bool = False) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message if len(message) <= LONGEST else f"{message[: LONGEST - 1]}…"
        self.passing = passing

    @property
    def reply(self) -> Failed:
        """Give it as a reply."""
        return Failed(self.kind, self.message)


def shortened(text: str, most: int = 60) -> str:
    """Cut what a message shows of a text, and keep it on one line."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
