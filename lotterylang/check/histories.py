"""Where `${turns(pairs)}` may stand: on a line of its own, where a user's turn may begin, and a `user:` line is next.

Enters: the parts of a prompt, one of them a history. Leaves: what is wrong with its place, if anything. Next door:
`prompts.py` judges prompts; `run/lower/turns.py` makes turns of the pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lotterylang.syntax import tree


@dataclass(frozen=True, slots=True)
class Misplaced:
    """What to say of a history that can't stand where it does."""

    message: str
    label: str
    help: str


_NO_CHAT = Misplaced("`turns` makes turns, and this prompt has none", "no turn", "write a line `user:` below it")
_NOT_ALONE = Misplaced("`${turns(…)}` stands inside a turn", "not alone", "write it on a line of its own")
_IN_USER = Misplaced(
    "`${turns(…)}` begins with a user's turn, and one stands before it",
    "two in a row",
    "write it first, or after `system:` or `assistant:`",
)
_NO_USER = Misplaced("no `user:` follows `${turns(…)}`", "ends with an assistant's turn", "write `user:` below it")


def misplaced(parts: Sequence[object], history: tree.Value) -> Misplaced | None:
    """Tell what is wrong with the place of a history in a prompt; None if nothing is."""
    place = next(number for number, part in enumerate(parts) if part is history)
    before, after = parts[:place], parts[place + 1 :]
    if not any(isinstance(part, tree.RoleLine) for part in parts):
        return _NO_CHAT
    if not _begins_line(before) or not _ends_line(after):
        return _NOT_ALONE
    roles = [part.role for part in before if isinstance(part, tree.RoleLine)]
    if roles[-1:] == ["user"]:
        return _IN_USER
    following = after[1:] if after and is_blank(after[0]) else after
    first = following[0] if following else None
    return None if isinstance(first, tree.RoleLine) and first.role == "user" else _NO_USER


def _begins_line(before: Sequence[object]) -> bool:
    last = before[-1] if before else None
    return last is None or (isinstance(last, tree.Piece) and last.text.rstrip(" \t").endswith("\n"))


def _ends_line(after: Sequence[object]) -> bool:
    first = after[0] if after else None
    if first is None or isinstance(first, tree.RoleLine) or is_blank(first):
        return True
    return isinstance(first, tree.Piece) and first.text.lstrip(" \t").startswith("\n")


def is_blank(part: object) -> bool:
    """Tell whether a part of a prompt is white space alone."""
    return isinstance(part, tree.Piece) and not part.text.strip()
