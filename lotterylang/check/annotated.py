"""Functions of a Python file, read as text: a file in, the declarations that its annotations stand for out.

Nothing of the file is run: whoever checks a program need not trust what it calls. Only plain values can be read so; a
function that takes records of its own is declared by the program. Next door: `listed.py` puts the declarations into the
program; `world/tools/signature.py` reads the same annotations where a function runs.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path


class Unread(Exception):
    """A file has no functions to read, or a function can't be declared; the message says why."""


_NAME = re.compile(r"[a-z][a-z0-9_]*")
_PLAIN = {"str": "text", "int": "int", "bool": "bool", "float": "number", "Fraction": "number"}
_LISTS = ("list", "List", "Sequence")
_MAPS = ("dict", "Dict", "Mapping")
_SIMPLE = re.compile(r"[\w .,:;/()+-]*", re.ASCII)
"""Texts that are written alike in Python and in the language."""


def functions_of(path: Path) -> dict[str, ast.FunctionDef]:
    """List the public functions of a file whose parameters and result all have types. Errors: Unread."""
    try:
        module = ast.parse(path.read_bytes())
    except OSError:
        raise Unread("there is no such file") from None
    except SyntaxError as problem:
        raise Unread(f"line {problem.lineno} is no Python: {problem.msg}") from None
    except (ValueError, RecursionError, MemoryError):
        raise Unread("it is no Python") from None
    found = [node for node in module.body if isinstance(node, ast.FunctionDef)]
    return {node.name: node for node in found if not node.name.startswith("_") and _is_annotated(node)}


def does(function: ast.FunctionDef) -> str:
    """Say what a function does: the first line of its docstring."""
    lines = (ast.get_docstring(function) or "").splitlines()
    return lines[0].strip() if lines else ""


def declaration(function: ast.FunctionDef, source: str) -> str:
    """Write the declaration of a function that `source` answers. Errors: Unread, which says what it can't have."""
    if function.args.posonlyargs or function.args.vararg or function.args.kwarg:
        raise Unread("a tool takes each argument by its name")
    params = ", ".join(_params(function))
    assert function.returns is not None  # it is annotated
    gives = "text?" if _is_none(function.returns) else _written(function.returns)
    if not _NAME.fullmatch(function.name):
        raise Unread("no tool can have its name")
    return f'tool {function.name}({params}) -> {gives} = "{source}:{function.name}"'


def _is_annotated(function: ast.FunctionDef) -> bool:
    return function.returns is not None and all(arg.annotation is not None for arg, _ in _arguments(function))


def _arguments(function: ast.FunctionDef) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    """Yield the parameters, each with its default."""
    given = function.args
    plain = [*given.posonlyargs, *given.args]
    lacking = len(plain) - len(given.defaults)
    for place, arg in enumerate(plain):
        yield arg, given.defaults[place - lacking] if place >= lacking else None
    yield from zip(given.kwonlyargs, given.kw_defaults, strict=True)
    yield from ((each, None) for each in (given.vararg, given.kwarg) if each is not None)


def _params(function: ast.FunctionDef) -> Iterator[str]:
    """Yield the parameters as they are declared: one whose default can't be written is left to the function."""
    late: list[str] = []
    for arg, default in _arguments(function):
        assert arg.annotation is not None  # it is annotated
        if not _NAME.fullmatch(arg.arg):
            raise Unread(f"no program can name its parameter `{arg.arg}`")
        kind = _written(arg.annotation)
        if default is None:
            yield f"{arg.arg}: {kind}"
        elif (value := _default(default, kind)) is not None:
            late.append(f"{arg.arg}: {kind} = {value}")
    yield from late


def _default(node: ast.expr, kind: str) -> str | None:
    """Write a default as the language does; None for what it can't write, or what is not of the type."""
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    match value:
        case None if kind.endswith("?"):
            return "none"
        case bool() if kind == "bool":
            return "true" if value else "false"
        case int() if kind in ("int", "number") and not isinstance(value, bool):
            return str(value)
        case str() if (kind == "text" or f'"{value}"' in kind) and _SIMPLE.fullmatch(value):
            return f'"{value}"'
    return None


def _written(node: ast.expr) -> str:
    """Write an annotation as a type of the language. Errors: Unread."""
    match node:
        case ast.Constant(str(text)):
            return _written(_parsed(text))
        case ast.Name(name) | ast.Attribute(_, name) if name in _PLAIN:
            return _PLAIN[name]
        case ast.BinOp(left, ast.BitOr(), right) if _is_none(left) or _is_none(right):
            return _maybe(right if _is_none(left) else left)
        case ast.Subscript(ast.Name(name) | ast.Attribute(_, name), part):
            return _of(name, part, node)
    raise _unknown(node)


def _of(name: str, part: ast.expr, node: ast.expr) -> str:
    """Write `list[…]`, `dict[str, …]`, `Optional[…]`, `Literal[…]`, `Annotated[…]`."""
    parts = part.elts if isinstance(part, ast.Tuple) else [part]
    if name in _LISTS and len(parts) == 1:
        return f"list<{_written(parts[0])}>"
    if name in _MAPS and len(parts) == 2 and _written(parts[0]) == "text":
        return f"map<text, {_written(parts[1])}>"
    if name == "Optional" and len(parts) == 1:
        return _maybe(parts[0])
    if name == "Annotated":
        return _written(parts[0])
    texts = [each.value for each in parts if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    if name == "Literal" and len(texts) == len(parts) and all(_SIMPLE.fullmatch(text) for text in texts):
        return " | ".join(f'"{text}"' for text in texts)
    raise _unknown(node)


def _maybe(node: ast.expr) -> str:
    inner = _written(node)
    if "|" in inner:
        raise _unknown(node)
    return inner if inner.endswith("?") else f"{inner}?"


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value in (None, "None")


def _parsed(text: str) -> ast.expr:
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise Unread(f"`{text}` is no type") from None


def _unknown(node: ast.expr) -> Unread:
    return Unread(f"`{ast.unparse(node)}` is a type that only a declaration can give")
