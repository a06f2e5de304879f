"""Forms that touch the world: ASK, CHOOSE, SCORE, FIND, CALL, DEDUCE; DIVIDE; and functions that are passed on."""

from __future__ import annotations

from lotterylang.testing.programs.forms import expr, filled, leaf
from lotterylang.testing.programs.scope import Form, Scope


def _prompt(s: Scope, end: str) -> str:
    """Draw a prompt; inside a `retry` it shows the feedback."""
    pure = s.without_effects
    value = expr(pure, s.pick(["int", "text", "list<text>", "Colour"]), 1)
    shown = f" ${{{s.feedback}}}" if s.feedback is not None else ""
    if s.chance(4):
        system = s.pick(["", "\nsystem: Be brief."])
        return f'"""{system}\nuser: What of ${{{value}}}?{shown}\nassistant: It {end}\n"""'
    return f'"{s.pick(["Say", "What of", ""])} ${{{value}}}{shown} {end}"'


def _sampling(s: Scope) -> str:
    return str(s.pick(["", "", "(temperature = 0.5)", "(temperature = 0.8, top_p = 0.5)"]))


def _ask(hole: str, kind: str, field: str = "") -> Form:
    """Give the form that asks for one hole; `#` in it is a pure whole number."""

    def form(s: Scope, depth: int) -> str:
        pure = s.without_effects
        pure.names = [known for known in pure.names if known[0] != "it"]  # there the hole's own value
        written = hole.replace("#", expr(pure, "int", 1))
        name = s.new()
        return f"(ASK small{_sampling(s)} {_prompt(s, f'is @{{{name}: {written}}}')}).{name}{field}"

    return form


def _two(s: Scope, depth: int) -> str:
    a, b = s.new(), s.new()
    end = f"is @{{{a}: int where 0 <= {a} <= 9}}, or @{{{b}: int where 0 <= {b} <= 9}}"
    return f"(for reply in [ASK small {_prompt(s, end)}] {{ reply.{a} - reply.{b} }})[0]".replace("reply", s.new())


def _choose(options: str, field: str) -> Form:
    def form(s: Scope, depth: int) -> str:
        score = s.pick(["", "", '(score = "lift")', '(score = "mean")'])
        given = filled(s, options, depth)
        return f"((CHOOSE small{score} {_prompt(s, 'is')} from {given}).{field})"

    return form


def _choose_by(s: Scope, depth: int) -> str:
    name = s.new()
    return f'(CHOOSE small {_prompt(s, "is")} from {expr(s, "list<int>", depth)} by {name} => "no. ${{{name}}}").value'


def _against(s: Scope, depth: int) -> str:
    name = s.new()
    shown = f" ${{{s.feedback}}}" if s.feedback is not None else ""
    body = f'(CHOOSE small "Is ${{{name}}} so?{shown}" from bool against {name} in ["x", {expr(s, "text", 1)}]).value'
    return f"(for {name} in [{expr(s, 'text', depth)}] {{ {body} }})[0]"


def _score(field: str) -> Form:
    return lambda s, depth: f"(SCORE small {_scored(s, depth)} under {_prompt(s, 'is')}).{field}"


def _scored(s: Scope, depth: int) -> str:
    return str(s.pick([f'"{s.pick(["a", "b c"])}"', f"upper({expr(s, 'text', depth)})"]))


def _found(s: Scope, depth: int) -> str:
    name = s.new()
    count, query = expr(s, "int", 1), expr(s, "text", depth)
    where = f" where {_of_hits(s, 2)}" if s.chance(2) else ""
    source = "wiki" if s.chance(2) else expr(s, "list<text>", depth)
    found, order = f"(FIND {count} in {source} for {query}{where})", s.pick(["", ", in order"])
    return f"(for {name} in {found}{order} {{ {name}.{s.pick(['text', 'source'])} }})"


def _of_hits(s: Scope, depth: int) -> str:
    """Draw what a `where` says of a hit: of its metadata, which may lack a key, and of its text."""
    if depth and s.chance(2):
        parts = [_of_hits(s, depth - 1) for _ in range(2)]
        return str(s.pick([f"({parts[0]} and {parts[1]})", f"({parts[0]} or {parts[1]})", f"(not {parts[0]})"]))
    plain = s.without_effects
    plain.names = [known for known in plain.names if known[0] != "it"]  # there the hit
    key, value, sign = s.pick(['"a"', '"b"', "word"]), expr(plain, "text", 1), s.pick(["==", "!=", "<", ">="])
    listed = f"it.meta[{key}] in {expr(plain, 'list<text>', 1)}"
    told = [f"it.meta[{key}] {sign} {value}", f"{value} {sign} it.meta[{key}]", listed]
    return str(s.pick([*told, "len(it.text) > 1", f'"a" <= it.meta[{key}] < {value}', f"{key} in it.meta"]))


def _called(s: Scope, depth: int) -> str:
    return f"(CALL {s.pick(['add({a}, {b})', 'add({a})'])})".format(a=expr(s, "int", depth), b=expr(s, "int", depth))


def _deduced(s: Scope, depth: int) -> str:
    sat, unsat, unknown = s.new(), s.new(), s.new()
    xs, ts = expr(s, "list<int>", depth), expr(s, "list<text>", depth)
    mode = s.pick(["", "must ", "could ", "best "])
    arms = f"Sat as {sat} => {sat}.chosen, Unsat as {unsat} => {unsat}.core.n"
    if mode == "best ":
        arms += f", Unknown as {unknown} if {unknown}.best != none => {unknown}.best.chosen"
    return f"(match DEDUCE {mode}pick({xs}, {ts}) {{ {arms}, Unknown as {unknown} => [len({unknown}.why)] }})"


def _divided(mode: str, kind: str) -> Form:
    """Give the form that divides: over a function from what the parts are to what the answers are."""

    def form(s: Scope, depth: int) -> str:
        parts = expr(s, f"list<{kind}>", depth)
        fitting = [each for each in s.callable(kind, [kind]) if not each.wild]
        if not fitting or (mode == "any" and s.shared):
            return leaf(s, f"list<{kind}>" if mode != "any" else kind)
        s.body.wild = s.body.wild or mode == "any"
        return f"(DIVIDE {mode} {parts} with {s.pick(fitting).name})"

    return form


def _passed(s: Scope, depth: int) -> str:
    """Pass a function on that may touch something."""
    fitting = s.callable("int", ["int"])
    if fitting and s.chance(2):
        function = s.pick(fitting)
        s.body.wild = s.body.wild or function.wild
        return f"twice({function.name}, {expr(s, 'int', depth)})"
    name = s.new()
    return f"twice({name} => {expr(s.apart.inner((name, 'int')), 'int', depth - 1)}, {expr(s, 'int', depth)})"


def _mapped(s: Scope, depth: int) -> str:
    name = s.new()
    return f"mapped({expr(s, 'list<int>', depth)}, {name} => {expr(s.apart.inner((name, 'int')), 'int', depth - 1)})"


EFFECTS: dict[str, list[Form]] = {
    "int": [
        _ask("int where 0 <= it <= 9", "int"),
        _ask("int where it in [1, 2, #]", "int"),
        _ask("int where it in DEDUCE pick([1, #], []).chosen and it >= 0", "int"),
        _choose("DEDUCE must pick({list<int>}, {list<text>}).chosen", "value"),
        "found(wiki, {text})",
        *(_two, _called, _passed, _passed, _choose_by, _choose("[1, 2, {int}]", "value"), _divided("any", "int")),
    ],
    "text": [
        _ask('text where len(it) <= 4, stop "."', "text"),
        _ask('text where it in words("x y")', "text"),
        *(_choose('["x", {text}]', 'value + ""'), _divided("any", "text")),
        lambda s, depth: f"(CALL echo({expr(s, 'text', depth)}))",
    ],
    "bool": [
        *(_choose("bool", "value"), _ask("bool", "bool"), _against),
        "{int} in DEDUCE could pick({list<int>}, {list<text>}).chosen",
    ],
    "Colour": [_choose("Colour", "value"), _ask("Colour", "Colour"), _choose("[Colour.red, {Colour}]", "value")],
    "number": [
        _choose("Colour", "margin"),
        _choose("bool", "probability"),
        _score("sum"),
        _score("lift"),
        _score("mean"),
    ],
    "int?": [_ask("int?", "int?")],
    "Pair": [_ask("Pair, max 20 tokens", "Pair")],
    "call<add | echo>": [_ask("call<add | echo>, max 30 tokens", "call<add | echo>")],
    "list<int>": [
        *(_deduced, _mapped, _divided("all", "int"), _divided("each", "int"), _divided("all", "int")),
        _ask("list<int> where len(it) <= 3 and every(it, x => 0 <= x <= 9)", "list<int>"),
    ],
    "list<text>": [_found, _found, _divided("all", "text"), _divided("each", "text")],
}
