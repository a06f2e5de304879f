"""Stand-ins for tools, indexes and logic: they answer from what an example gives; the answer depends on the call alone.

A line matches a part of what is asked, as it is written: `calc(expression = "2 + 2")`, a query, facts as logic has
them; the first that matches counts. Next door: `puppet.py` stands in for models, `examples.py` makes both.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from json import dumps

from lotterylang.run import outside
from lotterylang.run.convert import to_data
from lotterylang.run.effects import Call, Called, Data, Deduce, Deduced, Failed, Find, Found, Reply, Row, Symbol, Term
from lotterylang.run.journal import packed
from lotterylang.run.values import Value
from lotterylang.testing.puppet import Answer, Unanswered, at_once, callers, folded


@dataclass(frozen=True, slots=True)
class CallLine:
    """When to answer what: the calls with these arguments (None: any), or whose text has this part (None: any)."""

    answers: tuple[Answer, ...]
    arguments: tuple[tuple[str, Data], ...] | None = None
    pattern: str | None = None
    function: str | None = None
    place: int = 0  # of the script's line in the source


@dataclass(frozen=True, slots=True)
class Derived:
    """A scripted outcome of DEDUCE: `Sat` with relations, `Unsat` with facts, `Unknown`, perhaps with relations."""

    outcome: str
    parts: tuple[tuple[str, Value], ...] = ()


class StandIn:
    """A tool, an index or a logic that follows a script."""

    def __init__(self, name: str, lines: Sequence[CallLine], tells_rules: bool = False) -> None:
        self.name = name
        self.tells_rules = tells_rules  # they are a text of the run, so a line may match a part of them
        self.lines = tuple(lines)
        self.used: set[int] = set()  # the places of the lines that answered
        self._turns: dict[tuple[int, str], int] = {}

    @property
    def identity(self) -> str:
        """Identify the stand-in for journals."""
        return f"stand-in:{self.name}"

    def submit(self, effects: Sequence[Call | Find | Deduce]) -> list[Future[Reply]]:
        """Answer every call at once."""
        return [at_once(effect, self._reply) for effect in effects]

    def close(self) -> None:
        """Nothing is held."""

    def _reply(self, effect: Call | Find | Deduce) -> Reply:
        text = asked_text(effect, self.tells_rules)
        for number, line in enumerate(self.lines):
            in_function = line.function is None or line.function in callers(effect.path)
            is_it = line.arguments is None or line.arguments == getattr(effect, "arguments", None)
            if in_function and is_it and (line.pattern is None or folded(line.pattern) in text):
                self.used.add(line.place)
                turn = self._turns.get((number, text), 0)
                self._turns[number, text] = turn + 1
                return _answered(effect, line.answers[min(turn, len(line.answers) - 1)])
        raise Unanswered(f"no reply is given at `{effect.path}`: {text}")


def asked_text(effect: Call | Find | Deduce, tells_rules: bool = False) -> str:
    """Write what is asked as text, for matching and for messages: of a deduction facts, or rules and facts."""
    if isinstance(effect, Find):
        return folded(effect.query)
    if isinstance(effect, Deduce):
        facts = (f"{name}({', '.join(map(_term, row))})." for name, rows in effect.facts for row in rows)
        return folded(" ".join([effect.rules, *facts] if tells_rules else facts))
    given = (f"{name} = {dumps(packed(value), ensure_ascii=False)}" for name, value in effect.arguments)
    return folded(f"{effect.tool}({', '.join(given)})")


def _term(term: Term) -> str:
    return term.name if isinstance(term, Symbol) else dumps(term, ensure_ascii=False)


def _answered(effect: Call | Find | Deduce, answer: Answer) -> Reply:
    if answer.failure is not None:
        return Failed(answer.failure, "as the test says")  # type: ignore[arg-type]
    if isinstance(effect, Call):
        return Called(to_data(answer.value))
    if isinstance(effect, Find):
        if not isinstance(answer.value, tuple):
            raise Unanswered(f"the reply to FIND at `{effect.path}` must be a list of texts or hits")
        kept = filter(effect.keeps, outside.passages(answer.value))
        return Found(tuple(kept)[: effect.count])
    return _derived(effect, answer.value)


def _derived(effect: Deduce, given: Derived) -> Deduced:
    """Give a scripted outcome as the reply it stands for."""
    rows = tuple((name, outside.rows(name, value)) for name, value in given.parts)
    if given.outcome == "Unsat":
        facts = dict(effect.facts)
        return Deduced("unsat", core=tuple((name, _places(facts[name], core, effect)) for name, core in rows))
    names = tuple((name, tuple(tuple(_plain(t) for t in row) for row in found)) for name, found in rows)
    if given.outcome == "Sat":
        return Deduced("sat", answers=(names,))
    if names and effect.mode not in ("best", "models"):
        raise Unanswered(f"the DEDUCE at `{effect.path}` finds all or nothing: give `Unknown()`")
    return Deduced("unknown", answers=(names,) if names else (), why="as the test says")


def _places(facts: tuple[Row, ...], core: tuple[Row, ...], effect: Deduce) -> tuple[int, ...]:
    missing = next((row for row in core if row not in facts), None)
    if missing is not None:
        raise Unanswered(f"the core that is given at `{effect.path}` has {missing}, which is no fact there")
    return tuple(facts.index(row) for row in core)


def _plain(term: Term) -> Term:
    return term.name if isinstance(term, Symbol) else term
