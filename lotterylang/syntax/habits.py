"""Words and signs of other languages, what to write here instead, and how each construct is written.

Next door: `hints.py` uses them.
"""

from __future__ import annotations

_LET = "a value is bound by `let name = …`, once"
_FOLD = "values never change; a loop with a state is `fold state = start for x in xs until done { … }`"
_FN = "a function is declared by `fn name(x: type) -> type { … }`"
_RECORD = "a record is declared by `type Name { field: type }`"
_EMPTY = "an empty block is `{}`; `until` ends a `fold`, the `if` of a `for` passes over"
_AWAIT = "write the call alone; what can run side by side in a `for` does so"
_QUOTES = 'a text stands between double quotes: `"…"`'
_NONE = "write `if x == none { … } else { … }`"

WORDS = {
    **dict.fromkeys(("def", "function", "func", "fun", "proc", "async"), _FN),
    **dict.fromkeys(("class", "struct", "interface", "record"), _RECORD),
    **dict.fromkeys(("var", "const", "val", "mut"), _LET),
    **dict.fromkeys(("while", "loop", "do"), _FOLD),
    **dict.fromkeys(("elif", "elseif", "elsif"), "write `else if`"),
    **dict.fromkeys(("raise", "throw"), 'a failure is said by `fail "why"`'),
    **dict.fromkeys(("except", "finally", "rescue"), "write `try { … } catch { … }`"),
    **dict.fromkeys(("print", "echo", "printf"), "a program's answer is the value of its function"),
    **dict.fromkeys(("from", "require", "include"), "write `import std.vote`"),
    **dict.fromkeys(("is", "equals"), "compare with `==`"),
    **dict.fromkeys(("await", "yield"), _AWAIT),
    **dict.fromkeys(("pass", "continue", "break"), _EMPTY),
    **dict.fromkeys(("assert", "check"), 'write `ensure condition else "why"`'),
    "switch": "write `match value { case => … }`",
    "case": "an arm is written `facts => value`, without a word in front",
    "lambda": "a function as an argument is written `x => value`",
    "new": "a record is built as `Answer(field = value)`",
}
"""Words that have no meaning here; after them the parser stumbles over what follows."""

SIGNS = {
    **dict.fromkeys(("'", "`", "‘", "’", "“", "”", "«", "»"), _QUOTES),
    **dict.fromkeys(("//", "/*"), "a comment begins with `#`"),
    **dict.fromkeys(("++", "--", "+=", "-=", "*=", "/="), _FOLD),
    "$": "a name stands alone; inside a text a value is put in by `${name}`",
    ";": "a statement ends with its line",
    "&&": "write `and`",
    "||": "write `or`",
    "!": "write `not`",
    "?": "write `if a { b } else { c }`; only types end in `?`",
    "??": _NONE,
    "?.": _NONE,
    "**": "write `a * a`; there is no sign for powers",
    ":=": _LET,
    "<>": "write `!=`",
    "...": "write `1..4` with both ends, `0..<n` without the last",
    "..=": "write `1..4`: both ends belong to it",
    "<-": "an arrow points the way the data flows: `READ place -> name`, `WRITE value -> place`",
    "@": "a hole `@{name: type}` stands in the prompt of an ASK; there are no decorators",
    "\\": "a line goes on after an operator, or inside brackets",
}

FORMS = {
    "ASK": 'ASK model "… @{name: type}"',
    "CHOOSE": 'CHOOSE model "…" from options',
    "SCORE": 'SCORE model text under "…"',
    "FIND": "FIND 3 in index for question",
    "CALL": 'CALL tool("…")',
    "DEDUCE": "DEDUCE logic(facts)",
    "DIVIDE": "DIVIDE all parts with solver",
    "READ": "READ place -> name",
    "WRITE": "WRITE value -> place",
    "COPY": "COPY place -> place",
    "MOV": "MOV place -> place",
    "JUMP": "JUMP label if condition",
    "import": "import std.vote",
    "uses": 'uses tool name("…")',
    "model": 'model name = onnx("…")',
    "index": 'index name = hnsw("…")',
    "memory": "memory name : type = start",
    "tool": "tool name(x: type) -> type = std.tools.calculate",
    "type": "type Name { field: type }",
    "enum": "enum Name { first, second }",
    "logic": "logic name(facts: list<type>) -> relation(type) { … }",
    "fn": "fn name(x: type) -> type { … }",
    "solver": "solver name(question: type) -> type { direct … }",
    "example": 'example "…" { expect … }',
    "property": 'property "…" for x: type always { expect … }',
    "given": 'given model replies { "part of the prompt" => answer }',
    "let": "let name: type = value",
    "ensure": 'ensure condition else "why"',
    "fail": 'fail "why"',
    "if": "if a { b } else { c }",
    "match": "match value { case => … }",
    "for": "for x in xs { … }",
    "fold": "fold state = start for x in xs { … }",
    "retry": "retry 3 as feedback { … }",
    "within": "within calls 10 { … }",
    "try": "try { … } catch { … }",
    "endorse": "endorse value as type",
}
"""How a construct is written, by its first word."""
