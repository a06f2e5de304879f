"""Finding a program: `FILE` or `FILE:FN` to a checked program and the name of a function. Nothing here can run it."""

from __future__ import annotations

from lotterylang.check import check
from lotterylang.check.program import Program
from lotterylang.syntax import parser
from lotterylang.syntax.diagnostics import error

ENTRIES = ("main", "run")
"""The functions that are meant when none is named."""


def load(target: str, without: frozenset[str] = frozenset()) -> tuple[Program, str | None]:
    """Check the program of `FILE` or `FILE:FN`; its run may do without something. Errors: all the checker finds."""
    name, _, function = target.rpartition(":")
    if not name or not function.isidentifier():
        name, function = target, ""
    return check(parser.read(name), without), function or None


def entry(program: Program, function: str | None) -> str:
    """Name the function to run. Errors: LOT-E0615 where it is not there or none is meant."""
    known = ", ".join(f"`{name}`" for name in program.own_functions)
    if function is not None:
        if function not in program.own_functions:
            raise error("LOT-E0615", f"the program has no function `{function}`", help=f"it has {known or 'none'}")
        return function
    for name in ENTRIES:
        if name in program.own_functions:
            return name
    if len(program.own_functions) == 1:
        return next(iter(program.own_functions))
    message = "the program has no function `main` or `run`"
    raise error("LOT-E0615", message, help=f"name one: `FILE:FUNCTION`, of {known}" if known else "write one")
