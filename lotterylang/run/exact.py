"""Values from the JSON that `canonical` writes, which loses nothing: what a journal or a file of memory holds.

Enters: JSON data and the type that it must be of. Leaves: the value, equal to the one that was written. Next door:
`convert.py` writes them, and reads the JSON that people write; `keeping.py` and `shell/replay.py` ask.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from lotterylang.check import types
from lotterylang.check.program import MemoryDeclaration
from lotterylang.run.convert import Mismatch, canonical, described, shortened
from lotterylang.run.lower.places import EMPTIED
from lotterylang.run.memory import Memory, Store
from lotterylang.run.values import Case, Record, ToolCall, Tuple, Value, number


def exact(wanted: types.Type, data: Any) -> Value:
    """Read a value that `canonical` wrote. Errors: Mismatch for data of another type."""
    match wanted, data:
        case types.Maybe(item), _:
            return None if data is None else exact(item, data)
        case types.Nothing(), None:
            return None
        case types.Bool(), bool():
            return data
        case (types.Int() | types.Number(), int()) if not isinstance(data, bool):
            return data
        case types.Number(), {"number": str(text)}:
            return _fraction(wanted, text)
        case types.Text(), str():
            return data
        case types.Literal(options), str() if data in options:
            return data
        case types.List(item), list():
            return tuple(exact(item, part) for part in data)
        case types.Tuple(items), list() if len(items) == len(data):
            return Tuple(exact(item, part) for item, part in zip(items, data, strict=True))
        case _:
            return _named(wanted, data)


def _named(wanted: types.Type, data: Any) -> Value:
    match wanted, data:
        case types.Enum(name, cases), {"case": str(text)}:
            enum, _, case = text.rpartition(".")
            for place, (each, written) in enumerate(cases):
                if (enum, case) == (name, each):
                    return Case(name, case, written, place)
        case types.Map(key, value), {"map": list(pairs)}:
            return {exact(key, k): exact(value, v) for k, v in _pairs(wanted, pairs)}
        case types.Record(name, fields), {"record": dict(held)} if {f.name for f in fields} == held.keys():
            return Record(name, {f.name: exact(f.type, held[f.name]) for f in fields})
        case types.ToolCall(tools), {"call": str(called), "arguments": list(arguments)}:
            for tool in tools:
                if tool.name == called and len(tool.params) == len(arguments):
                    given = zip(tool.params, arguments, strict=True)
                    return ToolCall(called, {param.name: exact(param.type, part) for param, part in given})
    raise _mismatch(wanted, data)


def _pairs(wanted: types.Type, pairs: list[Any]) -> Iterable[tuple[Any, Any]]:
    for pair in pairs:
        if not isinstance(pair, list) or len(pair) != 2:
            raise _mismatch(wanted, pairs)
        yield pair[0], pair[1]


def _fraction(wanted: types.Type, text: str) -> Value:
    try:
        return number(Fraction(text))
    except (ValueError, ZeroDivisionError):
        raise _mismatch(wanted, text) from None


def _mismatch(wanted: types.Type, data: Any) -> Mismatch:
    return Mismatch(f"`{shortened(json.dumps(data, ensure_ascii=False))}` is not {described(wanted)}")


# stores


def store_data(store: Store) -> list[Any]:
    """Give a store as JSON data: a pair of key and value for each place, the key alone for one that was emptied."""
    return [
        [canonical(key)] if entry is EMPTIED else [canonical(key), canonical(entry[0])] for key, entry in store.items()
    ]


def store_of(declaration: MemoryDeclaration, data: Any) -> Store:
    """Read what `store_data` wrote. Errors: Mismatch."""
    key_type = declaration.key or types.NOTHING
    found: Store = {}
    for place in data:
        key = exact(key_type, place[0])
        found[key] = (exact(declaration.value, place[1]), None, declaration.node) if len(place) == 2 else EMPTIED
    return found


def memory_data(memory: Memory) -> dict[str, Any]:
    """Give a whole memory as JSON data, what calls have of their own aside."""
    return {name: store_data(memory[name]) for name in sorted(name for name in memory if isinstance(name, str))}


def memory_hash(memory: Memory) -> str:
    """Hash what a memory holds; who wrote it does not count."""
    text = json.dumps(memory_data(memory), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
