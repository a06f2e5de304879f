"""What must hold of what memory holds: judged where a value enters a store, by an instruction or from outside.

A place is judged by what the type of its store promises, `memory seen : map<text, Digit>`; a value from outside also by
what the fields of its records promise, as nobody in the program has built them. Next door: `entering.py` judges those.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lotterylang.check.program import MemoryDeclaration
from lotterylang.run.lower.attempts import AttemptLowering
from lotterylang.run.lower.entering import judge_of
from lotterylang.run.machine import Slots
from lotterylang.run.memory import placed
from lotterylang.run.values import Failure, Value

Stored = Callable[[Slots, Value, Value], None]
"""Judges a key and the value that is stored under it. Errors: Failure Rejected, which names the place."""


class StoredLowering(AttemptLowering):
    """The judges of stores."""

    def declared(self, name: str) -> MemoryDeclaration:
        """Give the declaration of a store that is in view here."""
        return self.program.memories[name]

    def stored(self, name: str) -> Stored | None:
        """Give what judges the places of a store; None where its type promises nothing."""
        declared = self.declared(name)
        of_value, of_key = self._place(declared.where, ""), self._place(declared.key_where, "the key of ")
        if of_value is None and of_key is None:
            return None

        def judge(s: Slots, key: Value, value: Value) -> None:
            if of_key is not None:
                of_key(s, key, placed(name, key))
            if of_value is not None:
                of_value(s, value, placed(name, key))

        return judge

    def stored_from_outside(self, name: str) -> Stored | None:
        """Give what judges the places of a store that was filled from outside."""
        inside, of_records = self.stored(name), judge_of(self, self.program.memories[name].value)
        if inside is None and of_records is None:
            return None

        def judge(s: Slots, key: Value, value: Value) -> None:
            if inside is not None:
                inside(s, key, value)
            if of_records is not None:
                _named(of_records, s, key, value, name)

        return judge

    def _place(self, where: Any, before: str) -> Callable[[Slots, Value, str], None] | None:
        if where is None:
            return None
        holds, promise = self.holds(where), " ".join(where.span.text.split())

        def judge(s: Slots, value: Value, place: str) -> None:
            if not holds(s, value):
                raise Failure("Rejected", f"{before}`{place}` does not keep its promise `{promise}`")

        return judge


def _named(judge: Callable[[Slots, Value], None], s: Slots, key: Value, value: Value, name: str) -> None:
    """Judge the records of a value, and say in which place one does not keep its promise."""
    try:
        judge(s, value)
    except Failure as failure:
        raise Failure(failure.kind, f"in `{placed(name, key)}`: {failure.message}") from None
