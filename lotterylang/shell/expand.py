"""`lot expand`: solvers as the plain functions that they mean, as text that checks and behaves the same.

Enters: a checked program. Leaves: text. Comments are not kept. Next door: `check/solver.py` does it.
"""

from __future__ import annotations

from lotterylang.check.program import Program
from lotterylang.check.report import Report
from lotterylang.check.solver import alone, expanded
from lotterylang.syntax import tree
from lotterylang.syntax.diagnostics import error
from lotterylang.syntax.parser import parse
from lotterylang.syntax.printer import print_module


def text(program: Program, name: str | None) -> str:
    """Write a program without solvers, or the functions of one of them. Errors: LOT-E0615 where there is none."""
    module = parse(program.source)
    if name is None:
        return print_module(expanded(module, Report()))
    solvers = {node.name: node for node in module.declarations if isinstance(node, tree.Solver)}
    if name not in solvers:
        known = ", ".join(f"`{other}`" for other in solvers)
        raise error("LOT-E0615", f"the program has no solver `{name}`", help=f"it has {known or 'none'}")
    return print_module(tree.Module(module.source, alone(solvers[name], module)))
