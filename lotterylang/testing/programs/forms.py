"""Expressions that are drawn by a table: for each type the forms that give it.

In a form `{int}` stands for an expression of that type that may touch what the place may, `{~int}` for a pure one, and
`«` and `»` for braces. A form may also be a function of the scope and the depth that is left.
"""

from __future__ import annotations

from lotterylang.testing.programs.scope import Scope

TYPES = (
    *("int", "number", "bool", "text", "list<int>", "list<text>", "Colour", "Pair", "int?"),
    *("(int, text)", "map<text, int>", "Box<int>", "list<list<int>>", "call<add | echo>"),
)
WORDS = ("", "a", "b", "a b", "It is, a.", "x\\ny", "é", "7", "-2.50", "user:")
LEAVES: dict[str, tuple[str, ...]] = {
    "int": ("0", "1", "2", "3", "4", "5", "most"),
    "number": ("0.5", "2.25", "3", "0.125", "(1 / 3)"),
    "bool": ("true", "false"),
    "text": tuple(f'"{word}"' for word in WORDS),
    "list<int>": ("[1, 2]", "[3]", "(0..2)", "(1..<3)", "[2, 2, 5]", "few", "few", "(1..4)"),
    "list<text>": ('["a"]', '["b", ""]', 'words("a b")', '["c", "a", "c"]'),
    "Colour": ("Colour.red", "Colour.green", "Colour.blue"),
    "Pair": ('Pair(n = 1, t = "p")', 'Pair(n = 3, t = "a")', "Small(n = 2, t = word)"),
    "int?": ("none", "position([1, 2], 2)", 'int("7")', 'int("x")'),
    "(int, text)": ('(1, "a")', '(2, "")'),
    "map<text, int>": ("table", '{ "a": 2 }', 'count(["a", "b", "a"])'),
    "Box<int>": ("Box(value = 4)",),
    "list<list<int>>": ("[[1], [2, 3]]", "chunks([1, 2, 3], 2)"),
    "call<add | echo>": ("add(1, 2)", 'echo("a")'),
}
MADE: dict[str, list[str]] = {
    "int": [
        *("({int} + {int})", "({int} - {int})", "({int} * {int})", "({int} // {int})", "({int} % {int})", "-{int}"),
        *(
            "len({text})",
            "len({list<int>})",
            "({list<int>})[{int}]",
            "sum({list<int>})",
            "({Pair}).n",
            "sum({list<int>})",
        ),
        *(
            "max({int}, {int})",
            "min({list<int>})",
            "floor({number})",
            "({map<text, int>})[{text}]",
            "({Box<int>}).value",
        ),
        *("first_of({list<int>}, {int})", "({list<list<int>>})[0][{int}]", "len({list<list<int>>})", "shifted({int})"),
        *("shifted({int}, by = {int})", "bounded({int})"),
    ],
    "number": [
        *("({int} / {int})", "({number} + {number})", "({number} - {int})", "({number} * {number})", "sqrt({number})"),
        *("round({number}, 2)", "sum([{number}, 1])", "({number} % {number})", "({number} // {number})"),
    ],
    "bool": [
        *("({int} < {int} <= {int})", "({text} == {text})", "({bool} and {bool})", "({bool} or {bool})"),
        *("(not {bool})", "({int} in {list<int>})", "({Colour} == {Colour})", "({number} >= {int})"),
        *("({int?} == none)", "({Pair} == {Pair})", "contains({text}, {text})", "(({int}, 1) != ({int}, {int}))"),
        *("({Colour} < {Colour})", "({text} not in {list<text>})", "({map<text, int>} == {map<text, int>})"),
        *("({call<add | echo>} == {call<add | echo>})", 'matches({text}, "[a-b]+")'),
    ],
    "text": [
        *("({text} + {text})", "upper({text})", 'join({list<text>}, "-")', "({Pair}).t", "({list<text>})[{int}]"),
        *("({text})[0..{int}]", 'replace({text}, "a", {text})', "json({Pair})", "first_of({list<text>}, {text})"),
        *("json({map<text, int>})", "fit({text}, 2)", 'strip({text}, "a")'),
    ],
    "list<int>": [
        *("[..{list<int>}, {int}]", "({list<int>} + {list<int>})", "reverse({list<int>})", "take({list<int>}, {int})"),
        *(
            "[{int}, {int}]",
            "unique({list<int>})",
            "flat({list<list<int>>})",
            "values({map<text, int>})",
            "sort({list<int>})",
        ),
        *("({list<int>})[0..{int}]", "tallied({list<int>}, {int})", "take(range(0, 9, 2), {int})"),
    ],
    "list<text>": ["words({text})", "[{text}, ..{list<text>}]", "drop({list<text>}, {int})", "keys({map<text, int>})"],
    "Colour": ["[Colour.red, {Colour}][{int}]", "first_of([Colour.blue], {Colour})", "same({Colour})"],
    "Pair": [
        "Pair(n = {int}, t = {text})",
        "Pair(..{Pair}, n = {int})",
        "same({Pair})",
        "Small(n = {int}, t = {text})",
    ],
    "int?": ["position({list<int>}, {int})", "int({text})", "(if {bool} « {int} » else « none »)"],
    "(int, text)": ["({int}, {text})"],
    "map<text, int>": ["put({map<text, int>}, {text}, {int})", '« {text}: {int}, "z": {int} »', "count({list<text>})"],
    "Box<int>": ["Box(value = {int})", "boxed({int})"],
    "list<list<int>>": ["[{list<int>}, {list<int>}]", "chunks({list<int>}, {int})", "[..{list<list<int>>}, []]"],
    "call<add | echo>": ["add({int}, {int})", "echo({text})", "add({int})"],
}


def expr(s: Scope, kind: str, depth: int) -> str:
    """Draw an expression of a type."""
    s.body.parts.value -= 1
    if depth <= 0 or s.body.parts.value <= 0 or s.chance(6):
        return leaf(s, kind)
    forms = s.body.forms
    if not s.pure and kind in forms.effects and s.chance(2):
        form = s.pick(forms.effects[kind])
    elif s.chance(3):
        return str(s.pick(forms.general)(s, kind, depth - 1))
    else:
        form = s.pick([*MADE[kind], *forms.own.get(kind, ())])
    return filled(s, form, depth - 1) if isinstance(form, str) else str(form(s, depth - 1))


def leaf(s: Scope, kind: str) -> str:
    """Draw a name, or what is written without parts."""
    known = s.of(kind)
    return str(s.pick(known if known and s.number(0, 3) else LEAVES[kind]))


def filled(s: Scope, form: str, depth: int) -> str:
    """Fill a form."""
    found, rest = "", form
    while "{" in rest:
        before, _, rest = rest.partition("{")
        kind, _, rest = rest.partition("}")
        scope = s.without_effects if kind.startswith("~") else s
        found += before + expr(scope, kind.removeprefix("~"), depth)
    return (found + rest).replace("«", "{").replace("»", "}")
