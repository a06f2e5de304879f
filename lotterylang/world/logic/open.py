"""The door: deductions in, futures of replies out, answered by clingo in processes of its own.

A deduction is answered within a limit or is `unknown`; the process that could not be interrupted is replaced. What is
no value of logic, and rules that can't be read, are `Failed`. Next door: `workers.py` has the processes, `solver.py`
what one of them does, `support.py` says why an atom holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from functools import cached_property
from importlib import metadata, util
from typing import Any

from lotterylang.run.effects import Deduce, Reply, Row
from lotterylang.syntax.diagnostics import error
from lotterylang.world.logic.support import Why, question_why, why_of
from lotterylang.world.logic.worker import question_of, reply_of
from lotterylang.world.logic.workers import Workers

SECONDS = 10.0
"""How long a deduction may take, if nobody says otherwise."""

MEMORY_BYTES = 2 << 30
"""How much memory a process may address."""


class Clingo:
    """Who derives: clingo, behind the protocol `Logic`. It starts at the first question."""

    def __init__(self, seconds: float = SECONDS, memory_bytes: int = MEMORY_BYTES) -> None:
        if util.find_spec("clingo") is None:
            raise error(
                "LOT-E0605", "nothing derives: clingo is not installed", help="install it: `pip install clingo`"
            )
        self.seconds = seconds
        self._workers = Workers(memory_bytes)

    @cached_property
    def identity(self) -> str:
        """Identify what answers: the solver, its version, and how long it may think."""
        return f"clingo:{metadata.version('clingo')}:{self.seconds:g}s"

    def submit(self, effects: Sequence[Deduce]) -> list[Future[Reply]]:
        """Take deductions to be answered in any order, one future each, and return at once.

        Errors: `Failed` Rejected, with the line of the rules, for rules that can't be read or may not run, for facts
        that logic can't hold, and for what is derived that is no value. What takes too long, or too much, is
        `unknown`.
        """
        return [self._asked(question_of(effect, self.seconds), reply_of) for effect in effects]

    def why(self, effect: Deduce, atom: tuple[str, Row], answer: Any = None) -> Future[Why | Reply]:
        """Say why an atom holds in an answer of a deduction (None: in any that has it), by rules and facts.

        The future has `unknown` where there was no time, `Failed` where no answer has the atom, or those of `submit`.
        """
        return self._asked(question_why(question_of(effect, self.seconds), atom, answer), why_of)

    def close(self) -> None:
        """End the processes. Futures not yet answered are cancelled."""
        self._workers.close()

    def _asked(self, question: dict[str, Any], read: Any) -> Future[Any]:
        """Ask a process; the future that is given is cancelled with the one that waits in line."""
        return self._workers.submit(question, self.seconds, read)
