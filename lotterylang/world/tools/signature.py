"""Signatures: a Python function's annotations as the parameters and the result of a tool, checked both ways.

Enters: an annotated function. Leaves: its types in the language's words; arguments converted from plain data; results
as plain data. Bool, int, `Fraction` or float, str, enums, `Literal`, lists, maps by text, optionals, and records
(dataclasses, Pydantic models, named tuples, typed dicts). A parameter whose type is a `Given` is no argument: the door
fills it. Next door: `data.py` is what crosses, `kinds.py` each type, `definition.py` keeps a signature.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, create_model

from lotterylang.run.effects import Data
from lotterylang.world.tools.data import as_data
from lotterylang.world.tools.kinds import Given, Kind, Unfit, kind_of
from lotterylang.world.tools.refusal import Refused, shortened


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument that a tool takes; `needed` where it has no default."""

    name: str
    kind: Kind
    needed: bool


@dataclass(frozen=True, slots=True)
class Signature:
    """What a tool takes and gives. `given` are the parameters that the door fills, by name."""

    name: str
    parameters: tuple[Parameter, ...]
    result: Kind
    given: Mapping[str, type[Given]]
    _arguments: type[BaseModel]
    _result: TypeAdapter[Any]

    takes_any: ClassVar[bool] = False
    """Whether it is for another to say which arguments fit."""

    def __str__(self) -> str:
        listed = ", ".join(f"{p.name}: {p.kind.notation}{'' if p.needed else ' = …'}" for p in self.parameters)
        return f"{self.name}({listed}) -> {self.result.notation}"

    @classmethod
    def of(cls, function: Callable[..., Any]) -> Signature:
        """Read a function's signature. Errors: Unfit for what a tool can't have, with its place."""
        name = getattr(function, "__name__", "tool")
        try:
            hints = typing.get_type_hints(function, include_extras=True)
        except Exception as problem:
            raise Unfit(f"the annotations of `{name}` can't be read: {problem}") from None
        if "return" not in hints:
            raise Unfit(f"`{name}` does not say what it gives: write `-> str`")
        parameters: list[Parameter] = []
        given: dict[str, type[Given]] = {}
        fields: dict[str, Any] = {}
        for each in inspect.signature(function).parameters.values():
            hint = _hint(name, each, hints)
            if isinstance(hint, type) and issubclass(hint, Given):
                given[each.name] = hint
                continue
            kind = kind_of(hint, f"`{each.name}` of `{name}`")
            needed = each.default is inspect.Parameter.empty
            parameters.append(Parameter(each.name, kind, needed))
            fields[f"in_{each.name}"] = (kind.schema, ... if needed else each.default)
        result = kind_of(hints["return"], f"the result of `{name}`")
        arguments = create_model("Arguments", __config__=ConfigDict(extra="forbid"), **fields)
        return cls(name, tuple(parameters), result, given, arguments, TypeAdapter(result.schema))

    def read(self, arguments: tuple[tuple[str, Data], ...]) -> dict[str, Any]:
        """Convert the arguments of a call. By name; where no name is the function's, by place.

        Errors: Refused ToolFailed, which names each argument that does not fit.
        """
        known = [parameter.name for parameter in self.parameters]
        if len(dict(arguments)) < len(arguments):
            raise Refused("ToolFailed", f"{self}: the same argument twice")
        if arguments and not any(name in known for name, _ in arguments) and len(arguments) <= len(known):
            arguments = tuple((name, data) for name, (_, data) in zip(known, arguments, strict=False))
        try:
            model = self._arguments.model_validate({f"in_{name}": data for name, data in arguments})
        except ValidationError as problem:
            raise Refused("ToolFailed", f"{self}: {_told(problem)}") from None
        except RecursionError:
            raise Refused("ToolFailed", f"{self}: the arguments are nested too deeply") from None
        return {name: getattr(model, f"in_{name}") for name in known}

    def write(self, value: Any) -> Data:
        """Convert a result. Errors: Refused ToolFailed for what is not of the type that the function says."""
        data = as_data(value)
        try:
            self._result.validate_python(data)
        except ValidationError as problem:
            told = f"`{self.name}` gave something else than `{self.result.notation}`: {_told(problem)}"
            raise Refused("ToolFailed", told) from None
        return data


def _hint(function: str, each: inspect.Parameter, hints: Mapping[str, Any]) -> Any:
    if each.kind in (each.VAR_POSITIONAL, each.VAR_KEYWORD, each.POSITIONAL_ONLY):
        raise Unfit(f"`{each}` of `{function}`: a tool takes each argument by its name")
    if each.name not in hints:
        raise Unfit(f"`{each.name}` of `{function}` has no type: write `{each.name}: str`")
    return hints[each.name]


_WORDS = {
    "missing": "it is missing",
    "extra_forbidden": "there is no such argument",
    "string_type": "it should be a text",
    "int_type": "it should be a whole number",
    "bool_type": "it should be true or false",
    "list_type": "it should be a list",
    "dict_type": "it should be a map",
    "none_required": "it should be none",
}
"""What Pydantic calls in Python's words."""


def _told(problem: ValidationError) -> str:
    """Say what does not fit, each with its place, as `squares.2: …`."""
    told = []
    for each in problem.errors(include_url=False)[:3]:
        place = ".".join(str(part) for part in each["loc"]).removeprefix("in_")
        words = _WORDS.get(each["type"], each["msg"].removeprefix("Value error, "))
        shown = "" if each["type"] in ("missing", "extra_forbidden") else f", not {_seen(each['input'])}"
        told.append(f"{place}: {words}{shown}" if place else f"{words}{shown}")
    return "; ".join(told)


def _seen(value: Any) -> str:
    try:
        return shortened(repr(value), 40)
    except ValueError:  # a number of more digits than Python writes
        return "a number of thousands of digits"
