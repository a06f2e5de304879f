"""Items: questions with functions and the calls that answer them (BFCL: simple, multiple, irrelevance).

Enters: the folder of the data. Leaves: items, and how a given call is compared with the right one, as BFCL does it: a
value is right if it is one of those listed; texts are compared without case, blanks and most signs; an empty text in
the list says that the argument may be left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KINDS = ("simple_python", "multiple", "irrelevance")


@dataclass(frozen=True)
class Function:
    """A function that may be called: its name, what it does, and the schema of its parameters."""

    name: str
    does: str
    properties: Mapping[str, Any]
    required: frozenset[str]

    @property
    def text(self) -> str:
        """Say what it does and takes: what is searched."""
        takes = "; ".join(f"{name}: {schema.get('description', '')}" for name, schema in self.properties.items())
        return f"{self.name}: {self.does} Takes {takes}"


@dataclass(frozen=True)
class Item:
    """A question, the functions that may answer it, and the right call: its name and values (None: no function)."""

    name: str
    kind: str
    question: str
    functions: tuple[Function, ...]
    right: tuple[str, Mapping[str, Sequence[Any]]] | None


def loaded(folder: Path) -> list[Item]:
    """Read all items."""
    lines = [
        (kind, json.loads(line))
        for kind in KINDS
        for line in (folder / f"bfcl_{kind}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    return [_item(kind, line) for kind, line in lines]


def _item(kind: str, line: Mapping[str, Any]) -> Item:
    functions = tuple(
        Function(each["name"], each["description"], each["parameters"]["properties"], _required(each))
        for each in line["functions"]
    )
    right = next(iter(line["ground_truth"][0].items())) if line["ground_truth"] else None
    return Item(line["id"], kind, line["question"], functions, right)


def _required(function: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(function["parameters"].get("required", ()))


def is_right(given: Mapping[str, Any], right: Mapping[str, Sequence[Any]]) -> bool:
    """Tell whether arguments are those of the right call; None is an argument that was left out."""
    return all(_is_one_of(given.get(name), values) for name, values in right.items()) and all(
        value is None or name in right for name, value in given.items()
    )


def _is_one_of(value: Any, values: Sequence[Any]) -> bool:
    if value is None:
        return "" in values or None in values
    return any(_same(value, other) for other in values)


def _same(value: Any, other: Any) -> bool:
    if isinstance(value, bool) or isinstance(other, bool):
        return value is other
    if isinstance(value, str) and isinstance(other, str):
        return _plain(value) == _plain(other)
    if isinstance(value, list) and isinstance(other, list):
        return len(value) == len(other) and all(map(_same, value, other))
    if isinstance(value, dict) and isinstance(other, dict):
        return is_right(value, other)
    return bool(value == other)


def _plain(text: str) -> str:
    return re.sub(r"[ ,./\-_*^]", "", text).lower().replace("'", '"')
