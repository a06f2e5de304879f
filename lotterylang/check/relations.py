"""The two relations between types: `fits`, may this stand where that is asked, and `join`, what both are.

`fits` is reflexive and transitive (Unknown aside, which stands on both ends so that one error is not told twice), and
`join` is the least type that both fit, where there is one. Next door: `types.py` has the types, `unify.py` the
variables.
"""

from __future__ import annotations

from lotterylang.check.types import (
    NEVER,
    UNKNOWN,
    Choice,
    Either,
    Field,
    Function,
    Int,
    List,
    Literal,
    Map,
    Maybe,
    Never,
    Nothing,
    Number,
    Record,
    Text,
    ToolCall,
    Tuple,
    Type,
    Unknown,
    known,
    maybe,
    parts_of,
)


def fits(have: Type, want: Type) -> bool:
    """Tell whether a value of one type may stand where the other is asked."""
    if have is want or isinstance(have, Unknown | Never) or isinstance(want, Unknown):
        return True
    match have, want:
        case Either(kinds), _:
            return all(fits(kind, want) for kind in kinds)
        case _, Either(kinds):
            return any(fits(have, kind) for kind in kinds)
        case Nothing(), Maybe():
            return True
        case Maybe(a), Maybe(b):
            return fits(a, b)
        case _, Maybe(b):
            return fits(have, b)
        case (Int(), Number()) | (Literal(), Text()):
            return True
        case Literal(a_options), Literal(b_options):
            return set(a_options) <= set(b_options)
        case (List(a), List(b)) | (Choice(a), Choice(b)):
            return fits(a, b)
        case ToolCall(a_tools), ToolCall(b_tools):
            return set(a_tools) <= set(b_tools)
        case Map(), Map():
            return fits(have.key, want.key) and fits(have.value, want.value)
        case Tuple(a_items), Tuple(b_items):
            return _all_fit(a_items, b_items)
        case Record(), Record():
            return _fields_fit(have, want)
        case Function(), Function():
            return _all_fit(want.params, have.params) and fits(have.result, want.result)
    return have == want


def _all_fit(have: tuple[Type, ...], want: tuple[Type, ...]) -> bool:
    if len(have) != len(want):
        return False
    return all(fits(a, b) for a, b in zip(have, want, strict=True))


def _fields_fit(have: Record, want: Record) -> bool:
    wanted = {f.name: f.type for f in want.fields}
    if len(wanted) != len(have.fields):
        return False
    return all(f.name in wanted and fits(f.type, wanted[f.name]) for f in have.fields)


def join(a: Type, b: Type) -> Type | None:
    """Give the least type that both fit, or None where no type holds both."""
    if isinstance(a, Unknown) or isinstance(b, Unknown):
        return UNKNOWN
    if fits(a, b):
        return b
    if fits(b, a):
        return a
    if isinstance(a, Maybe | Nothing) or isinstance(b, Maybe | Nothing):
        item = join(known(a), known(b))
        return None if item is None else maybe(item)
    return _join_parts(a, b)


def _join_parts(a: Type, b: Type) -> Type | None:
    match a, b:
        case Literal(), Literal():
            return Literal(tuple(dict.fromkeys(a.options + b.options)))
        case ToolCall(), ToolCall():
            return ToolCall(tuple(dict.fromkeys(a.tools + b.tools)))
        case List(), List():
            item = join(a.item, b.item)
            return None if item is None else List(item)
        case Choice(), Choice():
            item = join(a.item, b.item)
            return None if item is None else Choice(item)
        case Map(), Map():
            pair = _join_all((a.key, a.value), (b.key, b.value))
            return None if pair is None else Map(*pair)
        case Tuple(), Tuple():
            items = _join_all(a.items, b.items)
            return None if items is None else Tuple(items)
        case Record(), Record():
            return _join_records(a, b)
    return None


def _join_all(a: tuple[Type, ...], b: tuple[Type, ...]) -> tuple[Type, ...] | None:
    if len(a) != len(b):
        return None
    joined = []
    for x, y in zip(a, b, strict=True):
        both = join(x, y)
        if both is None:
            return None
        joined.append(both)
    return tuple(joined)


def _join_records(a: Record, b: Record) -> Type | None:
    others = {f.name: f.type for f in b.fields}
    if others.keys() != {f.name for f in a.fields}:
        return None
    fields = []
    for f in a.fields:
        both = join(f.type, others[f.name])
        if both is None:
            return None
        fields.append(Field(f.name, both))
    return Record(None, tuple(fields))


def joined(kinds: list[Type]) -> Type | None:
    """Give the least type that all of these fit; `never` for none at all."""
    found: Type = NEVER
    for kind in kinds:
        both = join(found, kind)
        if both is None:
            return None
        found = both
    return found


def are_comparable(a: Type, b: Type) -> bool:
    """Tell whether two values of these types could ever be equal."""
    return join(a, b) is not None


MOST_PARTS = 2_000
DEEPEST_TYPE = 60


def is_too_large(kind: Type) -> bool:
    """Tell whether a type, written out, has too many parts or lies too deep to be worked with."""
    left = MOST_PARTS
    layer = [kind]
    for _ in range(DEEPEST_TYPE):
        left -= len(layer)
        if left < 0:
            return True
        layer = _below(layer, left)
        if not layer:
            return False
    return True


def _below(layer: list[Type], most: int) -> list[Type]:
    below: list[Type] = []
    for kind in layer:
        below += parts_of(kind)
        if len(below) > most:
            break
    return below
