"""Instances: the rules at work in an answer set, each with the atoms that it rests on and what else it looked at.

Enters: rules, and the atoms of one of their answer sets. In it a rule is either at work or not, so each is grounded
once more over those atoms as facts, with a head that tells which atom it gives, out of which, and for which values of
its variables. What is counted in it is told in the same way, an element at a time. Next door: `support.py` puts the
instances in order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lotterylang.syntax.logic.reading import Rules, fresh_name
from lotterylang.syntax.logic.safety import walk

if TYPE_CHECKING:
    import clingo

MOST_NAMED = 8
"""How many of the elements that are counted are named."""

_TUPLE = 3
"""What stands for the sign of an element that is no literal."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A rule at work, by its place among the statements, for values of its variables: what it gives an atom out of.

    `denied` are a sign (1: `not`, 2: `not not`) and an atom each, in which `_` stands for anything.
    """

    place: int
    body: tuple[clingo.Symbol, ...]
    denied: tuple[tuple[int, clingo.Symbol], ...]
    values: tuple[clingo.Symbol, ...]


class AtWork:
    """The rules at work in an answer set."""

    def __init__(self, rules: Rules, atoms: Iterable[clingo.Symbol]) -> None:
        self._rules = rules
        self._atoms = frozenset(atoms)
        self._rule, self._element = fresh_name(rules.text, "lot_rule"), fresh_name(rules.text, "lot_element")
        self._found = self._grounded()
        self._elements: dict[Any, list[tuple[int, clingo.Symbol]]] = {}
        for place, values, number, sign, terms in self._told(self._element):
            key = place.number, tuple(values.arguments), number.number
            self._elements.setdefault(key, []).append((sign.number, terms))

    def instances(self) -> dict[clingo.Symbol, list[Instance]]:
        """Give what each atom follows from."""
        found: dict[clingo.Symbol, list[Instance]] = {}
        for place, head, body, denied, values in self._told(self._rule):
            signs = tuple((each.arguments[0].number, each.arguments[1]) for each in denied.arguments)
            instance = Instance(place.number, tuple(body.arguments), signs, tuple(values.arguments))
            if self._holds(instance):
                found.setdefault(head, []).append(instance)
        return found

    def counted(self, instance: Instance) -> list[tuple[str, str]]:
        """Give the aggregates and conditions of an instance, as they are for its values, and what is in each."""
        rule, values = self._rules.statements[instance.place], instance.values
        found = []
        for number, part in enumerate(rule.body):
            if _is_counted(part):
                elements = self._elements.get((instance.place, values, number), [])
                found.append((_with_values(part, _variables(rule), values), _listed(elements)))
        return found

    def _told(self, name: str) -> list[Sequence[clingo.Symbol]]:
        return [atom.symbol.arguments for atom in self._found.symbolic_atoms.by_signature(name, 5)]

    def _holds(self, instance: Instance) -> bool:
        """Tell whether an instance is one: where a rule has `1..3` or `1;2`, head and body vary on their own."""
        positive = [*instance.body, *(atom for sign, atom in instance.denied if sign == 2 and "_" not in str(atom))]
        return self._atoms.issuperset(positive) and self._atoms.isdisjoint(a for s, a in instance.denied if s == 1)

    def _grounded(self) -> clingo.Control:
        import clingo
        from clingo import ast

        control = clingo.Control(["--warn=none"], logger=lambda *_: None)
        with control.backend() as backend:
            for atom in self._atoms:
                backend.add_rule([backend.add_atom(atom)])
        with ast.ProgramBuilder(control) as builder:
            for place, statement in enumerate(self._rules.statements):
                if statement.ast_type.name == "Definition":
                    builder.add(statement)
                elif statement.ast_type.name == "Rule":
                    for rule in (*self._telling(statement, place), *self._counting(statement, place)):
                        builder.add(rule)
        control.ground([("base", [])])
        return control

    def _telling(self, rule: Any, place: int) -> Iterator[Any]:
        """Give rules that tell when a rule is at work: for which atom, out of which atoms, for which values."""
        from clingo import ast

        at, values = rule.location, _variables(rule)
        for literal, condition in heads(rule.head):
            literal, *condition = _apart([literal, *condition], values)
            body, because, denied = [literal], [], []
            for number, part in enumerate([*rule.body, *condition]):
                if _is_atom(part) and part.sign == 0:
                    part = _named(part, number)
                    because.append(part.atom.symbol)
                elif _is_atom(part):
                    denied.append(ast.Function(at, "", [_number(at, part.sign), _blank(part.atom.symbol)], 0))
                body.append(part)
            lists = (ast.Function(at, "", each, 0) for each in (because, denied, _as_variables(at, values)))
            yield _rule(at, self._rule, [_number(at, place), literal.atom.symbol, *lists], body)

    def _counting(self, rule: Any, place: int) -> Iterator[Any]:
        """Give rules that tell the elements of a rule's aggregates and conditions, for which values of the rule."""
        from clingo import ast

        at, values = rule.location, _variables(rule)
        for number, part in enumerate(rule.body):
            for sign, terms, condition in _elements(part, values):
                lists = [ast.Function(at, "", each, 0) for each in (_as_variables(at, values), terms)]
                numbers = [_number(at, each) for each in (place, number, sign)]
                told = [numbers[0], lists[0], numbers[1], numbers[2], lists[1]]
                yield _rule(at, self._element, told, [*rule.body, *condition])


def heads(head: Any) -> list[tuple[Any, list[Any]]]:
    """Give the literals that a head may derive, each with what it holds under."""
    kind = head.ast_type.name
    if kind == "Literal":
        found: list[tuple[Any, list[Any]]] = [(head, [])]
    else:
        elements = [e.condition if kind == "HeadAggregate" else e for e in getattr(head, "elements", ())]
        found = [(element.literal, list(element.condition)) for element in elements]
    return [(each, under) for each, under in found if each.sign == 0 and each.atom.ast_type.name == "SymbolicAtom"]


def _elements(part: Any, values: Sequence[str]) -> Iterator[tuple[int, list[Any], list[Any]]]:
    """Give the elements of an aggregate or a condition: a sign and terms that tell it, and what it holds under."""
    if not _is_counted(part):
        return
    for element in [part] if part.ast_type.name == "ConditionalLiteral" else part.atom.elements:
        if element.ast_type.name == "BodyAggregateElement":
            terms = _apart(element.terms, values)
            yield _TUPLE, terms, _apart(element.condition, values)
        elif _is_atom(element.literal):
            literal, *condition = _apart([element.literal, *element.condition], values)
            named = _named(literal, 0) if literal.sign == 0 else literal
            symbol = named.atom.symbol if literal.sign == 0 else _blank(literal.atom.symbol)
            yield literal.sign, [symbol], [named, *condition]


def _is_atom(part: Any) -> bool:
    return bool(part.ast_type.name == "Literal" and part.atom.ast_type.name == "SymbolicAtom")


def _is_counted(part: Any) -> bool:
    name = part.ast_type.name
    return bool(name == "ConditionalLiteral" or (name == "Literal" and part.atom.ast_type.name.endswith("Aggregate")))


def _variables(rule: Any) -> list[str]:
    """List the variables of a rule's body that stand for the same everywhere in the rule."""
    found: set[str] = set()
    for part in rule.body:
        if part.ast_type.name == "ConditionalLiteral":
            continue
        is_aggregate = _is_counted(part)
        guards = (part.atom.left_guard, part.atom.right_guard) if is_aggregate else ()
        for top in [guard.term for guard in guards if guard is not None] if is_aggregate else [part]:
            found.update(node.name for node in walk(top) if node.ast_type.name == "Variable")
    return sorted(found - {"_"})


def _renamed(node: Any, name: Any) -> Any:
    """Change the variables in a part of a rule: `name` gives what stands for each, by the node that it is."""
    from clingo import ast

    class Renaming(ast.Transformer):
        def visit_Variable(self, node: Any) -> Any:  # noqa: N802 (clingo's name)
            return name(node)

    return Renaming().visit(node)


def _apart(parts: Iterable[Any], values: Sequence[str]) -> list[Any]:
    """Give names of their own to variables that stand for something in a few parts of a rule only."""
    kept = {*values, "_"}
    return [_renamed(part, lambda v: v if v.name in kept else v.update(name=f"Lot_in_{v.name}")) for part in parts]


def _named(literal: Any, number: int) -> Any:
    """Name what stands for anything in a literal, `_`, since a head may not have it."""
    names = (f"Lot_{number}_{count}" for count in range(len(str(literal))))
    return _renamed(literal, lambda v: v.update(name=next(names)) if v.name == "_" else v)


def _blank(symbol: Any) -> Any:
    """Put a constant of the same name in the place of what stands for anything."""
    import clingo
    from clingo import ast

    blank = clingo.Function("_", [])
    return _renamed(symbol, lambda v: ast.SymbolicTerm(v.location, blank) if v.name == "_" else v)


def _with_values(part: Any, names: Sequence[str], values: Sequence[clingo.Symbol]) -> str:
    """Write a part of a rule with values in the place of its variables."""
    from clingo import ast

    known = dict(zip(names, values, strict=True))
    return str(_renamed(part, lambda v: ast.SymbolicTerm(v.location, known[v.name]) if v.name in known else v))


def _listed(elements: Sequence[tuple[int, clingo.Symbol]]) -> str:
    said = [
        ",".join(map(str, each.arguments)) if sign == _TUPLE else "not " * sign + str(each.arguments[0])
        for sign, each in sorted(elements)
    ]
    more = [f"{len(said) - MOST_NAMED} more"] if len(said) > MOST_NAMED else []
    return "; ".join([*said[:MOST_NAMED], *more]) or "nothing"


def _as_variables(at: Any, names: Sequence[str]) -> list[Any]:
    from clingo import ast

    return [ast.Variable(at, name) for name in names]


def _number(at: Any, number: int) -> Any:
    import clingo
    from clingo import ast

    return ast.SymbolicTerm(at, clingo.Number(number))


def _rule(at: Any, name: str, terms: Sequence[Any], body: Sequence[Any]) -> Any:
    from clingo import ast

    head = ast.Literal(at, ast.Sign.NoSign, ast.SymbolicAtom(ast.Function(at, name, terms, 0)))
    return ast.Rule(at, head, body)
