"""Statements that are drawn: bindings, memory, `ensure`, `fail`, `return`, and a loop by JUMP."""

from __future__ import annotations

from lotterylang.testing.programs.forms import TYPES, expr
from lotterylang.testing.programs.scope import Scope

CELLS = ("cell", "other", "kept")


def statement(s: Scope, depth: int) -> list[str]:
    """Draw a statement; what it binds is known from then on."""
    words = ["let"] * 6 + ["pair", "ensure", "fail", "return", "alone"]
    if not s.pure:
        words += ["read"] * 3 + ["write"] * 4 + ["copy", "mov", "whole", "replace"]
    return WORDS[s.pick(words)](s, depth)


def _let(s: Scope, depth: int) -> list[str]:
    kind, name = s.pick(TYPES), s.new()
    promise = f" where {s.pick([name, 'it'])} < {s.number(2, 50)}" if kind == "int" and s.chance(4) else ""
    written = f"let {name}: {kind}{promise} = {expr(s, kind, depth)}"
    s.names.append((name, kind))
    return [written]


def _pair(s: Scope, depth: int) -> list[str]:
    a, b = s.new(), s.new()
    written = f"let ({a}, {b}) = {expr(s, '(int, text)', depth)}"
    s.names.extend([(a, "int"), (b, "text")])
    return [written]


def _ensure(s: Scope, depth: int) -> list[str]:
    pure = s.without_effects
    why = f' else "no ${{{expr(pure, "text", 1)}}}"' if s.chance(2) else ""
    condition = expr(pure, "bool", depth)
    return [f"ensure {condition if s.chance(2) else f'{condition} or true'}{why}"]


def _fail(s: Scope, depth: int) -> list[str]:
    best = f" with {expr(s.without_effects, s.pick(['int', 'text', 'Pair']), 1)}" if s.chance(2) else ""
    return [
        f"if {expr(s, 'bool', depth)} and {expr(s, 'bool', 1)} {{ fail {expr(s.without_effects, 'text', 1)}{best} }}"
    ]


def _return(s: Scope, depth: int) -> list[str]:
    if s.returns is None:
        return _ensure(s, depth)
    return [f"if {expr(s, 'bool', depth)} {{ return {expr(s, s.returns, depth - 1)} }}"]


def _alone(s: Scope, depth: int) -> list[str]:
    """Draw an expression whose value nobody wants."""
    kind, name = s.pick(TYPES), s.new()
    return [f"let {name} = {expr(s, kind, depth)}"]


# memory


def _place(s: Scope, depth: int) -> str:
    key = s.pick(["0", "1", expr(s, "int", 1)])
    return str(s.pick([*CELLS, f"tape[{key}]", f"tape[{key}]", f"store[{expr(s, 'text', 1)}]"]))


def _readable(s: Scope, place: str) -> bool:
    return place not in s.body.moved


def _read(s: Scope, depth: int) -> list[str]:
    name, place = s.new(), _place(s, depth)
    default = f" else {expr(s, 'int', 1)}" if place == "other" or s.chance(3) else ""
    if not _readable(s, place):
        return _write(s, depth)
    s.names.append((name, "int"))
    return [f"READ {place} -> {name}{default}"]


def _write(s: Scope, depth: int) -> list[str]:
    if_empty = " if empty" if s.chance(4) else ""
    return [f"WRITE {expr(s, 'int', depth)} -> {_place(s, depth)}{if_empty}"]


def _copy(s: Scope, depth: int) -> list[str]:
    source, target = _place(s, depth), _place(s, depth)
    return [f"COPY {source} -> {target}"] if _readable(s, source) else _write(s, depth)


def _mov(s: Scope, depth: int) -> list[str]:
    if s.chance(4):
        stores = s.pick(["tape -> back", "back -> tape"])
        return [f"{s.pick(['MOV', 'COPY'])} {stores}"]
    source, target = _place(s, depth), _place(s, depth)
    if not _readable(s, source) or source == target:
        return _write(s, depth)
    s.body.moved.add(source)  # whatever comes after it in the text leaves that place alone
    return [f"MOV {source} -> {target}"]


def _whole(s: Scope, depth: int) -> list[str]:
    name, store = s.new(), s.pick(["store", "tape", "back"])
    if store == "store":
        s.names.append((name, "map<text, int>"))
        return [f"READ store -> {name}"]
    held = s.new()
    s.names.append((name, "list<int>"))
    return [f"READ {store} -> {held}", f"let {name} = values({held})"]


def _replace(s: Scope, depth: int) -> list[str]:
    return [f"WRITE {expr(s, 'map<text, int>', depth)} -> store{' if empty' if s.chance(3) else ''}"]


def counted(s: Scope, depth: int) -> list[str]:
    """Draw a loop by JUMP that counts a cell of its own down."""
    at, label, end = s.new(), s.new(), s.new()
    inner = s.apart.inner((at, "int"))
    leave = [f"JUMP end_{end} if {expr(inner.without_effects, 'bool', depth - 1)}"] if s.chance(2) else []
    return [
        f"WRITE {s.number(0, 4)} -> counter",
        f"top_{label}:",
        f"READ counter -> {at}",
        *leave,
        f"WRITE {expr(inner, 'int', depth - 1)} -> tape[{at}]",
        f"WRITE {at} - 1 -> counter",
        f"JUMP top_{label} if {at} > 0",
        *([f"end_{end}:"] if leave else []),
    ]


WORDS = {
    "let": _let,
    "pair": _pair,
    "ensure": _ensure,
    "fail": _fail,
    "return": _return,
    "alone": _alone,
    "read": _read,
    "write": _write,
    "copy": _copy,
    "mov": _mov,
    "whole": _whole,
    "replace": _replace,
}
