"""What people write who come from another language, and what to write here."""

from __future__ import annotations

TYPES = {
    **dict.fromkeys(("str", "string", "String", "Text", "Str"), "text"),
    **dict.fromkeys(("integer", "Int", "Integer", "long"), "int"),
    **dict.fromkeys(("float", "double", "Float", "decimal", "Number"), "number"),
    **dict.fromkeys(("boolean", "Bool", "Boolean"), "bool"),
    **dict.fromkeys(("dict", "Dict", "object", "Map"), "map<text, …>"),
    **dict.fromkeys(("array", "List", "Array", "set", "Set"), "list<…>"),
    **dict.fromkeys(("tuple", "Tuple"), "(text, int)"),
    **dict.fromkeys(("Optional", "optional", "Maybe", "Option"), "T?"),
    **dict.fromkeys(("Literal", "Union"), '"a" | "b"'),
    "Callable": "fn(text) -> int",
}
"""A type's name elsewhere, and how it is written here."""

FUNCTIONS = {
    "str": 'write `"${x}"`',
    "repr": "write `json(x)`",
    "dict": 'a map is written `{ "a": 1 }`, the empty one `{:}`',
    "list": "a list is written `[1, 2]`",
    "set": "write `unique(xs)`",
    "tuple": "a tuple is written `(a, b)`",
    "float": "write `number(x)`",
    "bool": "write the comparison",
    "print": "a program's answer is the value of its function",
    "any": "write `some(xs, x => …)`",
    "all": "write `every(xs, x => …)`",
    "map": "write `for x in xs { … }`",
    "filter": "write `for x in xs if … { x }`",
    "reduce": "write `fold s = start for x in xs { … }`",
    "sorted": "write `sort(xs)`",
    "reversed": "write `reverse(xs)`",
    "enumerate": "write `for i in 0..<len(xs) { … }`",
    "append": "write `[..xs, x]`",
    "isinstance": "every type is known before the run",
    "type": "every type is known before the run",
    "length": "write `len(x)`",
    "trim": "write `strip(x)`",
    "ord": "text is compared as it stands",
    "input": "declare a parameter: `fn run(question: text) { … }`",
    "open": "a program reads no files; pass the text as a parameter",
    "raise": 'write `fail "why"`',
    "f": 'values stand in every text: `"${x}"`',
    "len_": "write `len(x)`",
    "self": "a function sees its parameters only",
    "null": "write `none`",
    "nil": "write `none`",
    "undefined": "write `none`",
}
"""A function's (or value's) name elsewhere, and what to write here."""

LACKING = {"range": "write `0..<n`, or `1..n` with both ends"}
"""A function of the prelude that is called as elsewhere, with too little, and what to write here."""

VALUES = {
    **dict.fromkeys(("None", "Null", "Nil", "NULL"), "none"),
    **dict.fromkeys(("True", "TRUE"), "true"),
    **dict.fromkeys(("False", "FALSE"), "false"),
}
"""A value's name elsewhere that would be a type's name here, and how it is written here."""

METHODS = {
    "append": "write `[..xs, x]`",
    "push": "write `[..xs, x]`",
    "extend": "write `xs + ys`",
    "items": "write `pairs(m)`",
    "get": "write `if key in m { m[key] } else { … }`",
    "format": 'write `"${x}"`',
    "trim": "write `strip(x)`",
    "length": "write `len(x)`",
    "size": "write `len(x)`",
    "index": "write `position(xs, x)`",
    "find": "write `position(x, part)`",
    "add": "write `[..xs, x]`",
    "copy": "values never change; use it as it is",
    "pop": "write `take(xs, len(xs) - 1)`",
    "insert": "write `[..xs, x]`",
    "remove": "write `for x in xs if … { x }`",
    "update": "write `put(m, key, value)`",
    "join": 'write `join(xs, ", ")`',
    "toUpperCase": "write `upper(x)`",
    "toLowerCase": "write `lower(x)`",
    "startswith": "write `starts_with(x, start)`",
    "endswith": "write `ends_with(x, end)`",
    "splitlines": "write `lines(x)`",
    "filter": "write `for x in xs if … { x }`",
    "map": "write `for x in xs { … }`",
    "isdigit": 'write `matches(x, "[0-9]+")`',
}
"""A method's name elsewhere, and what to write here; the prelude's functions are found by their own name."""
