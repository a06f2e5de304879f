"""Kinds: one Python annotation as a type of the language, and as the Pydantic schema that checks data of it.

A case of an enum is data by its name; a number is exact; nothing is guessed: `"1"` is no int, and 1 no bool.
Next door: `signature.py` reads whole functions.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainValidator, Strict, ValidationError, create_model

DEEPEST = 10
"""How deep types may be nested; a record that holds itself has no end."""


class Unfit(Exception):
    """A Python function can't be a tool; the message says where and what to write."""


class Given:
    """What the door gives a function beside its arguments: leave to act (`grants.py`), or state (`definition.py`)."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A type: as the language writes it, and as Pydantic checks plain data."""

    notation: str
    schema: Any


def kind_of(annotation: Any, place: str, depth: int = 0) -> Kind:
    """Give the kind of an annotation. Errors: Unfit, with the place."""
    if depth > DEEPEST:
        raise Unfit(f"{place} is nested without end")
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)

    def inner(part: Any) -> Kind:
        return kind_of(part, place, depth + 1)

    if annotation in (None, type(None)):
        return Kind("none", None)
    if annotation is Any:
        return Kind("any", Any)
    if isinstance(annotation, type) and annotation in _SCALARS:
        return _SCALARS[annotation]
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return _enum(annotation)
    if origin is Annotated:
        found = inner(args[0])
        return Kind(found.notation, Annotated[found.schema, *args[1:]])
    if origin is typing.Literal and all(isinstance(option, str) for option in args):
        return Kind(" | ".join(f'"{option}"' for option in args), annotation)
    if origin in (list, Sequence) or (origin is tuple and len(args) == 2 and args[1] is ...):
        item = inner(args[0])
        return Kind(f"list<{item.notation}>", Annotated[list[item.schema], Strict()])  # type: ignore[name-defined]
    if origin in (dict, Mapping) and args[0] is str:
        item = inner(args[1])
        return Kind(f"map<text, {item.notation}>", dict[str, item.schema])  # type: ignore[name-defined]
    if origin in (typing.Union, types.UnionType) and len(args) == 2 and type(None) in args:
        item = inner(next(part for part in args if part is not type(None)))
        return Kind(f"{item.notation}?", item.schema | None if isinstance(item.schema, type) else _maybe(item.schema))
    if isinstance(annotation, type) and (fields := _fields(annotation)) is not None:
        return _record(annotation, {name: (inner(hint), default) for name, (hint, default) in fields.items()})
    raise Unfit(f"{place} has the type `{annotation}`, which the language has not")


def _maybe(schema: Any) -> Any:
    return typing.Optional[schema]  # noqa: UP045


def _exact(value: Any) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | Fraction):
        raise ValueError("it should be a number")
    return Fraction(value)


def _float(value: Any) -> float:
    try:
        return float(_exact(value))
    except OverflowError:
        raise ValueError("it should be a number that a float can hold") from None


_SCALARS: Mapping[type, Kind] = {
    bool: Kind("bool", Annotated[bool, Strict()]),
    int: Kind("int", Annotated[int, Strict()]),
    float: Kind("number", Annotated[float, BeforeValidator(_float)]),
    Fraction: Kind("number", Annotated[Fraction, BeforeValidator(_exact)]),
    str: Kind("text", Annotated[str, Strict()]),
}


def _enum(enum: type[Enum]) -> Kind:
    names = " | ".join(f"`{case.name}`" for case in enum)

    def case_of(data: Any) -> Enum:
        if not isinstance(data, str) or data not in enum.__members__:
            raise ValueError(f"it should be one of {names}")
        return enum[data]

    return Kind(enum.__name__, Annotated[enum, PlainValidator(case_of)])


_NO_DEFAULT: Any = ...


def _fields(record: type) -> dict[str, tuple[Any, Any]] | None:
    """List the fields of a record, each with its annotation and default; None for what is no record."""
    if not (
        dataclasses.is_dataclass(record)
        or issubclass(record, BaseModel)
        or typing.is_typeddict(record)
        or hasattr(record, "_fields")
    ):
        return None
    hints = typing.get_type_hints(record, include_extras=True)
    if dataclasses.is_dataclass(record):
        return {f.name: (hints[f.name], _default(f)) for f in dataclasses.fields(record) if f.init}
    if issubclass(record, BaseModel):
        return {
            name: (hints[name], _NO_DEFAULT if field.is_required() else field.get_default(call_default_factory=True))
            for name, field in record.model_fields.items()
        }
    defaults = getattr(record, "_field_defaults", {})
    return {name: (hint, defaults.get(name, _NO_DEFAULT)) for name, hint in hints.items()}


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default is not dataclasses.MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not dataclasses.MISSING else _NO_DEFAULT


def _record(record: Callable[..., Any], fields: Mapping[str, tuple[Kind, Any]]) -> Kind:
    name = getattr(record, "__name__", "Record")
    wanted: dict[str, Any] = {f"in_{field}": (kind.schema, default) for field, (kind, default) in fields.items()}
    model = create_model(name, __config__=ConfigDict(extra="forbid"), **wanted)

    def built(data: Any) -> Any:
        if not isinstance(data, dict):
            raise ValueError(f"it should be a {name}")
        try:
            checked = model.model_validate({f"in_{field}": item for field, item in data.items()})
        except ValidationError as problem:
            first = problem.errors(include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"]).removeprefix("in_")
            raise ValueError(f"`{place}` of {name}: {first['msg'].removeprefix('Value error, ')}") from None
        return record(**{field: getattr(checked, f"in_{field}") for field in fields})

    return Kind(name, Annotated[Any, PlainValidator(built)])
