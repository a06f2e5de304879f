"""Definitions: what a tool is: its function, its signature, and what the door has to know to run it.

`@tool(…)` above a function says the rest; a function without it is taken to act, is never called twice for one call,
and runs in a worker process. Next door: `loading.py` finds them, `door.py` runs them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from lotterylang.world.tools.kinds import Given, Unfit
from lotterylang.world.tools.leaves import Leave
from lotterylang.world.tools.signature import Signature

F = TypeVar("F", bound=Callable[..., Any])

_MARK = "__lottery_tool__"


class State(Given):
    """State that lives as long as a run: a parameter of such a type is made at the first call, and given again."""


@dataclass(frozen=True, slots=True)
class Traits:
    """How a tool may be run. Units: `limit_s` in seconds, for all attempts of a call together.

    `acts`: it changes something, so it needs leave, unless all that it changes is `inside` of the run and gone with it.
    `repeats`: the same call twice does no more than once. `here`: it always ends soon by itself, so it needs no process
    of its own. `alone`: its process is ended after each call, with all that it may have left running. `start_s`: how
    long what it stands on may take to start, which is not part of the limit; 0 where there is nothing to start.
    """

    acts: bool = True
    inside: bool = False
    repeats: bool = False
    here: bool = False
    alone: bool = False
    limit_s: float = 10.0
    start_s: float = 0.0


def tool(
    *,
    acts: bool = True,
    inside: bool = False,
    repeats: bool | None = None,
    here: bool = False,
    alone: bool = False,
    limit_s: float = 10.0,
) -> Callable[[F], F]:
    """Say of a function how it may be run as a tool. What does not act may be repeated, unless `repeats` denies it."""

    def marked(function: F) -> F:
        setattr(function, _MARK, Traits(acts, inside, (not acts) if repeats is None else repeats, here, alone, limit_s))
        return function

    return marked


@dataclass(frozen=True, slots=True)
class Definition:
    """A tool that can be run. `source` says where it was found, for messages and for workers.

    `keeps` names the state that its calls share, "" for one that keeps none. `starts` starts what it stands on; it is
    given what the function is given beside its arguments.
    """

    source: str
    function: Callable[..., Any]
    signature: Signature
    traits: Traits
    does: str
    keeps: str = ""
    starts: Callable[..., None] | None = None

    @classmethod
    def of(cls, source: str, function: Callable[..., Any]) -> Definition:
        """Define a tool by its function. Errors: Unfit for one that can't be."""
        if not callable(function) or inspect.isclass(function) or inspect.iscoroutinefunction(function):
            raise Unfit(f"`{source}` is no plain function")
        signature = Signature.of(function)
        kinds = list(signature.given.values())
        if len([kind for kind in kinds if issubclass(kind, Leave)]) > 1:
            raise Unfit(f"`{source}` asks for two leaves")
        lines = (inspect.getdoc(function) or "").strip().splitlines()
        states = [f"{kind.__module__}.{kind.__qualname__}" for kind in kinds if issubclass(kind, State)]
        traits = getattr(function, _MARK, Traits())
        return cls(source, function, signature, traits, lines[0] if lines else "", states[0] if states else "")

    @property
    def leave(self) -> type[Leave] | None:
        """Give the kind of leave that it needs; None for one that needs none of its own."""
        return next((kind for kind in self.signature.given.values() if issubclass(kind, Leave)), None)

    def given(self, leave: Leave | None, kept: dict[type[State], State]) -> dict[str, Given]:
        """Give what the function is given beside its arguments; state is made where there is none yet."""
        found: dict[str, Given] = {}
        for name, kind in self.signature.given.items():
            if issubclass(kind, State):
                found[name] = kept.setdefault(kind, kind())
            elif leave is not None:
                found[name] = leave
        return found
