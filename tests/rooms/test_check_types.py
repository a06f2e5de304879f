"""Laws of the relations between types, for every type: drawn ones, and pairs that are near one another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lotterylang.check import types
from lotterylang.check.relations import fits, is_too_large, join, joined
from lotterylang.check.traits import lacking
from lotterylang.check.types import Type
from lotterylang.check.unify import closed, opened, substitute, unify

NAMES = st.sampled_from(["x", "y", "z"])
ENUM = types.Enum("Route", (("facts", "facts"), ("think", "neither")))
PLAIN = st.sampled_from(
    [
        types.TEXT,
        types.INT,
        types.NUMBER,
        types.BOOL,
        types.NOTHING,
        types.NEVER,
        types.SCORE,
        ENUM,
        types.Variable("T"),
        types.ToolCall((types.Tool("calc"),)),
        types.ToolCall((types.Tool("calc"), types.Tool("search"))),
    ]
)
LITERALS = st.lists(st.sampled_from("abc"), min_size=1, max_size=3, unique=True).map(lambda o: types.Literal(tuple(o)))


def _record(kinds: dict[str, Type]) -> Type:
    return types.Record(None, tuple(types.Field(name, kind) for name, kind in kinds.items()))


def _made_of(parts: st.SearchStrategy[Type]) -> st.SearchStrategy[Type]:
    return st.one_of(
        parts.map(types.List),
        parts.map(types.maybe),
        parts.map(types.Choice),
        st.tuples(parts, parts).map(lambda pair: types.Map(*pair)),
        st.lists(parts, min_size=2, max_size=3).map(lambda items: types.Tuple(tuple(items))),
        st.dictionaries(NAMES, parts, min_size=1, max_size=3).map(_record),
        st.tuples(st.lists(parts, max_size=2), parts).map(lambda f: types.Function(tuple(f[0]), f[1])),
    )


TYPES: st.SearchStrategy[Type] = st.recursive(PLAIN | LITERALS, _made_of, max_leaves=6)


@st.composite
def _wider(draw: st.DrawFn, kind: Type) -> Type:
    """Draw a type that a given one fits, by widening some of its parts."""
    if draw(st.booleans()):
        return types.maybe(kind)
    match kind:
        case types.Int():
            return types.NUMBER
        case types.Literal(options):
            more = draw(st.lists(st.sampled_from("abcd"), unique=True))
            return draw(st.sampled_from([types.TEXT, types.Literal(tuple(dict.fromkeys((*reversed(options), *more))))]))
        case types.List(item):
            return types.List(draw(_wider(item)))
        case types.Tuple(items):
            return types.Tuple(tuple(draw(_wider(item)) for item in items))
        case types.Record():
            fields = [types.Field(f.name, draw(_wider(f.type))) for f in kind.fields]
            return types.Record("R", tuple(reversed(fields)))
        case types.Map(key, value):
            return types.Map(key, draw(_wider(value)))
    return kind


NEAR = TYPES.flatmap(lambda kind: st.tuples(st.just(kind), _wider(kind)))
CHAINS = NEAR.flatmap(lambda pair: st.tuples(st.just(pair[0]), st.just(pair[1]), _wider(pair[1])))
PAIRS = NEAR | st.tuples(TYPES, TYPES) | TYPES.flatmap(lambda kind: st.tuples(_wider(kind), _wider(kind)))


@given(TYPES)
def test_every_type_fits_itself_and_nothing_fits_never(kind: Type) -> None:
    assert fits(kind, kind)
    assert fits(types.NEVER, kind)
    assert fits(kind, types.NEVER) == isinstance(kind, types.Never)


@given(NEAR)
def test_a_widened_type_is_fitted(pair: tuple[Type, Type]) -> None:
    assert fits(*pair)


@given(CHAINS)
def test_fits_is_transitive(chain: tuple[Type, Type, Type]) -> None:
    a, b, c = chain
    assert fits(a, b) and fits(b, c)
    assert fits(a, c)


@given(TYPES, TYPES, TYPES)
def test_fits_is_transitive_for_any_three(a: Type, b: Type, c: Type) -> None:
    assert not (fits(a, b) and fits(b, c)) or fits(a, c)


@given(PAIRS)
def test_join_is_an_upper_bound_whatever_the_order(pair: tuple[Type, Type]) -> None:
    a, b = pair
    both, turned = join(a, b), join(b, a)
    assert (both is None) == (turned is None)
    if both is not None and turned is not None:
        assert fits(a, both) and fits(b, both)
        assert fits(both, turned) and fits(turned, both)


@given(PAIRS, TYPES)
def test_join_is_the_least_upper_bound(pair: tuple[Type, Type], other: Type) -> None:
    a, b = pair
    both = join(a, b)
    for upper in (other, types.maybe(a), types.maybe(b)):
        if fits(a, upper) and fits(b, upper):
            assert both is not None and fits(both, upper)


@given(NEAR)
def test_joining_what_fits_gives_the_wider(pair: tuple[Type, Type]) -> None:
    a, b = pair
    both = join(a, b)
    assert both is not None and fits(both, b) and fits(b, both)


@given(st.lists(TYPES, max_size=4))
def test_all_fit_what_they_are_joined_to(kinds: list[Type]) -> None:
    both = joined(kinds)
    assert both is None or all(fits(kind, both) for kind in kinds)


@given(TYPES)
def test_unknown_fits_and_is_fitted_by_all(kind: Type) -> None:
    assert fits(types.UNKNOWN, kind) and fits(kind, types.UNKNOWN)
    assert join(kind, types.UNKNOWN) == types.UNKNOWN


@given(TYPES, TYPES)
def test_a_parameter_takes_what_its_variable_stands_for(shape: Type, given_: Type) -> None:
    param = opened(shape, ("T",))
    bound = {"?T": given_}
    whole = substitute(param, bound)
    found: dict[str, Type] = {}
    if not isinstance(whole, types.Function):
        assert unify(param, whole, found)
    assert closed(param) == shape


@given(TYPES)
def test_what_can_be_a_key_can_be_told_apart(kind: Type) -> None:
    if lacking("key", kind) is None:
        assert not isinstance(kind, types.List | types.Map | types.Record | types.Maybe | types.Function)


def test_the_size_of_a_type_is_bounded_in_depth_and_breadth() -> None:
    deep: Type = types.INT
    for _ in range(100):
        deep = types.List(deep)
    wide: Type = types.INT
    for _ in range(40):
        wide = types.Tuple((wide, wide))
    assert is_too_large(deep) and is_too_large(wide)
    assert not is_too_large(types.List(types.Tuple((types.INT,) * 100)))
