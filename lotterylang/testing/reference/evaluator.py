"""One run, from a function and its arguments to how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lotterylang.check.program import Program
from lotterylang.run.journal import Record, run_hash
from lotterylang.run.values import Failure
from lotterylang.testing.reference.state import DEFAULT, EMPTIED, Budget, Cells, Held, Names, Place
from lotterylang.testing.reference.world import Reply, World


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: with a value or a failure; what memory holds by store and key; records; the run's hash."""

    value: Any
    failure: Failure | None
    memory: Mapping[str, Names]
    records: tuple[Record, ...]
    hash: str
    spent: Mapping[str, int]
    deepest: int
    """The most levels of depth that were open at once."""
    kept_budgets: bool
    """Whether no limit was met: also none that a `catch` made good."""


class Evaluator(World):
    """One run of one program."""

    def __init__(
        self, program: Program, reply: Reply, limits: Mapping[str, int] | None = None, seed: int | None = None
    ) -> None:
        self.program = program
        self.reply = reply
        declared = next((model.seed for model in program.models.values()), 0)
        self.seed = declared if seed is None else seed
        self.records = []
        self.place = Place("")
        self.budget = Budget({**DEFAULT, **(limits or {})})
        self.constants: Names = {}
        for name, node in program.constants.items():
            value = self.eval(node.value, {})
            self.promise(program.conditions.get(id(node)), name.rpartition(".")[2], value, f"`{name}`", {})
            self.constants[name] = value
        stores = program.memories.items()
        self.starts = {name: self.eval(store.start, {}) for name, store in stores if store.start is not None}
        self.memory = {}
        for name, store in stores:
            held = self.starts.get(name, {}) if store.kind == "map" else {}
            self.memory[name] = Cells({key: Held(value) for key, value in held.items()})

    def run(self, name: str, args: tuple[Any, ...] = ()) -> Ended:
        """Run a function to its end."""
        value, failed = None, None
        self.place = Place(name)
        try:
            for (_, kind), arg in zip(self.program.functions[name].params, args, strict=True):
                self.from_outside(kind, arg)
            value = self.body(name, args)
        except Failure as failure:
            self.note(failure)
            failed = failure
        stores = [(store, cells) for store, cells in self.memory.items() if isinstance(store, str)]
        memory = {store: {k: held.value for k, held in cells.items() if held is not EMPTIED} for store, cells in stores}
        records, budget = tuple(self.records), self.budget
        return Ended(
            value, failed, memory, records, run_hash(records), budget.spent, budget.deepest, not self.met_limits
        )
