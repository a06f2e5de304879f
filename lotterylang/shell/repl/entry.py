"""What was typed: a command, declarations or statements; and whether it goes on at the next line.

Enters: a text. Leaves: a `Command`, declarations or a `tree.Block`, or a `LotError`. Next door: `live.py` runs them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lotterylang.syntax import tree
from lotterylang.syntax.diagnostics import LotError
from lotterylang.syntax.parser import parse, parse_entry
from lotterylang.syntax.source import Source
from lotterylang.syntax.unclosed import open_at

DECLARES = (
    *("enum", "example", "fn", "import", "index", "logic", "memory", "model", "property"),
    *("solver", "tool", "type", "uses"),
)
"""The words that declarations begin with; `let` is either."""


@dataclass(frozen=True, slots=True)
class Command:
    """`:name rest`."""

    name: str
    rest: str


def is_open(text: str) -> bool:
    """Tell whether brackets or triple quotes are open at the end of a text."""
    source = Source("<entry>", text)
    return any(span.text != '"' for span in open_at(source, len(text)))


def command(text: str) -> Command | None:
    """Read a command; None for anything else."""
    found = re.fullmatch(r":([a-z]*)\s*(.*)", text.strip(), re.DOTALL)
    return Command(found[1], found[2].strip()) if found else None


def parsed(source: Source) -> tree.Module | tree.Block:
    """Read declarations or statements. Errors: LOT-E0101 to LOT-E0105, LOT-E0110, those of the kind that was begun."""
    first = re.search(r"(?m)^\s*([a-z]+)\b", source.text)
    begins = first is not None and first[1] in DECLARES
    try:
        block = parse_entry(source)
    except LotError as refused:
        try:
            return parse(source)
        except LotError as other:
            raise (other if begins else refused) from None
    return parse(source) if any(isinstance(s, tree.Memory) for s in block.statements) else block


def declares_only(block: tree.Block, names: set[str]) -> bool:
    """Tell whether statements could stand at the top of a file: each a `let` that uses none of `names`, nor its own."""
    bound = [name for s in block.statements if isinstance(s, tree.Let) for name in s.binder if name != "_"]
    return len(bound) == len(set(bound)) and all(
        isinstance(s, tree.Let)
        and any(name != "_" for name in s.binder)
        and not any(isinstance(n, tree.Name) and n.name in names | {*s.binder} for n in tree.walk(s.value))
        for s in block.statements
    )
