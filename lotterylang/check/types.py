"""The types of the language, as data. `relations.py` has `fits` and `join`, the two relations between them.

Values never change, so lists, maps, records and optionals vary with their parts: a `list<int>` fits where a
`list<number>` is asked. Next door: `infer.py` finds the type of every expression, `holes.py` turns types into holes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lotterylang.syntax import tree


@dataclass(frozen=True, slots=True)
class Text:
    """Any text."""

    def __str__(self) -> str:
        return "text"


@dataclass(frozen=True, slots=True)
class Literal:
    """One of these texts and no other: `"a" | "b"`."""

    options: tuple[str, ...]

    def __str__(self) -> str:
        return " | ".join(f'"{option}"' for option in self.options)


@dataclass(frozen=True, slots=True)
class Int:
    """A whole number of any size."""

    def __str__(self) -> str:
        return "int"


@dataclass(frozen=True, slots=True)
class Number:
    """An exact fraction."""

    def __str__(self) -> str:
        return "number"


@dataclass(frozen=True, slots=True)
class Bool:
    """`true` or `false`."""

    def __str__(self) -> str:
        return "bool"


@dataclass(frozen=True, slots=True)
class Nothing:
    """The type of `none`, and of a block without a value."""

    def __str__(self) -> str:
        return "none"


@dataclass(frozen=True, slots=True)
class Never:
    """The type of what gives no value (`fail`, `return`) and of the items of `[]`; it fits everywhere."""

    def __str__(self) -> str:
        return "never"


@dataclass(frozen=True, slots=True)
class Unknown:
    """The type of an expression that is already in error; it fits everywhere and everything fits it."""

    def __str__(self) -> str:
        return "…"


@dataclass(frozen=True, slots=True)
class List:
    """`list<T>`."""

    item: Type

    def __str__(self) -> str:
        return f"list<{self.item}>"


@dataclass(frozen=True, slots=True)
class Map:
    """`map<K, V>`, in order of insertion; keys are text, int, bool, cases or tuples of them."""

    key: Type
    value: Type

    def __str__(self) -> str:
        return f"map<{self.key}, {self.value}>"


@dataclass(frozen=True, slots=True)
class Tuple:
    """`(A, B)`."""

    items: tuple[Type, ...]

    def __str__(self) -> str:
        return f"({', '.join(map(str, self.items))})"


@dataclass(frozen=True, slots=True)
class Maybe:
    """`T?`; never a `Maybe` of a `Maybe`."""

    item: Type

    def __str__(self) -> str:
        return f"{self.item}?"


@dataclass(frozen=True, slots=True)
class Enum:
    """An enum and its cases: each a name and how it is written."""

    name: str
    cases: tuple[tuple[str, str], ...] = field(compare=False)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record. `where` is judged with the field's own name (or `it`) standing for the value.

    One that `is_optional` is an empty map where nothing is given.
    """

    name: str
    type: Type
    where: tree.Expr | None = field(default=None, compare=False)
    is_optional: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Record:
    """A record; `name` is None for the record of an ASK's holes. Records fit by their fields, whatever their order."""

    name: str | None = field(compare=False)
    fields: tuple[Field, ...]

    def __str__(self) -> str:
        return self.name or "{" + ", ".join(f"{f.name}: {f.type}" for f in self.fields) + "}"


@dataclass(frozen=True, slots=True)
class Choice:
    """What CHOOSE gives: `value`, `probability`, `margin` (nats), `scores` (a list of `(value, score)`, best first)."""

    item: Type

    def __str__(self) -> str:
        return f"Choice<{self.item}>"


@dataclass(frozen=True, slots=True)
class Score:
    """What SCORE gives: `sum`, `mean`, `lift`, each a number in nats."""

    def __str__(self) -> str:
        return "Score"


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool as a type needs it: its name, and what it takes and gives."""

    name: str
    params: tuple[Field, ...] = field(default=(), compare=False)
    result: Type = field(default_factory=Unknown, compare=False)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """`call<calc | search>`: a tool with its arguments, not yet called. `written` names tools, or indexes of them."""

    tools: tuple[Tool, ...]
    written: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"call<{self.written or ' | '.join(tool.name for tool in self.tools)}>"


@dataclass(frozen=True, slots=True)
class Either:
    """What CALL gives where its tools give values of no common type: it can only be shown and compared."""

    kinds: tuple[Type, ...]

    def __str__(self) -> str:
        return " or ".join(map(str, self.kinds))


@dataclass(frozen=True, slots=True)
class Deduction:
    """What DEDUCE gives: `Sat` with the relations, `Unsat` with the facts that contradict each other, or `Unknown`."""

    logic: str
    sat: Record = field(compare=False)
    unsat: Record = field(compare=False)
    unknown: Record = field(compare=False)
    mode: str | None = None
    """`best` or `models`, which change what the outcomes have."""

    def __str__(self) -> str:
        return " ".join(filter(None, ("Sat or Unsat or Unknown of", self.mode, self.logic)))

    @property
    def outcomes(self) -> dict[str, Record]:
        """Give the outcomes by name."""
        return {"Sat": self.sat, "Unsat": self.unsat, "Unknown": self.unknown}


@dataclass(frozen=True, slots=True)
class Function:
    """`fn(A, B) -> T`, the type of a parameter or of what is passed for it."""

    params: tuple[Type, ...]
    result: Type

    def __str__(self) -> str:
        return f"fn({', '.join(map(str, self.params))}) -> {self.result}"


@dataclass(frozen=True, slots=True)
class Resource:
    """`model` or `index`: the type of a parameter only. A name is passed, so who answers is known without a run."""

    kind: str

    def __str__(self) -> str:
        return self.kind


@dataclass(frozen=True, slots=True)
class Variable:
    """A type variable of a generic function or record."""

    name: str

    def __str__(self) -> str:
        return self.name


Type = (
    Text
    | Literal
    | Int
    | Number
    | Bool
    | Nothing
    | Never
    | Unknown
    | List
    | Map
    | Tuple
    | Maybe
    | Enum
    | Record
    | Choice
    | Score
    | ToolCall
    | Either
    | Deduction
    | Function
    | Resource
    | Variable
)

TEXT, INT, NUMBER, BOOL = Text(), Int(), Number(), Bool()
NOTHING, NEVER, UNKNOWN, SCORE = Nothing(), Never(), Unknown(), Score()
MODEL, INDEX = Resource("model"), Resource("index")

META = Field("meta", Map(TEXT, TEXT), is_optional=True)
HIT = Record("Hit", (Field("text", TEXT), Field("title", TEXT), Field("score", NUMBER), Field("source", TEXT), META))
"""What FIND gives a list of."""


def is_hit(kind: Type) -> bool:
    """Tell whether a type is `Hit` itself: a record of the same fields fits it, and is none."""
    return isinstance(kind, Record) and kind.name == "Hit"


def maybe(item: Type) -> Type:
    """Give `T?`; what may be none already stays as it is."""
    if isinstance(item, Maybe | Nothing | Unknown):
        return item
    return NOTHING if isinstance(item, Never) else Maybe(item)


def known(item: Type) -> Type:
    """Give `T` of `T?`: what is left when none is ruled out."""
    if isinstance(item, Maybe):
        return item.item
    return NEVER if isinstance(item, Nothing) else item


def parts_of(kind: Type) -> tuple[Type, ...]:
    """List the types that a type is directly made of."""
    match kind:
        case List(item) | Maybe(item) | Choice(item):
            return (item,)
        case Map(key, value):
            return (key, value)
        case Tuple(items):
            return items
        case Record():
            return tuple(f.type for f in kind.fields)
        case Function(params, result):
            return (*params, result)
        case Either(kinds):
            return kinds
    return ()
