"""What is known at a place of a program that is being drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

Draw = Callable[[SearchStrategy[Any]], Any]


@cache
def _numbers(low: int, high: int) -> SearchStrategy[int]:
    return st.integers(low, high)


@dataclass
class Function:
    """A function that was drawn. `wild`: what it spends may depend on what is cancelled when."""

    name: str
    params: list[str]
    result: str
    touches: bool
    wild: bool = False


@dataclass
class Count:
    """A number that all scopes of a function share."""

    value: int


Form = str | Callable[["Scope", int], str]
General = Callable[["Scope", str, int], str]


@dataclass(frozen=True)
class Forms:
    """The forms that are functions: those that give one type, those that give any, those that touch something."""

    own: Mapping[str, Sequence[Form]]
    general: Sequence[General]
    effects: Mapping[str, Sequence[Form]]


@dataclass
class Body:
    """What all scopes of one function share."""

    forms: Forms
    functions: list[Function]
    parts: Count  # how much more may be drawn
    names: Count
    moved: set[str] = field(default_factory=set)
    wild: bool = False


@dataclass
class Scope:
    """What may be spoken of here, and done.

    `pure`: nothing may be touched. `returns`: the type that `return` would need, none where it may not stand.
    `feedback`: the name that every prompt must show. `shared`: here a budget is shared out or bounded, so nothing wild.
    """

    draw: Draw
    body: Body
    names: list[tuple[str, str]] = field(default_factory=list)
    pure: bool = False
    returns: str | None = None
    feedback: str | None = None
    shared: bool = False

    def inner(self, *names: tuple[str, str], **changes: Any) -> Scope:
        """Give the scope of a block, with some names more."""
        return replace(self, names=[*self.names, *names], **changes)

    @property
    def without_effects(self) -> Scope:
        """Give the scope of code that may touch nothing."""
        return self.inner(pure=True, returns=None)

    @property
    def apart(self) -> Scope:
        """Give the scope of a body that `return` may not leave."""
        return self.inner(returns=None)

    def new(self) -> str:
        """Give a name that nothing has."""
        self.body.names.value += 1
        return f"v{self.body.names.value}"

    def number(self, low: int, high: int) -> int:
        """Draw a number."""
        return int(self.draw(_numbers(low, high)))

    def chance(self, of: int) -> bool:
        """Draw whether something happens that happens one time in so many."""
        return self.number(1, of) == of

    def pick(self, options: Sequence[Any]) -> Any:
        """Draw one of some."""
        return options[self.number(0, len(options) - 1)]

    def of(self, kind: str) -> list[str]:
        """List the names of a type."""
        return [name for name, other in self.names if other == kind]

    def callable(self, result: str, params: list[str] | None = None) -> list[Function]:
        """List the functions that may be called here for a type."""
        fitting = [f for f in self.body.functions if f.result == result and params in (None, f.params)]
        if self.pure or self.feedback is not None:  # a `retry` would only repeat what such a function asks
            fitting = [f for f in fitting if not f.touches]
        return [f for f in fitting if not (f.wild and self.shared)]
