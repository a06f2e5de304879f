"""`lot check --effects`: what each function of a program touches, and which `for` bodies run side by side."""

from __future__ import annotations

from lotterylang.check.effects import OWN
from lotterylang.check.program import Program
from lotterylang.syntax import tree


def effects_of(program: Program) -> dict[str, list[str]]:
    """List the effects of every function, in alphabetical order."""
    effects = {name: signature.effects for name, signature in program.own_functions.items()}
    return {name: sorted(effect for effect in found if OWN not in effect) for name, found in effects.items()}


def side_by_side(program: Program) -> list[str]:
    """List the places of the `for`s whose bodies run side by side; all others run in order."""
    nodes = (node for signature in program.functions.values() for node in tree.walk(signature.node))
    return [node.span.place for node in nodes if isinstance(node, tree.For) and program.joined.get(id(node))]
