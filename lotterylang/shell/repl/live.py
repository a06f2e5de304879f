"""The session itself: takes declarations and statements, and keeps the states that they made.

Enters: trees of what was typed. Leaves: what is to be shown, or a `LotError`, after which nothing has changed. Next
door: `state.py` has the states, `loop.py` reads and shows.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from lotterylang.check import CheckedEntry, check_entry
from lotterylang.check.imports import anchored
from lotterylang.check.program import WORLD, Program
from lotterylang.run import lower
from lotterylang.run.budget import RESOURCES
from lotterylang.run.effects import Effect
from lotterylang.run.journal import Journal
from lotterylang.run.keeping import Keeping
from lotterylang.run.lower.blocks import gives_value
from lotterylang.run.memory import Memory
from lotterylang.run.runner import Outcome, Runner, Settings
from lotterylang.run.stepping import Watch
from lotterylang.run.values import Failure, Value
from lotterylang.shell import session
from lotterylang.shell.allowed import allowed
from lotterylang.shell.outside import Outside
from lotterylang.shell.repl.entry import declares_only
from lotterylang.shell.repl.state import Bound, State, declared, empty, ran
from lotterylang.shell.screen import ASKING as STAGE
from lotterylang.syntax import parser, tree
from lotterylang.syntax.diagnostics import error
from lotterylang.syntax.source import Source
from lotterylang.world.model.progress import Progress


@dataclass(frozen=True, slots=True)
class Said:
    """What an entry did: a value of a type (None: no value), the names it bound, what it declared, how it ended."""

    value: Bound | None = None
    bound: Mapping[str, Bound] = field(default_factory=dict)
    declared: tuple[tree.Node, ...] = ()
    finished: session.Finished | None = None


class Live:
    """A program, its memory and its models, over many entries."""

    def __init__(self, model: str | None, seed: int | None, allow: Sequence[str] = ()) -> None:
        self.outside = Outside(allowed(allow))
        self.model = model
        self.seed = seed
        self.first = empty()
        self.states = [self.first]
        self.entries = 0
        self.last_asked: Path | None = None
        self.spent_last: Mapping[str, int] = dict.fromkeys(RESOURCES, 0)
        self.spent: dict[str, int] = dict.fromkeys(RESOURCES, 0)

    @property
    def state(self) -> State:
        """Give the present state."""
        return self.states[-1]

    def source(self, text: str) -> Source:
        """Make the source of an entry, which has a number. Errors: LOT-E0107, LOT-E0108."""
        self.entries += 1
        return parser.source_of(f"repl:{self.entries}", text)

    # what changes the state

    def load(self, path: str) -> tuple[tree.Node, ...]:
        """Declare what a file declares. Errors: those of reading and checking it."""
        module = parser.parse(parser.read(path))
        nodes = [anchored(node, module) if isinstance(node, tree.Import) else node for node in module.declarations]
        return self.declare(replace(module, declarations=tuple(nodes)))

    def declare(self, module: tree.Module) -> tuple[tree.Node, ...]:
        """Extend or replace what is declared; give what was typed. Errors: everything wrong with the whole program."""
        self.states.append(declared(self.state, module.declarations, self._start))
        return module.declarations

    def begin_here(self) -> None:
        """Let the session start with the present state: there is nothing before it to undo or reset to."""
        self.first = self.state
        self.states = [self.first]

    def reset(self) -> None:
        """Go back to what there was at the start; undoing this is possible."""
        self.states.append(self.first)

    def undo(self) -> None:
        """Take back the last entry that changed something. Errors: LOT-E0631 where there is none."""
        if len(self.states) == 1:
            raise error("LOT-E0631", "there is nothing to undo", help="entries that change nothing are not counted")
        self.states.pop()

    def enter(self, block: tree.Block, progress: Progress, watch: Watch | None = None) -> Said:
        """Run statements, or declare what only declares. A run that fails changes nothing. Errors: LotError."""
        checked = self.check(block)
        if watch is None and not checked.effects and declares_only(block, set(self.state.names)):
            return Said(declared=self.declare(tree.Module(block.span.source, block.statements)))  # type: ignore[arg-type]
        finished = self._run(checked, progress, watch)
        outcome = finished.outcome
        if outcome.failure is not None:
            return Said(finished=finished)
        value, bound = _results(checked, outcome)
        after = ran(self.state, outcome.memory, bound)
        if bound or after.memory != self.state.memory:
            self.states.append(after)
        return Said(value, bound, finished=finished)

    # what does not

    def check(self, block: tree.Block) -> CheckedEntry:
        """Check statements in the present state. Errors: LotError."""
        return check_entry(self.state.program, block, {name: each.type for name, each in self.state.names.items()})

    def due(self, block: tree.Block) -> tuple[list[Effect], Failure | None]:
        """List the questions that statements would ask first, or how they fail; none is asked, nothing changes."""
        checked = self.check(block)
        runner = self._runner(checked.program, lambda stage, done, total: None, None)
        code = lower.entry(runner.unit, "entry", checked.node, list(self.state.names), list(checked.bound))
        scheduler = runner.begun(code, self._values(), Memory(self.state.memory))
        return scheduler.advance(), scheduler.root.failure

    def unwritten(self, name: str) -> Value:
        """Give what an unwritten place of a store holds; None where it holds nothing."""
        return self.constants().get(lower.start_of(name))

    def constants(self) -> Mapping[str, Value]:
        """Compute what the constants stand for, and what the stores start with."""
        return self._runner(self.state.program, lambda stage, done, total: None, None).unit.constants

    def spec(self, model: str) -> str:
        """Give what answers for a model of the program."""
        return self.model or self.state.program.models[model].spec

    # how

    def _run(self, checked: CheckedEntry, progress: Progress, watch: Watch | None) -> session.Finished:
        runner = self._runner(checked.program, progress, watch)
        name = f"entry#{self.entries}"
        code = lower.entry(runner.unit, name, checked.node, list(self.state.names), list(checked.bound))
        path, file = session.journal_file() if checked.effects & WORLD else (None, None)
        journal = Journal(self._header(checked), file)
        start = time.monotonic()
        try:
            outcome = runner.run(code, self._values(), Memory(self.state.memory), journal)
        finally:
            if file is not None:
                file.close()
                self.last_asked = path
        self.spent_last = dict(outcome.spent)
        for resource, amount in outcome.spent.items():
            self.spent[resource] = self.spent.get(resource, 0) + amount
        return session.Finished(checked.program, outcome, journal, path, time.monotonic() - start)

    def _runner(self, program: Program, progress: Progress, watch: Watch | None) -> Runner:
        request = session.Request(program, model=self.model, seed=self.seed)
        tell = None if watch is not None else lambda done, due: progress(STAGE, done, due)
        settings = Settings(seed=self.seed, tell=tell, watch=watch)
        return Runner(program, session.opener(request, progress), settings, self.outside.doors(program, progress))

    def _values(self) -> tuple[Value, ...]:
        return tuple(each.value for each in self.state.names.values())

    def _header(self, checked: CheckedEntry) -> dict[str, object]:
        models = {name: self.spec(name) for name in checked.program.models}
        text = " ".join(checked.node.span.text.split())
        return {
            "program": "repl",
            "program_hash": checked.program.hash,
            "call": text,
            "arguments": [],
            "models": models,
        }

    def _start(self, program: Program) -> Memory:
        """Give what the stores of a program start with; of kept ones, what their files hold: none is written to.

        Errors: LOT-E0603 for a constant that fails, LOT-E0641 and LOT-E0642 for a file that can't be read.
        """
        runner = self._runner(program, lambda stage, done, total: None, None)
        memory = runner.initial({})
        with closing(Keeping(runner.unit, session.open_file)) as keeping:
            keeping.read(memory)
        return memory


def _results(checked: CheckedEntry, outcome: Outcome) -> tuple[Bound | None, dict[str, Bound]]:
    has_value, found = gives_value(checked.node), outcome.value
    found, names = found if has_value and checked.bound else (found, found)
    bound = {name: Bound(kind, names.fields[name]) for name, kind in checked.bound.items()}
    return (Bound(checked.type, found) if has_value else None), bound
