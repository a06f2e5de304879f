"""`lot check --bounds`: what each function of a program uses at most, and why that is not known."""

from __future__ import annotations

from lotterylang.check.bounds import Bounds, bounds
from lotterylang.check.program import Program


def lines(program: Program) -> list[str]:
    """Write the bounds of the program's own functions, one a line."""
    found = bounds(program)
    return [f"{name}: {_written(found[name])}" for name in program.own_functions]


def _written(found: Bounds) -> str:
    amounts = {"calls": found.calls, "depth": found.depth, "tokens": found.tokens}
    shown = ", ".join(f"{name} {'no bound' if most is None else f'{most:,}'}" for name, most in amounts.items())
    return f"{shown}  ({found.why[0].place}: {found.why[1]})" if found.why is not None else shown
