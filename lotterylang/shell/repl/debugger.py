"""Stepping: shows where a run is, what its names and memory hold, what it asks next, and goes on as it is told.

Enters: moments of a run that `run/stepping.py` shows. Leaves: nothing, or `Stopped`. Next door: `loop.py` starts it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lotterylang.run.convert import shortened, shown
from lotterylang.run.effects import Choose, Effect, ModelEffect, Score
from lotterylang.run.journal import described
from lotterylang.run.machine import Frame
from lotterylang.run.memory import Memory
from lotterylang.run.stepping import Moment
from lotterylang.shell.screen import say
from lotterylang.syntax import tree
from lotterylang.syntax.source import Span
from lotterylang.testing.puppet import prompt_text

PROMPT = "step> "
WIDEST = 100
HELP = (
    ":step      go on to the next part, into calls (so does an empty line)",
    ":next      go on over calls",
    ":continue  go on to the end",
    ":stop      end the run; nothing has changed",
    ":where     the calls that led here",
    ":memory    what the memory holds here",
)
_CAPITALS = tree.Ask | tree.Choose | tree.Score | tree.Read | tree.Write | tree.Copy | tree.Mov | tree.Jump


class Stopped(Exception):
    """The run was stopped by hand; `ends` says that the session ends too."""

    def __init__(self, ends: bool = False) -> None:
        super().__init__()
        self.ends = ends


class Debugger:
    """Watches one run."""

    def __init__(self, read: Callable[[str], str], show_memory: Callable[[Memory, str], None]) -> None:
        self._read = read
        self._show_memory = show_memory
        self._deepest: int | None = None  # pause at calls no deeper than this; None: pause everywhere
        self._goes_on = False
        self._last: tuple[int, int, bool] | None = None

    def __call__(self, moment: Moment) -> None:
        """Show a moment and wait for a command, if the run shall pause here. Errors: Stopped."""
        if self._goes_on or (self._deepest is not None and moment.depth > self._deepest):
            return
        here = id(moment.frame), id(moment.node), moment.effect is not None
        if here == self._last or isinstance(moment.node, tree.Block):
            return
        self._last = here
        for line in shown_moment(moment):
            say(line)
        self._wait(moment)

    def _wait(self, moment: Moment) -> None:
        while True:
            try:
                words = self._read(PROMPT).split(maxsplit=1)
            except EOFError:
                raise Stopped(ends=True) from None
            word, rest = (words[0] if words else ":step"), (words[1] if len(words) > 1 else "").strip()
            if word in (":step", ":next", ":continue"):
                self._deepest = moment.depth if word == ":next" else None
                self._goes_on = word == ":continue"
                return
            if word in (":stop", ":quit"):
                raise Stopped(ends=word == ":quit")
            self._tell(word, rest, moment)

    def _tell(self, word: str, rest: str, moment: Moment) -> None:
        if word == ":memory":
            self._show_memory(moment.memory, rest)
            return
        for line in _calls(moment.frame) if word == ":where" else HELP:
            say(line)


def shown_moment(moment: Moment) -> Iterator[str]:
    """Write a moment for a person."""
    span: Span = moment.node.span
    depth = f"{moment.depth} calls deep" if moment.depth > 1 else "at the top"
    yield f"{span.place}  {moment.frame.code.name}, {depth}"
    yield from _underlined(span)
    for name, value in moment.bindings.items():
        yield f"  {name} = {shortened(shown(value), WIDEST)}"
    if moment.effect is not None:
        yield from _asked(moment.effect)
    elif isinstance(moment.node, _CAPITALS):
        yield f"  next: {type(moment.node).__name__.upper()}"


def _underlined(span: Span) -> Iterator[str]:
    line, column = span.source.position(span.start)
    text = span.source.line(line)
    length = max(1, min(span.end - span.start, len(text) - column + 1))
    start = max(0, column - 1 - WIDEST // 2) if len(text) > WIDEST else 0
    yield f"  | {text[start : start + WIDEST]}"
    yield f"  | {' ' * (column - 1 - start)}{'^' * min(length, WIDEST - (column - 1 - start))}"


def _asked(effect: Effect) -> Iterator[str]:
    if not isinstance(effect, ModelEffect):
        yield f"  sends: {type(effect).__name__.upper()}  {effect.path}"
        yield f"    {shortened(str(described(effect)), WIDEST)}"
        return
    yield f"  sends: {type(effect).__name__.upper()} {effect.model}  {effect.path}"
    for line in prompt_text(effect.prompt).split("\n"):
        yield f"    {line}"
    options = effect.options if isinstance(effect, Choose) else (effect.text,) if isinstance(effect, Score) else ()
    for option in options:
        yield f"    option: {option!r}"


def _calls(frame: Frame | None) -> Iterator[str]:
    while frame is not None:
        yield f"  {frame.code.places[frame.pc].span.place}  {frame.code.name}"
        frame = frame.caller
