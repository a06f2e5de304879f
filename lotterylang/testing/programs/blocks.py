"""Forms made of blocks: choices, loops, attempts, limits, calls of functions that were drawn; and blocks themselves."""

from __future__ import annotations

from lotterylang.testing.programs.forms import TYPES, expr, leaf
from lotterylang.testing.programs.scope import Form, General, Scope
from lotterylang.testing.programs.statements import statement

KINDS = (
    "Rejected",
    "NotFound",
    "Empty",
    "Undefined",
    "Impossible",
    "Truncated",
    "BudgetSpent",
    "Timeout",
    "ToolFailed",
)


def block(s: Scope, kind: str, depth: int) -> str:
    """Draw a block that gives a value of a type."""
    inner = s.inner()
    lines = [line for _ in range(s.number(0, 2) if depth > 0 else 0) for line in statement(inner, depth)]
    last = expr(inner, kind, depth)
    return f"{{\n{chr(10).join([*lines, last])}\n}}" if lines else f"{{ {last} }}"


def _if(s: Scope, kind: str, depth: int) -> str:
    otherwise = f"if {expr(s, 'bool', depth)} {block(s, kind, depth)} else " if s.chance(4) else ""
    return f"(if {expr(s, 'bool', depth)} {block(s, kind, depth)} else {otherwise}{block(s, kind, depth)})"


def _match_case(s: Scope, kind: str, depth: int) -> str:
    guard = f"red if {expr(s.without_effects, 'bool', depth - 1)} => {expr(s, kind, depth)}, " if s.chance(3) else ""
    arms = [f"{case} => {s.pick([expr, block])(s, kind, depth)}" for case in ("red", "Colour.green | blue")]
    return f"(match {expr(s, 'Colour', depth)} {{ {guard}{', '.join(arms)} }})"


def _match_constant(s: Scope, kind: str, depth: int) -> str:
    what, constants = s.pick(
        [("int", "1 | 2"), ("text", '"a" | ""'), ("int?", "none"), ("bool", "true"), ("number", "0.5")]
    )
    subject = expr(s, what, depth)
    subject = {"int?": f"perhaps({subject})", "text": f'({subject} + "")'}.get(what, subject)
    return f"(match {subject} {{ {constants} => {expr(s, kind, depth)}, _ => {expr(s, kind, depth)} }})"


def _match_type(s: Scope, kind: str, depth: int) -> str:
    a, x = s.new(), s.new()
    first, second = expr(s.inner((a, "int")), kind, depth), expr(s.inner((x, "text")), kind, depth)
    if s.pure or s.chance(2):
        subject = f"perhaps({expr(s, 'int?', depth)})"
        return f"(match {subject} {{ Digit as {a} => {first}, _ => {expr(s, kind, depth)} }})"
    subject = f"(CALL either({expr(s, 'call<add | echo>', depth)}))"
    return f"(match {subject} {{ Whole as {a} => {first}, Words as {x} => {second} }})"


def _match_tuple(s: Scope, kind: str, depth: int) -> str:
    a, b = s.new(), s.new()
    first = f"({s.pick(['1', '2'])}, {a}) => {expr(s.inner((a, 'text')), kind, depth)}"
    rest = f"({b}, _) => {expr(s.inner((b, 'int')), kind, depth)}"
    return f"(match {expr(s, '(int, text)', depth)} {{ {first}, {rest} }})"


def _match_call(s: Scope, kind: str, depth: int) -> str:
    a, x = s.new(), s.new()
    added, echoed = expr(s.inner((a, "int")), kind, depth), expr(s.inner((x, "text")), kind, depth)
    subject = expr(s, "call<add | echo>", depth)
    return f"(match either({subject}) {{ add({a}, _) => {added}, echo({x}) => {echoed} }})"


def _called(s: Scope, kind: str, depth: int) -> str:
    fitting = s.callable(kind)
    if not fitting:
        return leaf(s, kind)
    function = s.pick(fitting)
    s.body.wild = s.body.wild or function.wild
    return f"{function.name}({', '.join(expr(s, param, depth) for param in function.params)})"


def _fold(s: Scope, kind: str, depth: int) -> str:
    state, x, result = s.new(), s.new(), kind
    start, xs = expr(s, kind, depth), expr(s, "list<int>", depth)
    kind = "Digit" if kind == "int" and s.chance(3) else kind
    inner = s.apart.inner((state, "int" if kind == "Digit" else kind))
    until = f" until {expr(inner.without_effects, 'bool', depth - 1)}" if s.chance(2) else ""
    return f"(fold {state}: {kind} = {start} for {x} in {xs}{until} {block(inner.inner((x, 'int')), result, depth)})"


def _try(s: Scope, kind: str, depth: int) -> str:
    return f"(try {block(s, kind, depth)} {_catches(s, kind, depth)})"


def _try_in(s: Scope, kind: str, depth: int) -> str:
    name, item = s.new(), s.pick(["int", "text"])
    xs = expr(s, f"list<{item}>", depth)
    catches = f" {_catches(s, kind, depth)}" if s.chance(2) else ""
    return f"(try {name} in {xs} {block(s.inner((name, item)), kind, depth)}{catches})"


def _catches(s: Scope, kind: str, depth: int) -> str:
    found = []
    kinds = [each for each in KINDS if s.chance(3)]
    if kinds:
        name = s.new()
        inner = s.inner((f"{name}.message", "text"), (f"{name}.path", "text"))
        found.append(f"catch {' | '.join(kinds)} as {name} {block(inner, kind, depth - 1)}")
    if not kinds or s.chance(3):
        name = s.new()
        inner = s.inner((f"{name}.message", "text"), (f'({name}.kind + "")', "text"))
        best = f"if {name}.best != none {{ {name}.best }} else {block(inner, kind, depth - 1)}"
        optional = kind.endswith("?")
        found.append(f"catch as {name} {block(inner, kind, depth - 1) if optional else f'{{ {best} }}'}")
    return " ".join(found)


def _retry(s: Scope, kind: str, depth: int) -> str:
    feedback = s.new()
    inner = s.inner((feedback, "text"), feedback=feedback)
    return f"(retry {s.number(1, 3)} as {feedback} {block(inner, kind, depth)})"


def _within(s: Scope, kind: str, depth: int) -> str:
    limits = [("calls", s.number(0, 6)), ("tokens", 10 * s.number(0, 20)), ("depth", s.number(1, 4))]
    chosen = [limit for limit in limits if s.chance(2)] or [("seconds", 1_000), ("steps", 10_000_000)]
    written = ", ".join(f"{name} {most}" for name, most in chosen)
    return f"(within {written} {block(s.inner(shared=True), kind, depth)})"


def _taken_apart(s: Scope, kind: str, depth: int) -> str:
    return (
        f"first_of({expr(s, f'list<{kind}>', depth)}, {expr(s, kind, depth)})"
        if kind in ("int", "text")
        else leaf(s, kind)
    )


def _map_in(s: Scope, kind: str, depth: int) -> str:
    """Go through a map; later sources may use earlier names."""
    key, value, x = s.new(), s.new(), s.new()
    inner = s.apart.inner((key, "text"), (value, "int"))
    second = f"{x} in {expr(inner, 'list<int>', depth - 1)}"
    body = block(inner.inner((x, "int")), kind, depth - 1)
    return f"(for ({key}, {value}) in {expr(s, 'map<text, int>', depth)}, {second} {body})"


def _for(s: Scope, kind: str, depth: int) -> str:
    if s.chance(5):
        return _map_in(s, kind, depth)
    name, source = s.new(), s.pick(["int", "text"])
    xs = expr(s, f"list<{source}>", depth)
    inner = s.apart.inner((name, source))
    condition = f" if {expr(inner.without_effects, 'bool', depth - 1)}" if s.chance(4) else ""
    order = ", in order" if s.chance(4) else ""
    return f"(for {name} in {xs}{order}{condition} {block(inner, kind, depth)})"


def _by(s: Scope, depth: int) -> str:
    name = s.new()
    pure = s.without_effects.inner((name, "int"))
    form = s.pick(["sort({xs}, by = {by})", "values(group({xs}, by = {by}))[0]", "[max({xs}, by = {by})]"])
    return str(form).format(xs=expr(s, "list<int>", depth), by=f"{name} => {expr(pure, 'int', depth - 1)}")


def _some(s: Scope, depth: int) -> str:
    name = s.new()
    test = expr(s.without_effects.inner((name, "int")), "bool", depth - 1)
    return f"{s.pick(['some', 'every'])}({expr(s, 'list<int>', depth)}, {name} => {test})"


def _shown(s: Scope, depth: int) -> str:
    """Write a text with a value in it."""
    kind = s.pick(["int", "text", "bool", "number", "list<int>", "Colour", "call<add | echo>", "list<text>"])
    value = expr(s.without_effects, kind, depth - 1)
    return f'"{s.pick(["", "a ", "n: "])}${{{value}}}{s.pick(["", ".", " b"])}"'


GENERAL: list[General] = [
    *(
        _if,
        _match_case,
        _match_constant,
        _match_type,
        _match_tuple,
        _match_call,
        _called,
        _called,
        _fold,
        _try,
        _try_in,
        _retry,
    ),
    *(_within, _taken_apart),
]
OWN: dict[str, list[Form]] = {
    "list<int>": [lambda s, depth: _for(s, "int", depth), lambda s, depth: _for(s, "int", depth), _by],
    "list<text>": [lambda s, depth: _for(s, "text", depth), lambda s, depth: _for(s, "text", depth)],
    "list<list<int>>": [lambda s, depth: _for(s, "list<int>", depth)],
    "text": [_shown, _shown],
    "bool": [_some],
}
assert set(OWN) <= set(TYPES)
