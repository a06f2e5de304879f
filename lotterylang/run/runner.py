"""The only loop: machine → budget → journal → world, until there is an answer.

Enters: a checked program, a function and its arguments, and who answers for each model. Leaves: an `Outcome`. Identical
greedy questions of one run are asked once. Next door: `scheduler.py` decides what is due, `journal.py` records it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from typing import Any

from lotterylang.check.program import (
    ModelDeclaration,
    Program,
)
from lotterylang.run import lower, replies, start
from lotterylang.run.budget import DEFAULT_LIMITS, RESOURCES, Budget
from lotterylang.run.convert import canonical
from lotterylang.run.deadlines import Deadlines
from lotterylang.run.doors import Doors
from lotterylang.run.effects import (
    Call,
    Counts,
    Deduce,
    Effect,
    Failed,
    Find,
    Index,
    Logic,
    Model,
    ModelEffect,
    Reply,
    Tool,
)
from lotterylang.run.exact import memory_hash
from lotterylang.run.fitting import words_and_signs
from lotterylang.run.journal import Journal, arguments_hash
from lotterylang.run.machine import Code, Machine, slots_for
from lotterylang.run.memory import Memory
from lotterylang.run.paths import Path
from lotterylang.run.scheduler import Scheduler
from lotterylang.run.stepping import SteppingMachine, Watch
from lotterylang.run.values import Failure, Value
from lotterylang.syntax.diagnostics import error

OpenModel = Callable[[ModelDeclaration], Model]
"""Opens the model of a declaration; called at its first use, so that a run that asks nothing loads nothing."""

MOST_REMEMBERED = 10_000
"""Replies to identical questions that a run keeps at hand."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: with a value or a failure; with its memory, its hash and what it spent."""

    value: Value
    failure: Failure | None
    memory: Memory
    hash: str
    spent: Mapping[str, int]
    asked: int
    """How many questions reached a model; the others were answered by an identical one."""
    reproducible: bool
    """False where a time-out was met: another run may be faster."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run may be told besides its arguments."""

    limits: Mapping[str, int] | None = None
    seed: int | None = None
    recorded: Mapping[str, tuple[str, Reply]] | None = None
    """The replies of an earlier run, by path: they are fed back, and only what is missing is asked."""
    asks_nobody: bool = False
    """Whether what is not recorded waits for ever, as in a branch that was cancelled: nobody is asked anything."""
    tell: Callable[[int, int], None] | None = None
    """Told after each batch of replies how many there are by now, and how many are due."""
    given: frozenset[str] = frozenset()
    """Functions that a test may give values for, instead of running them."""
    watch: Watch | None = None
    """Shown every instruction before it runs: a debugger."""


class Runner:
    """Runs functions of one program."""

    def __init__(
        self, program: Program, open_model: OpenModel, settings: Settings | None = None, doors: Doors | None = None
    ) -> None:
        self.program = program
        self.settings = settings or Settings()
        self.unit = lower.lower(program, self.settings.given)
        self._open_model = open_model
        self._doors = doors or Doors()
        self._models: dict[str, Model] = {}
        self._answering: dict[str, Tool | Index | Logic] = {}
        self.unit.count, self.unit.count_by = self._count, self._count_by
        start.compute_constants(self.unit)

    def run(
        self,
        code: Code,
        args: tuple[Value, ...] = (),
        memory: Mapping[str, Mapping[Value, Value]] | Memory | None = None,
        journal: Journal | None = None,
        settle: Callable[[Memory, Journal], None] = lambda memory, journal: None,
    ) -> Outcome:
        """Run a code to its end. `memory` is what stores hold at the start, by name and key (None for a cell).

        A `Memory` is taken as it is, and written to. `settle` is given it and the journal whenever the run
        waits, and at the end.
        """
        journal = journal or Journal({})
        try:
            held = memory if isinstance(memory, Memory) else self.initial(memory or {})
        except Failure as failure:
            ended = journal.end({"failure": failure.kind, "reproducible": True, "models": {}})
            return Outcome(None, failure, Memory(), ended, dict.fromkeys(RESOURCES, 0), 0, True)
        scheduler = self.begun(code, args, held)
        asked = _World(self, journal, lambda: settle(held, journal)).answer_all(scheduler)
        root = scheduler.root
        outcome = {"failure": root.failure.kind} if root.failure is not None else {"value": canonical(root.value)}
        timed_out = any(self._met_limit(record.reply) for record in journal.records.values())
        outcome |= {"memory": memory_hash(held)}
        ended = journal.end({**outcome, "reproducible": not timed_out, "models": self._identities()})
        machine = root.machine
        return Outcome(
            root.value, root.failure, machine.memory, ended, machine.whole_budget.spent, asked, not timed_out
        )

    def _met_limit(self, reply: Mapping[str, Any]) -> bool:
        """Tell whether a reply depends on how fast it was found."""
        derives = reply["kind"] == "deduced" and "logic" not in self.program.without
        return reply.get("failure") == "Timeout" or (derives and reply["why"] != "")

    def begun(self, code: Code, args: tuple[Value, ...], memory: Memory) -> Scheduler:
        """Begin a run that nobody has answered yet: `advance` gives the first effects."""
        scheduler = Scheduler(self._machine(memory))
        scheduler.start(code, slots_for(lower.Function(code), args), Path(code.name))
        return scheduler

    def _identities(self) -> dict[str, str]:
        """Say who answered: weights, graph and kind of processor, by the program's name of the model."""
        answering: list[tuple[str, Model | Tool | Index | Logic]] = [*self._models.items(), *self._answering.items()]
        return {name: answers.identity for name, answers in answering}

    def arguments(self, name: str, given: Mapping[str, Value]) -> tuple[Value, ...]:
        """Give the arguments of a function in order: what is given, else the parameters' defaults."""
        found = []
        for param in self.program.functions[name].node.params:
            if param.name in given or param.default is None:
                found.append(given[param.name])
            else:
                found.append(self.evaluate(param.name, param.default))
        return tuple(found)

    def evaluate(self, name: str, node: Any) -> Value:
        """Compute a pure expression in the scope of the program's top level. Errors: LOT-E0603 where it fails."""
        return start.computed(name, lower.expression(self.unit, name, node))

    def model(self, name: str) -> Model:
        """Give the model of a declaration, opened at its first use."""
        if name not in self._models:
            self._models[name] = self._open_model(self.program.models[name])
        return self._models[name]

    def submit(self, effect: Find | Call | Deduce) -> Future[Reply]:
        """Hand an effect to who answers it, opened at its first use."""
        program, name = self.program, _answering(effect)
        if name not in self._answering:
            match effect:
                case Call():
                    self._answering[name] = self._doors.tool(program.tools[name])
                case Find():
                    self._answering[name] = self._doors.index(program.indexes[name] if name else None)
                case Deduce():
                    self._answering[name] = self._doors.logic(program.logics[name])
        answers: Any = self._answering[name]
        future: Future[Reply] = answers.submit([effect])[0]
        return future

    def allows(self, tool: str) -> bool:
        """Tell whether a tool may act: the program grants it, and so does the host."""
        grant = self.program.grants.get(tool)
        return grant is not None and self._doors.allows(self.program.tools[tool], grant)

    def _count(self, text: str) -> int:
        """Count the tokens of a text as the first declared model does; by words and signs where it has no tokenizer."""
        first = next(iter(self.program.models), None)
        return self._count_by(first, text) if first is not None else words_and_signs(text)

    def _count_by(self, name: str, text: str) -> int:
        model = self.model(name)
        return model.count_tokens(text) if isinstance(model, Counts) else words_and_signs(text)

    def _machine(self, memory: Memory) -> Machine:
        limits = {**DEFAULT_LIMITS, **(self.settings.limits or {})}
        declared = [model.seed for model in self.program.models.values()]
        seed = self.settings.seed if self.settings.seed is not None else (declared[0] if declared else 0)
        budget, watch = Budget(limits), self.settings.watch
        return Machine(memory, budget, seed) if watch is None else SteppingMachine(memory, budget, seed, watch)

    def initial(self, given: Mapping[str, Mapping[Value, Value]]) -> Memory:
        """Give the memory that a run starts with: what the stores declare, or what is given for them.

        Errors: Failure Rejected for a place that does not keep what its type promises.
        """
        return start.initial(self.unit, given)


def _answering(effect: Find | Call | Deduce) -> str:
    """Name what answers an effect, as the program does; empty for searches of lists."""
    match effect:
        case Call(_, name) | Deduce(_, name):
            return name
        case Find(_, index):
            return index or ""


class _World:
    """The replies of one run: recorded ones, those of identical questions, and those that models give."""

    def __init__(self, runner: Runner, journal: Journal, settle: Callable[[], None]) -> None:
        self.runner = runner
        self.journal = journal
        self.settle = settle
        self.remembered: OrderedDict[str, Future[Reply]] = OrderedDict()
        self.time = Deadlines()
        self.asked = 0

    def answer_all(self, scheduler: Scheduler) -> int:
        """Answer effects until the run has ended; give the number that reached a model."""
        pending: dict[Future[Reply], list[Effect]] = {}
        try:
            return self._answer_all(scheduler, pending)
        finally:
            for future in pending:  # of branches that nobody needs any more, or of a run that was interrupted
                future.cancel()

    def _answer_all(self, scheduler: Scheduler, pending: dict[Future[Reply], list[Effect]]) -> int:
        while True:
            due = scheduler.advance()
            self.settle()  # what was written before a question outlives whatever happens while it is answered
            for path in scheduler.take_cancelled():
                self.journal.cancel(path)
            for effect, future in self._submit(due):
                pending.setdefault(future, []).append(effect)
                if future.done() or not self.runner.settings.asks_nobody:
                    self.time.begin(effect.path, scheduler.clocks(effect.path))
            if not pending or scheduler.root.ended:
                return self.asked
            self._refuse_waiting_for_nobody(pending)
            done, _ = wait(pending, timeout=self.time.left(), return_when=FIRST_COMPLETED)
            finished = [future for future in pending if future in done]  # as they were asked: sets have no order
            arrived = [(effect, future.result()) for future in finished for effect in pending.pop(future)]
            for effect, answer in arrived + self._late(pending):
                self.time.end(effect.path)
                reply = replies.quantised(answer)
                if scheduler.answer(effect.path, reply):
                    self.journal.add(effect, reply)
            if self.runner.settings.tell is not None:
                waiting = sum(map(len, pending.values()))
                self.runner.settings.tell(len(self.journal.records), len(self.journal.records) + waiting)

    def _refuse_waiting_for_nobody(self, pending: Mapping[Future[Reply], list[Effect]]) -> None:
        """See that a reply will come. Errors: LOT-E0604 where the journal has none to what the run needs."""
        if self.runner.settings.asks_nobody and not any(future.done() for future in pending):
            path = next(iter(pending.values()))[0].path
            message = f"the journal has no reply to what the program asks at `{path}`"
            raise error("LOT-E0604", message, help="the run ended before, or asked something else: run it afresh")

    def _late(self, pending: dict[Future[Reply], list[Effect]]) -> list[tuple[Effect, Reply]]:
        """Give the time-outs of what has waited too long; a question that nobody waits for any more is withdrawn."""
        found: list[tuple[Effect, Reply]] = []
        for future in list(pending):
            late = [(effect, self.time.passed(effect.path)) for effect in pending[future]]
            found += [(effect, reply) for effect, reply in late if reply is not None]
            pending[future] = [effect for effect, reply in late if reply is None]
            if not pending[future]:
                del pending[future]
                future.cancel()
                for key in [key for key, other in self.remembered.items() if other is future]:
                    del self.remembered[key]
        return found

    def _submit(self, due: list[Effect]) -> list[tuple[Effect, Future[Reply]]]:
        found: list[tuple[Effect, Future[Reply]]] = []
        fresh: dict[str, list[tuple[ModelEffect, str]]] = {}
        asks_nobody = self.runner.settings.asks_nobody
        for effect in due:
            key = arguments_hash(effect)
            known = self._recorded(effect, key) or (Future() if asks_nobody else self.remembered.get(key))
            if known is not None:
                found.append((effect, known))
            elif not isinstance(effect, ModelEffect):
                found.append((effect, self._submit_one(effect, key)))
            else:
                fresh.setdefault(effect.model, []).append((effect, key))
        for name, effects in fresh.items():
            found += self._ask(name, effects)
        return found

    def _submit_one(self, effect: Find | Call | Deduce, key: str) -> Future[Reply]:
        """Submit what no model answers. Every CALL is one of its own: it may act, or look at what changes."""
        if isinstance(effect, Call):
            tool = self.runner.program.tools[effect.tool]
            if tool.leave is not None and not self.runner.allows(effect.tool):
                denied: Future[Reply] = Future()
                name = self.runner.program.grants.get(effect.tool, effect.tool)
                denied.set_result(Failed("Denied", f"`{effect.tool}` {tool.does}: `--allow '{name}'` lets it"))
                return denied
            if effect.acts:
                self.journal.intend(effect)
            return self.runner.submit(effect)
        future = self.remembered[key] = self.runner.submit(effect)
        return future

    def _ask(self, name: str, effects: list[tuple[ModelEffect, str]]) -> list[tuple[Effect, Future[Reply]]]:
        """Submit to a model, each question once."""
        unique: dict[str, ModelEffect] = {}
        for effect, key in effects:
            unique.setdefault(key, effect)
        futures = dict(zip(unique, self.runner.model(name).submit(list(unique.values())), strict=True))
        self.asked += len(unique)
        self.remembered.update(futures)
        while len(self.remembered) > MOST_REMEMBERED:
            self.remembered.popitem(last=False)
        return [(effect, futures[key]) for effect, key in effects]

    def _recorded(self, effect: Effect, key: str) -> Future[Reply] | None:
        """Give the reply of the run that is replayed. Errors: LOT-E0604 where the program asks something else now."""
        known = (self.runner.settings.recorded or {}).get(effect.path)
        if known is None:
            return None
        if known[0] != key:
            message = f"the program asks something else at `{effect.path}` than when the run was recorded"
            raise error("LOT-E0604", message, help="run it afresh")
        future: Future[Reply] = Future()
        future.set_result(known[1])
        return future
