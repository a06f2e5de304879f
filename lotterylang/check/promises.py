"""What written types promise: the `where` of a type, of the types that it names and of its parts, as one condition.

Enters: a type as written. Leaves: a condition in which `it` is the value, or refinements: the conditions part by part,
as holes need them. Next door: `written.py` says which type is meant; `holes.py` turns refinements into bounds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lotterylang.check.modules import TypeDeclaration
from lotterylang.check.prelude import SURELY
from lotterylang.check.report import Report
from lotterylang.check.types import Tool
from lotterylang.check.walk import below
from lotterylang.syntax import tree
from lotterylang.syntax.source import Span


@dataclass(frozen=True, slots=True)
class Refinement:
    """A condition on a part of a value; any of `names` stands for that part. `part` is as in `program.Bound`."""

    part: tuple[str, ...]
    condition: tree.Expr
    names: frozenset[str]


class Promises:
    """What the types of a file promise. `conditions` has what each declared type says of the whole of a value."""

    report: Report
    nodes: Mapping[str, TypeDeclaration]
    refinements: dict[str, tuple[Refinement, ...]]
    conditions: dict[str, tree.Expr | None]
    tools: dict[str, Tool]
    toolboxes: Mapping[str, tuple[str, ...]]

    def refined(self, node: tree.Type) -> tuple[Refinement, ...]:
        """List what must hold of a value of a written type, those of its parts included."""
        match node:
            case tree.TypeMaybe(_, item):
                return self.refined(item)
            case tree.TypeName(_, "list", (item,)):
                return _under(("[]",), self.refined(item))
            case tree.TypeName(_, "call", (listed,)):
                options = listed.options if isinstance(listed, tree.TypeUnion) else (listed,)
                written = [option.name for option in options if isinstance(option, tree.TypeName)]
                named = dict.fromkeys(each for name in written for each in self.toolboxes.get(name, (name,)))
                return tuple(r for name in named if name in self.tools for r in self.refinements.get(name, ()))
            case tree.TypeName(_, name, _):
                own = self.refinements.get(name, ())
                return (*own, *(r for part, type in self._given(node) for r in _under(part, self.refined(type))))
        return ()

    def condition(self, refined: tree.Refined) -> tree.Expr | None:
        """Give what must hold of a value as one expression, its type's own conditions included; `it` is the value."""
        return _both(refined.span, [self.implied(refined.type), refined.where])

    def implied(self, node: tree.Type) -> tree.Expr | None:
        """Give the condition that a type implies; a record's fields are judged where the record is built."""
        it = tree.Name(node.span, "it")
        match node:
            case tree.TypeMaybe(_, item):
                inner = self.implied(item)
                if inner is None:
                    return None
                is_none = tree.Comparison(node.span, it, (("==", tree.Constant(node.span, None)),))
                return tree.Or(node.span, (is_none, inner))
            case tree.TypeName(_, "list", (item,)):
                return _of_each(node.span, self.implied(item), it)
            case tree.TypeName(_, "Choice", (item,)):
                return _of_field(node.span, self.implied(item), "value")
            case tree.TypeName(_, "map", (key, value)):
                sides = ((key, "keys"), (value, "values"))
                listed = [(self.implied(part), _prelude(node.span, function, it)) for part, function in sides]
                return _both(node.span, [_of_each(node.span, condition, items) for condition, items in listed])
            case tree.TypeTuple(_, items):
                parts = [_of_part(node.span, self.implied(item), i, len(items)) for i, item in enumerate(items)]
                return _both(node.span, parts)
            case tree.TypeName(_, name, _):
                parts = [_within(node.span, part, self.implied(type)) for part, type in self._given(node)]
                return _both(node.span, [self.conditions.get(name), *parts])
            case tree.TypeFn() | tree.TypeUnion():
                for part in node.options if isinstance(node, tree.TypeUnion) else (*node.params, node.result):
                    self.refuse_refined(part)
        return None

    def _given(self, node: tree.TypeName) -> list[tuple[tuple[str, ...], tree.Type]]:
        """List the parts of a generic type that its arguments say something of, with their types as they are here."""
        declaration = self.nodes.get(node.name)
        variables = getattr(declaration, "variables", ())
        if not node.arguments or len(variables) != len(node.arguments):
            return []
        given = dict(zip(variables, node.arguments, strict=True))
        if isinstance(declaration, tree.AliasDeclaration):
            return [((), _replaced(declaration.type.type, given))]
        fields = declaration.fields if isinstance(declaration, tree.RecordDeclaration) else ()
        types = ((field, field.type.type) for field in fields)
        return [((field.name,), _replaced(type, given)) for field, type in types if _speaks_of(type, given)]

    def refuse_refined(self, node: tree.Type) -> None:
        """Refuse a type with a `where` of its own where none is judged: in `fn(…)`, in `|`, in what rules derive."""
        if self.implied(node) is not None:
            message = f"`{node.span.text}` has a `where`, and no value of it is judged here"
            help = "write the plain type; a function judges what it promises itself"
            self.report.add("LOT-E0314", node.span, message, "a plain type only", help=help)


def _under(part: tuple[str, ...], found: Sequence[Refinement]) -> tuple[Refinement, ...]:
    return tuple(replace(r, part=(*part, *r.part)) for r in found)


def _both(span: Span, conditions: Sequence[tree.Expr | None]) -> tree.Expr | None:
    """Join conditions on the same value."""
    found = [condition for condition in conditions if condition is not None]
    if len(found) <= 1:
        return found[0] if found else None
    items = (item for one in found for item in (one.items if isinstance(one, tree.And) else (one,)))
    return tree.And(span, tuple(items))


def _of_each(span: Span, condition: tree.Expr | None, items: tree.Expr) -> tree.Expr | None:
    """Give what must hold of a list where something must hold of each item."""
    return None if condition is None else _prelude(span, "every", items, tree.Lambda(span, "it", condition))


def _of_part(span: Span, condition: tree.Expr | None, place: int, size: int) -> tree.Expr | None:
    """Give what must hold of a tuple where something must hold of one part: a `match` takes it apart."""
    if condition is None:
        return None
    names = tuple(tree.CasePattern(span, "it" if i == place else "_") for i in range(size))
    arm = tree.Arm(span, tree.TuplePattern(span, names), None, condition)
    return tree.Match(span, tree.Name(span, "it"), (arm,))


def _of_field(span: Span, condition: tree.Expr | None, field: str) -> tree.Expr | None:
    """Give what must hold of a record where something must hold of a field: of each of a list with that one value."""
    value = tree.Attribute(span, tree.Name(span, "it"), field)
    return _of_each(span, condition, tree.List(span, (value,)))


def _within(span: Span, part: tuple[str, ...], condition: tree.Expr | None) -> tree.Expr | None:
    return _of_field(span, condition, part[0]) if part else condition


def _prelude(span: Span, name: str, *args: tree.Expr | tree.Lambda) -> tree.Call:
    """Call a function of the prelude, whatever else has its name."""
    return tree.Call(span, tree.Name(span, SURELY + name), args)


def _speaks_of(node: tree.Type, names: Mapping[str, tree.Type]) -> bool:
    return any(isinstance(part, tree.TypeName) and part.name in names for part in below(node))


def _replaced(node: tree.Type, given: Mapping[str, tree.Type]) -> tree.Type:
    """Put types in the places of type variables."""
    match node:
        case tree.TypeName(_, name, arguments):
            return given.get(name) or replace(node, arguments=tuple(_replaced(a, given) for a in arguments))
        case tree.TypeMaybe(_, item):
            return replace(node, item=_replaced(item, given))
        case tree.TypeTuple(_, items):
            return replace(node, items=tuple(_replaced(item, given) for item in items))
    return node
