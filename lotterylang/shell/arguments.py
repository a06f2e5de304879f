"""`KEY=VALUE` arguments of `lot run`: parameters of the function by their types, else what memory holds at the start.

`key=text`, `key:=JSON`, `key=@file`, and `key=-` for standard input. Errors: LOT-E0611 to LOT-E0614.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from lotterylang.check import types
from lotterylang.check.program import MemoryDeclaration, Program, Signature
from lotterylang.run.convert import Mismatch, from_json, from_text, normal, not_json, shortened
from lotterylang.run.values import Value
from lotterylang.syntax.diagnostics import LotError, error

LARGEST_BYTES = 100_000_000
"""A file or standard input above this size is refused."""

_ARGUMENT = re.compile(r"([a-z_][a-z0-9_]*)(:=|=)(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Given:
    """What the command line gives: arguments by name, and the first contents of stores by name and key."""

    arguments: Mapping[str, Value]
    memory: Mapping[str, Mapping[Value, Value]]


def given(program: Program, signature: Signature | None, words: Sequence[str]) -> Given:
    """Read the arguments of a call."""
    params = dict(signature.params) if signature is not None else {}
    arguments: dict[str, Value] = {}
    memory: dict[str, Mapping[Value, Value]] = {}
    for word in words:
        key, is_json, text = _split(word)
        if key in arguments or key in memory:
            raise error("LOT-E0611", f"`{key}` is given twice", help="keep one of the two")
        if key in params:
            kind = params[key]
            if isinstance(kind, types.Resource):
                arguments[key] = named(key, kind, program, text)
            else:
                arguments[key] = _value(key, kind, is_json, text)
        elif key in program.memories:
            memory[key] = _store(of_one_run(program.memories[key]), is_json, text)
        else:
            raise _unknown(key, [*params, *(name for name in program.memories if "." not in name)])
    return Given(arguments, memory)


def _split(word: str) -> tuple[str, bool, str]:
    found = _ARGUMENT.fullmatch(word)
    if found is None:
        hint = "write `key=text`, `key:=JSON`, `key=@file` or `key=-`"
        raise error("LOT-E0611", f"`{word}` is no argument", help=hint)
    key, sign, text = found.groups()
    if text == "-" and sign == "=":
        text = _read_input()
    elif text.startswith("@") and sign == "=":
        text = _read_file(text[1:])
    return key, sign == ":=", text


def _read_input() -> str:
    return _decoded(sys.stdin.buffer.read(LARGEST_BYTES + 1), "standard input")


def _read_file(name: str) -> str:
    try:
        with Path(name).open("rb") as file:
            return _decoded(file.read(LARGEST_BYTES + 1), f"`{name}`")
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        raise error("LOT-E0612", f"the file `{name}` can't be read: {reason.lower()}", help="check the path") from None


def _decoded(content: bytes, what: str) -> str:
    if len(content) > LARGEST_BYTES:
        raise error("LOT-E0612", f"{what} has more than {LARGEST_BYTES:,} bytes", help="give a smaller text")
    try:
        return normal(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, Mismatch):
        raise error("LOT-E0612", f"{what} is not UTF-8 text", help="save it as UTF-8 without NUL characters") from None


def _value(key: str, wanted: types.Type, is_json: bool, text: str) -> Value:
    if isinstance(wanted, types.Function):
        hint = "run a function that calls it, or `-e` and the call"
        raise error("LOT-E0613", f"argument `{key}`: no function can be given here", help=hint)
    try:
        return from_json(wanted, _json(text)) if is_json else from_text(wanted, text)
    except Mismatch as problem:
        needs_json = is_json or isinstance(wanted, types.List | types.Map | types.Record | types.Tuple)
        example = f"{key}:=JSON" if needs_json else f"{key}=…"
        hint = f"`{key}` is of type `{wanted}`: give it as `{example}`"
        raise error("LOT-E0613", f"argument `{key}`: {problem}", help=hint) from None


def named(key: str, wanted: types.Resource, program: Program, text: str) -> str:
    """Give the model or index that an argument names, a declared one. Errors: LOT-E0613."""
    declared: Mapping[str, object] = program.models if wanted == types.MODEL else program.indexes
    if text not in declared:
        known = ", ".join(f"`{name}`" for name in declared)
        hint = f"the program declares {known or 'none'}"
        raise error("LOT-E0613", f"argument `{key}`: there is no {wanted} `{text}`", help=hint)
    return text


def of_one_run(declaration: MemoryDeclaration) -> MemoryDeclaration:
    """Give a memory that may be given. Errors: LOT-E0643 for one that a file keeps."""
    if declaration.kept is None:
        return declaration
    message = f"`{declaration.name}` holds what `{declaration.kept}` keeps, and can't be given"
    raise error("LOT-E0643", message, help="write to it in the program, or leave `kept in` out")


def _store(declaration: MemoryDeclaration, is_json: bool, text: str) -> Mapping[Value, Value]:
    """Give what a store holds: a cell its value; a text fills `cells` from 0; a map or `cells` JSON."""
    name, value = declaration.name, declaration.value
    if declaration.kind == "cell":
        return {None: _value(name, value, is_json, text)}
    if declaration.kind == "cells" and not is_json:
        return {i: _value(name, value, False, character) for i, character in enumerate(text)}
    whole = types.Map(declaration.key or types.Int(), value)
    if is_json and text.lstrip().startswith("["):
        return dict(enumerate(_value(name, types.List(value), True, text)))
    return _value(name, whole, True, text)  # type: ignore[no-any-return]


def held(declaration: MemoryDeclaration, data: object) -> Mapping[Value, Value]:
    """Give what a store holds, of JSON data; a text or a list fills `cells` from 0. Errors: Mismatch."""
    value = declaration.value
    if declaration.kind == "cell":
        return {None: from_json(value, data)}
    if declaration.kind == "cells" and isinstance(data, str):
        return {i: from_text(value, character) for i, character in enumerate(data)}
    if declaration.kind == "cells" and isinstance(data, list):
        return dict(enumerate(from_json(types.List(value), data)))
    return from_json(types.Map(declaration.key or types.INT, value), data)  # type: ignore[no-any-return]


def _json(text: str) -> object:
    try:
        return json.loads(text, parse_float=Fraction)
    except ValueError as problem:
        raise not_json(text, problem) from None
    except RecursionError:
        raise Mismatch(f"`{shortened(text)}` is nested too deep") from None


def _unknown(key: str, known: list[str]) -> LotError:
    listed = ", ".join(f"`{name}`" for name in known)
    hint = f"it takes {listed}" if known else "it takes no arguments"
    return error("LOT-E0614", f"there is no parameter or memory `{key}`", help=hint)
