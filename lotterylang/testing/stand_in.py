"""Stand-ins for tools: they answer from what an example gives, and the answer depends on the call alone.

A line matches a part of the call as it is written, `calc(expression = "2 + 2")`; the first that matches counts. Next
door: `puppet.py` stands in for models, `examples.py` makes both.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from json import dumps

from lotterylang.run.convert import to_data
from lotterylang.run.effects import Call, Called, Data, Failed, Reply
from lotterylang.run.journal import packed
from lotterylang.testing.puppet import Answer, Unanswered, callers, folded


@dataclass(frozen=True, slots=True)
class CallLine:
    """When to answer what: the calls with these arguments (None: any), or whose text has this part (None: any)."""

    answers: tuple[Answer, ...]
    arguments: tuple[tuple[str, Data], ...] | None = None
    pattern: str | None = None
    function: str | None = None


class StandInTool:
    """A tool that follows a script."""

    def __init__(self, name: str, lines: Sequence[CallLine]) -> None:
        self.name = name
        self.lines = tuple(lines)
        self._turns: dict[tuple[int, str], int] = {}

    @property
    def identity(self) -> str:
        """Identify the stand-in for journals."""
        return f"stand-in:{self.name}"

    def submit(self, effects: Sequence[Call]) -> list[Future[Reply]]:
        """Answer every call at once."""
        futures = []
        for effect in effects:
            future: Future[Reply] = Future()
            try:
                future.set_result(self._reply(effect))
            except Unanswered as problem:
                future.set_exception(problem)
            futures.append(future)
        return futures

    def close(self) -> None:
        """Nothing is held."""

    def _reply(self, effect: Call) -> Reply:
        text = call_text(effect)
        for number, line in enumerate(self.lines):
            in_function = line.function is None or line.function in callers(effect.path)
            is_it = line.arguments is None or line.arguments == effect.arguments
            if in_function and is_it and (line.pattern is None or folded(line.pattern) in text):
                turn = self._turns.get((number, text), 0)
                self._turns[number, text] = turn + 1
                return _answered(line.answers[min(turn, len(line.answers) - 1)])
        raise Unanswered(f"no reply is given for the call at `{effect.path}`: {text}")


def call_text(effect: Call) -> str:
    """Write a call as text for matching and for messages."""
    given = (f"{name} = {dumps(packed(value), ensure_ascii=False)}" for name, value in effect.arguments)
    return folded(f"{effect.tool}({', '.join(given)})")


def _answered(answer: Answer) -> Reply:
    if answer.failure is not None:
        return Failed(answer.failure, "as the test says")  # type: ignore[arg-type]
    return Called(to_data(answer.value))
