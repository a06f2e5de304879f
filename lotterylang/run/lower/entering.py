"""What comes from outside: records in the arguments of a run, whose fields must keep the promises of their type.

A record built in the program is judged where it is built; one from a command line or from Python was built by nobody.
Next door: `expressions.py` judges one promise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lotterylang.check import types
from lotterylang.run.lower.expressions import ExpressionLowering
from lotterylang.run.machine import Slots

Judge = Callable[[Slots, Any], None]
"""Judges a value. Errors: Failure Rejected."""


def judge_of(lowering: ExpressionLowering, kind: types.Type) -> Judge | None:
    """Give what judges the records in a value of a type; None where nothing is promised."""
    match kind:
        case types.Record():
            return _of_record(lowering, kind)
        case types.Maybe(item):
            inner = judge_of(lowering, item)
            return None if inner is None else _of_known(inner)
        case types.List(item):
            inner = judge_of(lowering, item)
            return None if inner is None else _of_each(inner, tuple)
        case types.Map(_, value):
            inner = judge_of(lowering, value)
            return None if inner is None else _of_each(inner, lambda held: tuple(held.values()))
        case types.Tuple(items):
            return _of_parts([judge_of(lowering, item) for item in items])
    return None


def _of_record(lowering: ExpressionLowering, kind: types.Record) -> Judge | None:
    promised = [field for field in kind.fields if field.where is not None]
    checks = [lowering.check(field.name, field.where, f"`{kind.name}.{field.name}`") for field in promised]
    found = [(field.name, judge_of(lowering, field.type)) for field in kind.fields]
    inner = [(name, judge) for name, judge in found if judge is not None]
    if not checks and not inner:
        return None

    def judge_record(s: Slots, value: Any) -> None:
        for name, judge in inner:
            judge(s, value.fields[name])
        for check in checks:
            check(s, value.fields)

    return judge_record


def _of_known(inner: Judge) -> Judge:
    return lambda s, value: inner(s, value) if value is not None else None


def _of_each(inner: Judge, items: Callable[[Any], tuple[Any, ...]]) -> Judge:
    def judge_each(s: Slots, value: Any) -> None:
        for item in items(value):
            inner(s, item)

    return judge_each


def _of_parts(parts: list[Judge | None]) -> Judge | None:
    if all(judge is None for judge in parts):
        return None

    def judge_parts(s: Slots, value: Any) -> None:
        for judge, part in zip(parts, value, strict=True):
            if judge is not None:
                judge(s, part)

    return judge_parts
