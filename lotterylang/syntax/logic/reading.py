"""Reading: rules as text in, `Rules` out: safe, with the predicates they speak of and whether they can be kept.

Errors are `Refused` and name the line: a sentence that can't be read, a variable that nothing binds, a predicate that
nothing gives. Next door: `safety.py` refuses what may not run; `faults.py` lists all that is wrong.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lotterylang.syntax.logic.safety import Refused, below, place_in, refuse_statements, refuse_words, together, walk

Signature = tuple[str, int]
"""A predicate: its name and how many terms it has."""

MOST_LISTED = 50
"""Predicates that nothing gives are listed up to so many: each is compared with all others."""

_PLACE = re.compile(r"<\w+>:(\d+):(\d+)(?:-[\d:]+)?: error: (.*)", re.DOTALL)
_UNSAFE = re.compile(r"<\w+>:(\d+):(\d+)(?:-[\d:]+)?: note: '([^']+)' is unsafe")


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules that are safe to ground. `used` has the first place of each predicate in a body, as clingo counts."""

    text: str
    statements: tuple[Any, ...]
    given: frozenset[Signature]
    used: Mapping[Signature, tuple[int, int]]
    is_flat: bool
    """No term is computed from another one, so that what can be grounded is finite whichever facts hold."""
    minimises: bool


def read(text: str) -> Rules:
    """Read rules. Errors: Refused, of several the first."""
    from clingo import ast

    refuse_words(text)
    statements: list[Any] = []
    messages: list[str] = []
    try:
        ast.parse_string(text, statements.append, logger=lambda _, message: messages.append(message))
    except RuntimeError:
        raise together(refusals(text, messages)) from None
    refuse_statements(text, statements)
    rules = [s for s in statements if s.ast_type.name in ("Rule", "Minimize")]
    given = {(s.name, s.arity) for s in statements if s.ast_type.name == "Defined"}
    used: dict[Signature, tuple[int, int]] = {}
    for rule in rules:
        heads, bodies = _predicates(rule)
        given.update(_signature(atom) for atom in heads)
        for atom in bodies:
            begin = atom.location.begin
            used.setdefault(_signature(atom), (begin.line, begin.column))
    minimises = any(rule.ast_type.name == "Minimize" for rule in rules)
    return Rules(text, tuple(statements), frozenset(given), used, not any(map(_computes, rules)), minimises)


def unknown(rules: Rules, facts: Mapping[str, int | None]) -> list[Refused]:
    """List the predicates of bodies that neither a rule nor a fact gives: as many as anyone reads.

    `facts` has their numbers of terms, None for any.
    """
    found = []
    for (name, arity), place in rules.used.items():
        if (name, arity) in rules.given or (name in facts and facts[name] in (None, arity)):
            continue
        message, help = _of_unknown(name, arity, rules, facts)
        found.append(Refused(message, *place_in(rules.text, *place), help, "unknown"))
        if len(found) == MOST_LISTED:
            break
    return found


def _of_unknown(name: str, arity: int, rules: Rules, facts: Mapping[str, int | None]) -> tuple[str, str]:
    if name in facts:
        return f"`{name}` is used with {terms(arity)}, but its facts have {facts[name]}", "give it as many"
    arities = sorted(n for known, n in rules.given if known == name)
    if arities:
        return f"`{name}` is used with {terms(arity)}, but derived with {arities[0]}", "give it as many"
    near = difflib.get_close_matches(name, {*facts, *(known for known, _ in rules.given)}, n=1)
    help = f"did you mean `{near[0]}`?" if near else "derive it, or make it a parameter"
    return f"no rule and no fact gives `{name}`", help


def fresh_name(text: str, name: str) -> str:
    """Give a name of a predicate that stands nowhere in the rules."""
    while name in text:
        name += "_"
    return name


def refusals(text: str, messages: Iterable[str]) -> list[Refused]:
    """Give what clingo's messages say, each at its place; where none has a place, all of them as one."""
    said = list(messages)
    found = [refused for message in said for refused in _told_by(text, message)]
    return found or [Refused("they can't be read: " + " ".join(" ".join(said).split())[:200], kind="unreadable")]


def _told_by(text: str, message: str) -> list[Refused]:
    unsafe = _UNSAFE.findall(message)
    if unsafe:
        line, column, _ = unsafe[0]
        names = ", ".join(f"`{name}`" for name in sorted({name for _, _, name in unsafe}))
        said = f"nothing says which values {names} may have"
        help = "name it in the body too, in a predicate that is not negated"
        return [Refused(said, *place_in(text, int(line), int(column)), help, "unbound")]
    found = _PLACE.match(message)
    if found is None:
        return []
    fact = " ".join(found.group(3).split()).replace("syntax error, ", "").replace("lexer error, ", "")
    place = place_in(text, int(found.group(1)), int(found.group(2)))
    help = "a rule is `head :- body, body.`, with a point at its end"
    return [Refused(f"this can't be read: {fact}", *place, help, "unreadable")]


def _predicates(rule: Any) -> tuple[list[Any], list[Any]]:
    """Give the atoms that a rule may derive, and those that it looks at."""
    if rule.ast_type.name == "Minimize":
        return [], _atoms(rule.body)
    kind = rule.head.ast_type.name
    if kind == "Literal":
        positive = rule.head.sign == 0
        heads = _atoms([rule.head])
        return (heads, _atoms(rule.body)) if positive else ([], heads + _atoms(rule.body))
    if kind == "Disjunction":
        elements = list(rule.head.elements)
    elif kind == "HeadAggregate":
        elements = [element.condition for element in rule.head.elements]
    else:
        elements = list(getattr(rule.head, "elements", ()))
    heads = _atoms([element.literal for element in elements])
    return heads, _atoms([c for element in elements for c in element.condition]) + _atoms(rule.body)


def _atoms(nodes: Iterable[Any]) -> list[Any]:
    """Give the symbols of the atoms below some nodes, as clingo's tree has them: functions with a place."""
    atoms = (part for node in nodes for part in walk(node) if part.ast_type.name == "SymbolicAtom")
    return [function for atom in atoms for function in _functions(atom.symbol)]


def _functions(symbol: Any) -> list[Any]:
    """Give the functions that an atom's symbol stands for: behind a `-`, and each of `p(1; 2)`."""
    kind = symbol.ast_type.name
    if kind == "Pool":
        return [function for each in symbol.arguments for function in _functions(each)]
    return _functions(symbol.argument) if kind == "UnaryOperation" else [symbol] if kind == "Function" else []


def _signature(symbol: Any) -> Signature:
    return symbol.name, len(symbol.arguments)


def _computes(rule: Any) -> bool:
    """Tell whether a rule makes terms out of others: by arithmetic, by terms with parts, by an aggregate's value.

    A constraint makes none, whatever it computes.
    """
    if rule.ast_type.name != "Rule" or str(rule.head) == "#false":
        return False
    waiting = [rule]
    while waiting:
        node = waiting.pop()
        if node.ast_type.name == "SymbolicAtom":
            atom = node.symbol
            waiting.extend((atom.argument if atom.ast_type.name == "UnaryOperation" else atom).arguments)
        elif _makes_term(node):
            return True
        else:
            waiting.extend(below(node))
    return False


def _makes_term(node: Any) -> bool:
    kind = node.ast_type.name
    if kind == "Guard":
        return any(part.ast_type.name == "Variable" for part in walk(node.term))
    return kind in ("BinaryOperation", "UnaryOperation") or (kind == "Function" and len(node.arguments) > 0)


def terms(count: int) -> str:
    """Write how many terms there are."""
    return f"{count} term" + ("" if count == 1 else "s")
