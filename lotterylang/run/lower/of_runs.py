"""Functions of the prelude that know the run: its model's tokens, and in a test what was drawn and what was replied.

All are functions of their arguments and the run. Next door: `run/prelude.py` has the others.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from lotterylang.run.convert import canonical
from lotterylang.run.fitting import fit
from lotterylang.run.lower.unit import Heard, Unit
from lotterylang.run.paths import in_program_order
from lotterylang.run.values import Failure, Record, Value


def _tokens(unit: Unit) -> Callable[..., int]:
    def tokens(*args: Value, m: str | None = None, x: Value = None) -> int:
        given = [*args, *(each for each in (m, x) if each is not None)]
        model, text = given[:-1], given[-1]
        if isinstance(text, Record):
            return _said(text, "tokens").tokens  # type: ignore[no-any-return]
        return unit.count_by(model[0], text) if model else unit.count(text)

    return tokens


def _said(reply: Record, name: str) -> Any:
    """Give what is known of a reply. Errors: Failure Undefined for a record that no ASK gave."""
    if reply.said is None:
        raise Failure("Undefined", f"`{name}` of a record that no ASK gave")
    return reply.said


def _heard(unit: Unit, name: str, model: str) -> list[Heard]:
    if unit.heard is None:
        raise Failure("Undefined", f"only a test has `{name}`")
    return sorted((each for each in unit.heard if each.model == model), key=lambda each: in_program_order(each.path))


def _replies(unit: Unit) -> Callable[[str], tuple[Value, ...]]:
    return lambda m: tuple(each.value for each in _heard(unit, "replies", m) if each.is_ask and each.value is not None)


def _shuffle(unit: Unit) -> Callable[[tuple[Value, ...]], tuple[Value, ...]]:
    def shuffle(xs: tuple[Value, ...]) -> tuple[Value, ...]:
        if unit.heard is None:
            raise Failure("Undefined", "only a test has `shuffle`")
        seed = json.dumps(canonical(xs))
        order = sorted(range(len(xs)), key=lambda i: sha256(f"{i}:{seed}".encode()).digest())
        return tuple(xs[i] for i in order)

    return shuffle


OF_RUNS: Mapping[str, Callable[[Unit], Callable[..., Any]]] = {
    "calls": lambda unit: lambda m: len(_heard(unit, "calls", m)),
    "fit": lambda unit: lambda x, tokens: fit(x, tokens, unit.count),
    "logprob": lambda unit: lambda x: _said(x, "logprob").logprob,
    "replies": _replies,
    "shuffle": _shuffle,
    "tokens": _tokens,
}
