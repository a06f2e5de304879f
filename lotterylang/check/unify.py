"""Type variables: putting types in for them, and finding them from the arguments of a call.

While a generic function is called, its variables are *open*: renamed with a leading `?`, so that a function that calls
itself does not mix up its own `T` with that of the call. Next door: `calls.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lotterylang.check.relations import join
from lotterylang.check.types import (
    UNKNOWN,
    Choice,
    Function,
    List,
    Map,
    Maybe,
    Nothing,
    Record,
    Tuple,
    Type,
    Unknown,
    Variable,
    maybe,
    parts_of,
)

Bindings = dict[str, Type]
"""What open variables stand for, so far."""


def substitute(kind: Type, bound: Mapping[str, Type]) -> Type:
    """Put types in for variables; a variable without one stays."""
    match kind:
        case Variable(name):
            return bound.get(name, kind)
        case List(item):
            return List(substitute(item, bound))
        case Choice(item):
            return Choice(substitute(item, bound))
        case Maybe(item):
            return maybe(substitute(item, bound))
        case Map(key, value):
            return Map(substitute(key, bound), substitute(value, bound))
        case Tuple(items):
            return Tuple(tuple(substitute(item, bound) for item in items))
        case Record(name, fields):
            return Record(name, tuple(replace(f, type=substitute(f.type, bound)) for f in fields))
        case Function(params, result):
            return Function(tuple(substitute(p, bound) for p in params), substitute(result, bound))
    return kind


def opened(kind: Type, variables: tuple[str, ...]) -> Type:
    """Open the variables of a callee."""
    return substitute(kind, {name: Variable(f"?{name}") for name in variables}) if variables else kind


def closed(kind: Type) -> Type:
    """Close the open variables of a type again, as the callee's own body sees it."""
    return substitute(kind, {name: Variable(name[1:]) for name in open_variables(kind)})


def open_variables(kind: Type) -> set[str]:
    """Collect the open variables that a type still holds."""
    found: set[str] = set()
    waiting = [kind]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Variable) and part.name.startswith("?"):
            found.add(part.name)
        waiting += parts_of(part)
    return found


def unify(param: Type, have: Type, bound: Bindings) -> bool:
    """Find what the open variables of a parameter must be for an argument; False if no choice holds for both."""
    match param, have:
        case Variable(name), _ if name.startswith("?"):
            both = join(bound[name], have) if name in bound else have
            bound[name] = UNKNOWN if both is None else both
            return both is not None
        case _, Unknown():
            for name in open_variables(param):
                bound.setdefault(name, UNKNOWN)
            return True
        case Maybe(item), Maybe(other):
            return unify(item, other, bound)
        case Maybe(), Nothing():
            return True
        case Maybe(item), _:
            return unify(item, have, bound)
        case (List(item), List(other)) | (Choice(item), Choice(other)):
            return unify(item, other, bound)
        case Map(), Map():
            return unify(param.key, have.key, bound) and unify(param.value, have.value, bound)
        case Tuple(items), Tuple(others) if len(items) == len(others):
            return all(unify(item, other, bound) for item, other in zip(items, others, strict=True))
        case Record(), Record():
            given = {f.name: f.type for f in have.fields}
            return all(unify(f.type, given[f.name], bound) for f in param.fields if f.name in given)
        case Function(), Function():
            return unify(param.result, have.result, bound)
    return True
