"""A failure as a value, for the `catch` that handles it.

Next door: `lower/attempts.py` has the instructions, `values.py` has `Failure`, `kinds.py` says what a value is.
"""

from __future__ import annotations

from lotterylang.check import types
from lotterylang.run.kinds import Test, belongs
from lotterylang.run.values import Failure, Record


def described(failure: Failure, fits: Test) -> Record:
    """Give what a `catch` sees of a failure; its best answer so far only where it is of the type that is expected."""
    best = failure.best if failure.best is not None and fits(failure.best) else None
    fields = {"kind": failure.kind, "message": failure.message, "path": failure.path, "best": best}
    return Record("Failure", fields)


def fitting(kind: types.Type) -> Test:
    """Give the test whether a value is of a type; of a type variable nothing is known, so nothing is."""
    return belongs(kind, of_variable=lambda value: False)
