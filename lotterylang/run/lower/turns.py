"""Turns of a prompt: those that are written, and those that `${turns(pairs)}` makes of a history when it runs.

Enters: the parts of a prompt's text. Leaves: closures that give `Turn`s, whose texts are data whatever they hold. Next
door: `prompts.py` puts the prompt together; `check/histories.py` has seen where a history stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from lotterylang.run.effects import Role, Turn
from lotterylang.run.lower.emitter import Evaluate
from lotterylang.run.machine import Slots
from lotterylang.syntax import tree

Part = Callable[[Slots, bool], Any]
"""Gives a text or a hole; with True, a value is left empty."""
Turns = Callable[[Slots, bool], Iterable[Turn]]
"""Gives turns; with True, values are left empty, and a history is none."""


def turn(role: Role | None, parts: Sequence[Part]) -> Turns:
    """Give the closure of a turn that is written; `parts` may still grow until it is called."""
    return lambda s, blank: (Turn(role, _merged(part(s, blank) for part in parts)),)


def history(pairs: Evaluate) -> Turns:
    """Give the closure of a history: of each pair what the user said, and what the assistant said."""
    return lambda s, blank: () if blank else _told(pairs(s))


def literals(parts: Sequence[Any], told: Sequence[bool]) -> Iterator[str | None]:
    """Give the literal text of each part, None for what is none; `told` says which parts are histories.

    The newline before a history belongs to no turn, nor do the blanks after it or before the first turn.
    """
    is_chat, has_begun = any(isinstance(part, tree.RoleLine) for part in parts), False
    for part, is_next, is_last in zip(parts, [*told[1:], False], [False, *told[:-1]], strict=True):
        if not isinstance(part, tree.Piece):
            has_begun = True
            yield None
        elif is_last or (is_chat and not has_begun):
            yield ""
        else:
            yield part.text.rstrip(" \t").removesuffix("\n") if is_next else part.text


def _told(pairs: Any) -> Iterator[Turn]:
    for asked, answered in pairs:
        yield Turn("user", (asked,) if asked else ())
        yield Turn("assistant", (answered,) if answered else ())


def _merged(parts: Iterable[Any]) -> tuple[Any, ...]:
    """Put neighbouring texts together."""
    found: list[Any] = []
    for part in parts:
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        elif part != "":
            found.append(part)
    return tuple(found)
