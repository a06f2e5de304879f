"""Whether a value is of a type: what a pattern such as `Hit as h` asks of what an optional or a tool gave.

A `catch` asks it of the best answer so far.

Records are told by their fields, as everywhere. Next door: `convert.py` reads data of a type from outside.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from lotterylang.check import types
from lotterylang.check.types import Type
from lotterylang.run.values import Case, Record, ToolCall, Tuple, Value

Test = Callable[[Value], bool]


def belongs(kind: Type, of_variable: Test = lambda value: value is not None) -> Test:
    """Give the test whether a value is of a type. A type variable takes any value but none, unless said otherwise."""

    def of(part: Type) -> Test:
        return belongs(part, of_variable)

    match kind:
        case types.List(item):
            inner = of(item)
            return lambda v: isinstance(v, tuple) and not isinstance(v, Tuple) and all(map(inner, v))
        case types.Map(key, value):
            keys, values = of(key), of(value)
            return lambda v: isinstance(v, dict) and all(map(keys, v)) and all(map(values, v.values()))
        case types.Tuple(items):
            parts = [of(item) for item in items]
            return lambda v: isinstance(v, Tuple) and len(v) == len(parts) and _each(parts, v)
        case types.Maybe(item):
            inner = of(item)
            return lambda v: v is None or inner(v)
        case types.Record(_, fields):
            tests = {field.name: of(field.type) for field in fields}
            return lambda v: isinstance(v, Record) and _has(tests, v)
        case types.Enum(name, _):
            return lambda v: isinstance(v, Case) and v.enum == name
        case types.Literal(options):
            return lambda v: isinstance(v, str) and v in options
        case types.ToolCall(tools):
            names = {tool.name for tool in tools}
            return lambda v: isinstance(v, ToolCall) and v.tool in names
        case types.Either(kinds):
            others = [of(each) for each in kinds]
            return lambda v: any(other(v) for other in others)
        case types.Choice(item):
            chosen = of(item)
            return lambda v: isinstance(v, Record) and v.name == "Choice" and chosen(v.fields["value"])
    return _PLAIN.get(type(kind), of_variable)


_PLAIN: dict[type, Test] = {
    types.Text: lambda v: isinstance(v, str),
    types.Int: lambda v: isinstance(v, int) and not isinstance(v, bool),
    types.Number: lambda v: isinstance(v, int | Fraction) and not isinstance(v, bool),
    types.Bool: lambda v: isinstance(v, bool),
    types.Nothing: lambda v: v is None,
    types.Score: lambda v: isinstance(v, Record) and v.name == "Score",
}


def _each(tests: list[Test], values: tuple[Value, ...]) -> bool:
    return all(test(value) for test, value in zip(tests, values, strict=True))


def _has(tests: dict[str, Test], record: Record) -> bool:
    return record.fields.keys() == tests.keys() and all(tests[name](v) for name, v in record.fields.items())
