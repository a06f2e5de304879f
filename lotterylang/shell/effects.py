"""`lot check --effects`: what each function of a program touches."""

from __future__ import annotations

from lotterylang.check.program import Program


def effects_of(program: Program) -> dict[str, list[str]]:
    """List the effects of every function, in alphabetical order."""
    return {name: sorted(signature.effects) for name, signature in program.functions.items()}
