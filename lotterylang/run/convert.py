"""Values to and from JSON, and from the text of a hole or of a command line, by their type.

A hole's own text is plain (`Paris`, `42`, `yes`, a case as it is written); lists and records are JSON on one line.
"""

from __future__ import annotations

import json
import re
import unicodedata
from fractions import Fraction
from typing import Any

from lotterylang.check import types
from lotterylang.run.render import written_number
from lotterylang.run.values import Case, Record, ToolCall, Tuple, Value, number


class Mismatch(Exception):
    """A text or JSON value is not of the type; the message says what was wanted and what came."""


_NUMERAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_DECODER = json.JSONDecoder(parse_float=Fraction)
_HALF = re.compile("[\ud800-\udfff]")
_YES_NO = {"yes": True, "no": False, "true": True, "false": False}


def from_text(wanted: types.Type, text: str) -> Value:
    """Read a value as a hole or `KEY=VALUE` writes it. Errors: Mismatch."""
    match wanted:
        case types.Text():
            return normal(text)
        case types.Literal(options) if text in options:
            return text
        case types.Int() if re.fullmatch(r"-?[0-9]+", text) and len(text) <= 4000:
            return int(text)
        case types.Number() if _NUMERAL.fullmatch(text) and len(text) <= 4000:
            return number(Fraction(text))
        case types.Bool() if text in _YES_NO:
            return _YES_NO[text]
        case types.Enum(name, cases):
            for place, (case, written) in enumerate(cases):
                if text in (case, written):
                    return Case(name, case, written, place)
        case types.Maybe(item):
            return None if text == "none" else from_text(item, text)
        case types.Nothing() if text == "none":
            return None
        case types.List() | types.Map() | types.Record() | types.Tuple():
            return from_json(wanted, _loads(text))
        case types.ToolCall():
            return _call_from_text(wanted, text)
    raise Mismatch(f"`{shortened(text)}` is not {described(wanted)}")


def from_json(wanted: types.Type, data: Any) -> Value:
    """Read a value from JSON data (numbers as `Fraction` or `int`). Errors: Mismatch."""
    match wanted, data:
        case types.Maybe(item), _:
            return None if data is None else from_json(item, data)
        case types.Nothing(), None:
            return None
        case types.Bool(), bool():
            return data
        case (types.Int(), int()) if not isinstance(data, bool):
            return data
        case (types.Number(), int() | Fraction()) if not isinstance(data, bool):
            return number(data)
        case types.List(item), list():
            return tuple(from_json(item, part) for part in data)
        case types.Tuple(items), list() if len(items) == len(data):
            return Tuple(from_json(item, part) for item, part in zip(items, data, strict=True))
        case types.Map(key, value), dict():
            return {from_text(key, k): from_json(value, v) for k, v in data.items()}
        case types.Record(), dict():
            return _record(wanted, data)
        case ((types.Text() | types.Literal() | types.Enum() | types.Bool()), str()):
            return from_text(wanted, data)
    raise Mismatch(f"`{shortened(json.dumps(data, default=str))}` is not {described(wanted)}")


_HEAD = re.compile(r"([a-z_][A-Za-z0-9_.~]*)\(")
"""How a call begins; the name of another module's tool holds that of the module."""


def _call_from_text(wanted: types.ToolCall, text: str) -> ToolCall:
    """Read `calc(expression = "2 + 2")`. Errors: Mismatch."""
    head = _HEAD.match(text)
    tool = next((tool for tool in wanted.tools if head is not None and tool.name == head[1]), None)
    if head is None or tool is None:
        raise Mismatch(f"`{shortened(text)}` is not {described(wanted)}")
    at, arguments = head.end(), {}
    for place, param in enumerate(tool.params):
        name = f"{', ' if place else ''}{param.name} = "
        try:
            data, end = _DECODER.raw_decode(text, at + len(name))
        except (ValueError, RecursionError):
            raise Mismatch(f"`{shortened(text)}` is not {described(wanted)}") from None
        if text[at : at + len(name)] != name:
            raise Mismatch(f"`{shortened(text)}` is not {described(wanted)}")
        arguments[param.name] = from_json(param.type, data)
        at = end
    if text[at:] != ")":
        raise Mismatch(f"`{shortened(text)}` is not {described(wanted)}")
    return ToolCall(tool.name, arguments)


def to_data(value: Value) -> Any:
    """Give a value as the world takes it: like JSON data, but numbers stay exact."""
    if isinstance(value, Fraction):
        return value
    if isinstance(value, Record):
        return {name: to_data(field) for name, field in value.fields.items()}
    if isinstance(value, dict):
        return {key_text(k): to_data(v) for k, v in value.items()}
    if isinstance(value, tuple):
        return [to_data(item) for item in value]
    return to_json(value)


def to_json(value: Value) -> Any:
    """Give a value as JSON data; a number that is no whole number as its written text would read, else as text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Fraction):
        try:
            return float(value)
        except OverflowError:
            return written_number(value)
    if isinstance(value, Case):
        return value.name
    if isinstance(value, Record):
        return {name: to_json(field) for name, field in value.fields.items()}
    if isinstance(value, ToolCall):
        return {"tool": value.tool, **{name: to_json(argument) for name, argument in value.arguments.items()}}
    if isinstance(value, dict):
        return {key_text(k): to_json(v) for k, v in value.items()}
    if isinstance(value, tuple):
        return [to_json(item) for item in value]
    raise TypeError(f"{type(value).__name__} is no value of the language")


def canonical(value: Value) -> Any:
    """Give a value as JSON data without loss, for hashes and journals: fractions as text, cases with their enum."""
    if isinstance(value, Fraction):
        return {"number": f"{value.numerator}/{value.denominator}"}
    if isinstance(value, Case):
        return {"case": f"{value.enum}.{value.name}"}
    if isinstance(value, Record):
        return {"record": {name: canonical(value.fields[name]) for name in sorted(value.fields)}}
    if isinstance(value, ToolCall):
        return {"call": value.tool, "arguments": [canonical(argument) for argument in value.arguments.values()]}
    if isinstance(value, dict):
        return {"map": [[canonical(k), canonical(v)] for k, v in value.items()]}
    if isinstance(value, tuple):
        return [canonical(item) for item in value]
    return value


def shown(value: Value) -> str:
    """Write a value as source text would, for a person: answers, failed expectations, `why`."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int | Fraction):
        return written_number(value)
    if isinstance(value, Case):
        return f"{value.enum}.{value.name}"
    if isinstance(value, Record):
        return f"{value.name or ''}({', '.join(f'{k} = {shown(v)}' for k, v in value.fields.items())})"
    if isinstance(value, ToolCall):
        return f"{value.tool}({', '.join(f'{k} = {shown(v)}' for k, v in value.arguments.items())})"
    if isinstance(value, dict):
        return "{" + (", ".join(f"{shown(k)}: {shown(v)}" for k, v in value.items()) or ":") + "}"
    if isinstance(value, Tuple):
        return f"({', '.join(map(shown, value))})"
    if callable(value):
        return "a function"
    return f"[{', '.join(map(shown, value))}]" if isinstance(value, tuple) else str(value)


def normal(text: str) -> str:
    """Give text as the language holds it: Unicode form NFC, `\\n` line ends. Errors: Mismatch for no character."""
    if "\0" in text:
        raise Mismatch("a text may not hold a NUL character")
    if not text.isascii() and _HALF.search(text):
        raise Mismatch("a text may not hold half of a surrogate pair")
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")


def key_text(key: Value) -> str:
    """Write a map's key as JSON needs it, as text."""
    return key if isinstance(key, str) else shown(key).removeprefix('"').removesuffix('"')


def described(wanted: types.Type) -> str:
    """Name a type for a message, with its article."""
    if isinstance(wanted, types.Enum):
        return "one of " + ", ".join(f"`{written}`" for _, written in wanted.cases)
    if isinstance(wanted, types.Literal):
        return "one of " + ", ".join(f"`{option}`" for option in wanted.options)
    return f"of type `{wanted}`"


def shortened(text: str, most: int = 60) -> str:
    """Cut a text for a message."""
    return text if len(text) <= most else text[: most - 1] + "…"


def _loads(text: str) -> Any:
    try:
        return json.loads(text, parse_float=Fraction, parse_constant=_no_constant)
    except ValueError as problem:
        raise not_json(text, problem) from None
    except RecursionError:
        raise Mismatch(f"`{shortened(text)}` is nested too deep") from None


def not_json(text: str, problem: ValueError) -> Mismatch:
    """Say what keeps a text from being JSON."""
    why = str(problem)
    if isinstance(problem, json.JSONDecodeError):
        why = f"{problem.msg[:1].lower()}{problem.msg[1:]}, at character {problem.pos + 1}"
    return Mismatch(f"`{shortened(text)}` is not JSON: {why}")


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _record(wanted: types.Record, data: dict[str, Any]) -> Record:
    names = [f.name for f in wanted.fields]
    data = {f.name: {} for f in wanted.fields if f.is_optional} | data
    missing = [n for n in names if n not in data]
    unknown = [n for n in data if n not in names]
    if missing or unknown:
        problem = f"`{missing[0]}` is missing" if missing else f"`{unknown[0]}` is no field"
        raise Mismatch(f"`{wanted}`: {problem}")
    return Record(wanted.name, {f.name: from_json(f.type, data[f.name]) for f in wanted.fields})
