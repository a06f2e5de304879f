"""Faults: all that is wrong with rules, each at its place in them, before anything is derived.

Enters: the text of rules, what facts they are given, and what relations they shall derive. Leaves: a list of `Refused`.
Whether variables are bound is clingo's own judgement: it looks at every rule before it grounds the first, so it is
asked to ground a part of the program that there is not. Next door: `check/rules.py` shows faults in the `.lot` file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import util

from lotterylang.syntax.logic.reading import Rules, Signature, fresh_name, read, refusals, terms, unknown
from lotterylang.syntax.logic.safety import Refused, refuse_words


def faults(text: str, facts: Mapping[str, int | None]) -> tuple[Rules | None, list[Refused]]:
    """Give rules as they are read, None where they can't be, and what is wrong with them.

    `facts` has how many terms the facts of each predicate have, None where any number will do. Where clingo is not
    installed, words alone are judged.
    """
    try:
        if util.find_spec("clingo") is None:
            refuse_words(text)
            return None, []
        rules = read(text)
    except Refused as refused:
        return None, [refused]
    return rules, [*unbound(rules), *unknown(rules, facts)]


def underived(rules: Rules, relations: Iterable[Signature], facts: Iterable[str]) -> dict[Signature, tuple[str, str]]:
    """Say of each relation that no rule gives what is wrong, and what mends it."""
    found = {}
    for name, arity in relations:
        if (name, arity) in rules.given or name in facts:
            continue
        others = sorted(n for known, n in rules.given if known == name)
        if others:
            help = f"declare it with {terms(others[0])}, or derive it with {arity}"
            found[name, arity] = f"the rules derive `{name}` with {terms(others[0])}, not {arity}", help
        else:
            help = f"write a rule with `{name}(…)` at its head, or leave the relation out"
            found[name, arity] = f"no rule derives `{name}`", help
    return found


def unbound(rules: Rules) -> list[Refused]:
    """List the rules with variables that nothing binds."""
    import clingo

    messages: list[str] = []
    control = clingo.Control(["--warn=none"], logger=lambda _, message: messages.append(message))
    try:
        control.add("base", [], rules.text)
        control.ground([(fresh_name(rules.text, "lot_nothing"), [])])
    except RuntimeError:
        return refusals(rules.text, messages)
    return []
