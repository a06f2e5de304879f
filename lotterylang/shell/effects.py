"""`lot check --effects`: what each function of a program touches, and which `for` bodies run side by side, and why."""

from __future__ import annotations

from collections.abc import Iterator

from lotterylang.check.effects import OWN
from lotterylang.check.program import SIDE_BY_SIDE, Program
from lotterylang.syntax import tree


def effects_of(program: Program) -> dict[str, list[str]]:
    """List the effects of every function, in alphabetical order."""
    effects = {name: signature.effects for name, signature in program.own_functions.items()}
    return {name: sorted(effect for effect in found if OWN not in effect) for name, found in effects.items()}


def orders(program: Program) -> Iterator[str]:
    """Say of each `for` whose bodies touch something whether they run side by side or in order, and why."""
    for signature in program.functions.values():
        for node in tree.walk(signature.node):
            if isinstance(node, tree.For) and program.touched.get(id(node)):
                yield f"{node.span.place}: these bodies run {_order(node, program)}"


def _order(node: tree.For, program: Program) -> str:
    if program.joined[id(node)]:
        return "side by side"
    if node.in_order:
        return "in order: it is said"
    acting = sorted(program.touched[id(node)] - SIDE_BY_SIDE)
    return f"in order: they touch {', '.join(acting)}" if acting else "in order: there is nothing to wait for"
