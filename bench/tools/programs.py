"""Programs: the functions of an item as tools of a program, in which the model may call one of them.

Names that the language has for itself get a `_`; what a schema does not require is optional (`T?`). A program is None
where a function needs what no hole holds (a map of anything). Next door: `items.py`; `measure.py` runs programs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.tools.items import Function, Item
from lotterylang.syntax.expected import RESERVED

LONGEST = 60
"""Characters of a text that the model writes."""

MOST_TOKENS = 200
"""Tokens of a call."""

_PLAIN = {"string": "Short", "integer": "int", "float": "number", "number": "number", "boolean": "bool"}

_ASK = '''  (ASK small """
    user: These functions can be called:
    ${said}

    Question: ${question}
    Write the call that answers the question.
    assistant: @{call: KIND, max MOST tokens}
    """).call
'''


@dataclass(frozen=True)
class Written:
    """A program; which function and parameter its names stand for; and what it says of them."""

    text: str
    functions: Mapping[str, Function]
    params: Mapping[str, Mapping[str, str]]
    said: str

    def call(self, value: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """Give a value of the program as a function's name and arguments."""
        tool = str(value["tool"])
        given = {self.params[tool][name]: argument for name, argument in value.items() if name != "tool"}
        return self.functions[tool].name, given


@dataclass
class _Writing:
    """The declarations that types need."""

    types: list[str] = field(default_factory=lambda: [f"type Short = text where len(it) <= {LONGEST}"])

    def declared(self, form: str) -> str:
        """Declare a type, and give its name."""
        name = f"Made{len(self.types)}"
        self.types.append(f"type {name} {form}")
        return name

    def kind(self, schema: Mapping[str, Any]) -> str | None:
        """Write a schema as a type; None for what no hole holds."""
        if schema["type"] == "string" and schema.get("enum"):
            return self.declared(f"= {' | '.join(json.dumps(option) for option in schema['enum'])}")
        if schema["type"] in ("array", "tuple"):
            inner = self.kind(schema.get("items", {"type": "string"}))
            return None if inner is None else f"list<{inner}>"
        if schema["type"] == "dict" and schema.get("properties"):
            fields = {_name(name): self.kind(each) for name, each in schema["properties"].items()}
            listed = ", ".join(f"{name}: {kind}" for name, kind in fields.items())
            return None if None in fields.values() else self.declared(f"{{ {listed} }}")
        return _PLAIN.get(schema["type"])

    def params(self, function: Function) -> str | None:
        """Write a function's parameters; None where one that it needs has no type."""
        listed = []
        for name, schema in function.properties.items():
            kind = self.kind(schema)
            if kind is None and name in function.required:
                return None
            if kind is not None:
                listed.append(f"{_name(name)}: {kind}{'' if name in function.required else '?'}")
        return ", ".join(listed)


def written(item: Item, may_be_none: bool) -> Written | None:
    """Write the program of an item, in which the model must call one of its functions, or may call none."""
    writing = _Writing()
    functions = {_name(each.name): each for each in item.functions}
    listed = {name: writing.params(each) for name, each in functions.items()}
    if None in listed.values():
        return None
    tools = [f'tool {name}({params}) -> text = "./never_called.py:{name}"' for name, params in listed.items()]
    granted = [f"uses pure tool {name}" for name in listed]
    kind = f"call<{' | '.join(functions)}>{'?' if may_be_none else ''}"
    ask = _ASK.replace("KIND", kind).replace("MOST", str(MOST_TOKENS))
    main = f"fn main(said: text, question: text) -> {kind} {{\n{ask}}}\n"
    said = "\n".join(f"{name}({listed[name]}): {each.does}" for name, each in functions.items())
    params = {name: {_name(each): each for each in function.properties} for name, function in functions.items()}
    text = "\n".join(["model small = first()", *writing.types, *granted, *tools, main])
    return Written(text, functions, params, said)


def _name(name: str) -> str:
    plain = re.sub(r"\W|(?<=[a-z])(?=[A-Z])", "_", name).lower()
    return f"{plain}_" if plain in RESERVED else plain
