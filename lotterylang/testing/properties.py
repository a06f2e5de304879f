"""Runs the properties of a program against puppets: models that reply whatever a model could.

Where all that is drawn and replied is a choice, every path is run; otherwise Hypothesis draws inputs and replies, and
shrinks them together. A reply is a function of the question; the script is told by effect path. Next door:
`strategies.py` draws values, `replies.py` replies, `script.py` writes the counterexample.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from lotterylang.check.program import ModelDeclaration, Program
from lotterylang.run import lower
from lotterylang.run.doors import Doors
from lotterylang.run.effects import Model, ModelEffect, Reply
from lotterylang.run.lower.expectations import Unmet
from lotterylang.run.render import written_number
from lotterylang.run.runner import Runner, Settings
from lotterylang.run.values import Failure, Value
from lotterylang.syntax import tree
from lotterylang.testing import script
from lotterylang.testing.evaluation import Evaluation
from lotterylang.testing.examples import Stage, Verdict, functions_given, judged
from lotterylang.testing.puppet import Puppet, Unanswered
from lotterylang.testing.replies import Scripted, all_replies_to, drawn_failure, is_drawn, replies_to
from lotterylang.testing.stand_in import StandIn
from lotterylang.testing.strategies import Strategies, is_number

SAMPLES = 500
"""Trials of a property whose inputs and replies are not all choices."""

MOST_PATHS = 5_000
"""Paths that are all run, where every input and reply is a choice."""

MOST_DRAWN = 40
"""Replies that one trial draws; a question after that gets the last reply to one of its kind."""

LIMITS = {"calls": 200, "steps": 1_000_000}
"""What one trial may spend: a program that goes on for ever is the failure BudgetSpent soon."""


def run_properties(program: Program, samples: int = SAMPLES) -> list[Verdict]:
    """Try every property of a program, in order."""
    return [run_property(program, node, samples) for node in program.properties]


def run_property(program: Program, node: tree.Property, samples: int = SAMPLES) -> Verdict:
    """Try one property."""
    return _Trials(program, node, samples).verdict()


@dataclass(slots=True)
class _Trial:
    """One run: what was drawn, what was replied, and what became of it."""

    names: dict[str, Value] = field(default_factory=dict)
    script: list[tuple[ModelEffect, Scripted]] = field(default_factory=list)
    verdict: Verdict | None = None

    @property
    def is_broken(self) -> bool:
        return self.verdict is not None and self.verdict.problem is not None


class _Source(Protocol):
    """Where the values and replies of a trial come from."""

    def value(self, drawn: tree.Drawn, names: dict[str, Value]) -> Value: ...

    def reply(self, effect: ModelEffect) -> Scripted: ...


class _Broken(Exception):
    """A counterexample, for Hypothesis to shrink."""


class _Many(Exception):
    """What is drawn is no choice, or there are too many paths to run them all."""


class _Stand:
    """The model of a declaration: the puppet of the present trial answers."""

    def __init__(self, name: str, trials: _Trials) -> None:
        self.name = name
        self.identity = f"puppet:{name}"
        self.trials = trials

    def submit(self, effects: Sequence[ModelEffect]) -> list[Future[Reply]]:
        return self.trials.puppets[self.name].submit(effects)

    def close(self) -> None:
        pass


class _StandAside:
    """A tool, an index or a logic: what the present trial gives answers."""

    def __init__(self, name: str, trials: _Trials) -> None:
        self.name = name
        self.identity = f"stand-in:{name}"
        self.trials = trials

    def submit(self, effects: Sequence[Any]) -> list[Future[Reply]]:
        return self.trials.stand_ins[self.name].submit(effects)

    def close(self) -> None:
        pass


class _Trials:
    """The trials of one property."""

    def __init__(self, program: Program, node: tree.Property, samples: int) -> None:
        self.program, self.node, self.samples = program, node, samples
        doors = Doors(self._outside, self._outside, self._outside, lambda tool, grant: True)
        settings = Settings(limits=LIMITS, given=functions_given(program, node))
        self.runner = Runner(program, self._open, settings, doors)
        self.stand_ins: dict[str, StandIn] = {}
        self.evaluation = Evaluation(self.runner.unit)
        texts, numbers = _spoken(program)
        self.strategies = Strategies(self.evaluation, texts, numbers)
        self.texts = tuple(dict.fromkeys([*texts, *map(written_number, self.strategies.numbers)]))
        self.code = lower.example(self.runner.unit, node)
        self.never_fails = any(isinstance(part, tree.NeverFails) for part in node.body)
        self.puppets: dict[str, Puppet] = {}
        self.trials = 0
        self.finished = 0
        self.unfinished: Failure | None = None

    def _open(self, declaration: ModelDeclaration) -> Model:
        return _Stand(declaration.name, self)

    def _outside(self, declaration: Any) -> Any:
        return _StandAside(declaration.name if declaration is not None else "", self)

    def verdict(self) -> Verdict:
        """Run every path, or as many as are to be sampled; give what became of it."""
        try:
            broken, tried, asks = self._exhausted()
        except _Many:
            tried, asks = "", True
        except Unanswered as problem:
            return Verdict(self.node.name, str(problem), self.node.span.place)
        else:
            if broken is not None:
                return self._told(broken, tried)
        if asks:
            try:
                broken, count = self._sampled()
            except Unanswered as problem:
                return Verdict(self.node.name, str(problem), self.node.span.place)
            tried = f"{tried}, and {count:,} sampled" if tried else f"{count:,} sampled"
            if broken is not None:
                return self._told(broken, tried)
        if not self.trials:
            return Verdict(self.node.name, "no value was found that keeps what `where` says", self.node.span.place)
        if not self.finished and self.unfinished is not None:
            failure = f"{self.unfinished.kind}: {self.unfinished.message}"
            return Verdict(
                self.node.name, f"nothing was checked: every trial failed, as {failure}", self.node.span.place
            )
        return Verdict(self.node.name, tried=tried)

    def run(self, source: _Source) -> _Trial:
        """Run once."""
        trial = _Trial()
        for drawn in self.node.drawn:
            trial.names[drawn.name] = source.value(drawn, trial.names)

        def reply(effect: ModelEffect) -> Reply:
            scripted = source.reply(effect)
            trial.script.append((effect, scripted))
            return scripted.reply

        self.trials += 1
        self.runner.unit.heard = []
        stage = Stage(self.program, self.node.body, lambda node: self.evaluation.value(node, trial.names))
        try:
            stage.set()
        except Failure as failure:
            trial.verdict = judged(self.node, failure)
            return trial
        self.puppets = {m.name: Puppet(m.name, stage.lines(m), reply) for m in self.program.models.values()}
        self.runner.unit.given = stage.given
        outside = ["", *self.program.tools, *self.program.indexes, *self.program.logics]
        self.stand_ins = {name: stage.stand_in(name) for name in outside}
        outcome = self.runner.run(self.code, tuple(trial.names.values()), memory=stage.memory)
        if outcome.failure is None:
            self.finished += 1
        self.unfinished = self.unfinished or outcome.failure
        trial.verdict = judged(self.node, outcome.failure if self._counts(outcome.failure) else None)
        return trial

    def _counts(self, failure: Failure | None) -> bool:
        """Tell whether a failure is a counterexample: a broken promise, or any but the model's own if none may be."""
        if isinstance(failure, Unmet):
            return "as was drawn for `" not in failure.message
        return failure is not None and self.never_fails and not is_drawn(failure.message)

    def _told(self, trial: _Trial, tried: str) -> Verdict:
        assert trial.verdict is not None
        lines = script.lines_of(self.program, trial.names, trial.script)
        example = script.example_of(self.program, self.node, trial.names, trial.script)
        return replace(trial.verdict, tried=tried, counterexample=lines, replies=len(trial.script), example=example)

    # all paths

    def _exhausted(self) -> tuple[_Trial | None, str, bool]:
        """Run every path; give the smallest counterexample, how many there were, and whether a model was asked."""
        taken: list[int] = []
        worst: tuple[tuple[int, list[int]], _Trial] | None = None
        count, asks = 0, False
        while True:
            source = _Path(self, taken)
            try:
                trial = self.run(source)
            except _Nothing:
                trial = _Trial()
            count += 1
            asks = asks or bool(trial.script)
            if math.prod(ways for _, ways in source.taken) > MOST_PATHS or count > MOST_PATHS:
                raise _Many
            key = (len(trial.script), [way for way, _ in source.taken])
            if trial.is_broken and (worst is None or key < worst[0]):
                worst = key, trial
            rest = source.taken
            while rest and rest[-1][0] + 1 >= rest[-1][1]:
                rest.pop()
            if not rest:
                told = f"all {count:,} {'reply paths' if asks else 'values'}" if count > 1 else "the only path"
                return (worst[1] if worst else None), told, asks
            taken = [way for way, _ in rest[:-1]] + [rest[-1][0] + 1]

    # samples

    def _sampled(self) -> tuple[_Trial | None, int]:
        """Let Hypothesis draw and shrink; give the smallest counterexample and how many trials there were."""
        import hypothesis
        from hypothesis import strategies as st

        trials, found = 0, list[_Trial]()
        digest = hashlib.sha256(f"{self.program.hash}:{self.node.name}".encode()).digest()

        @hypothesis.seed(int.from_bytes(digest[:8], "big"))
        @hypothesis.settings(
            max_examples=self.samples,
            database=None,
            deadline=None,
            verbosity=hypothesis.Verbosity.quiet,
            phases=(hypothesis.Phase.generate, hypothesis.Phase.shrink),
            suppress_health_check=list(hypothesis.HealthCheck),
            report_multiple_bugs=False,
            print_blob=False,
        )
        @hypothesis.given(st.data())
        def holds(data: Any) -> None:
            nonlocal trials
            trial = self.run(_Drawing(self, data))
            trials += not found
            if trial.is_broken:
                found.append(trial)
                raise _Broken

        try:
            holds()
        except _Broken:
            return found[-1], trials
        except hypothesis.errors.Unsatisfiable:
            return None, 0
        return None, trials


class _Nothing(Exception):
    """Nothing can be drawn on this path."""


class _Path:
    """Follows one path: at each place the way that is said, the first one after that."""

    def __init__(self, trials: _Trials, ways: list[int]) -> None:
        self.trials = trials
        self.ways = ways
        self.taken: list[tuple[int, int]] = []

    def value(self, drawn: tree.Drawn, names: dict[str, Value]) -> Value:
        program, known = self.trials.program, dict(names)
        if drawn.source is not None:
            return self._pick(list(self.trials.evaluation.value(drawn.source, known)))
        condition = program.conditions.get(id(drawn))
        return self._pick(self.trials.strategies.few(program.types[id(drawn)], drawn.name, condition, known))

    def reply(self, effect: ModelEffect) -> Scripted:
        return self._pick(all_replies_to(effect))  # type: ignore[no-any-return]

    def _pick(self, options: list[Any] | None) -> Any:
        if options is None:
            raise _Many
        if not options:
            raise _Nothing
        place = len(self.taken)
        way = self.ways[place] if place < len(self.ways) else 0
        self.taken.append((way, len(options)))
        if len(self.taken) > MOST_DRAWN:
            raise _Many
        return options[way]


class _Drawing:
    """Draws by Hypothesis."""

    def __init__(self, trials: _Trials, data: Any) -> None:
        self.trials = trials
        self.data = data
        self.drawn: list[tuple[Any, Scripted]] = []
        self.echoes: list[str] = []
        self.may_fail: bool | None = None

    def value(self, drawn: tree.Drawn, names: dict[str, Value]) -> Value:
        from hypothesis import reject
        from hypothesis import strategies as st

        program, known = self.trials.program, dict(names)
        if drawn.source is not None:
            items = self.trials.evaluation.value(drawn.source, known)
            return self.data.draw(st.sampled_from(items)) if items else reject()
        condition = program.conditions.get(id(drawn))
        value = self.data.draw(self.trials.strategies.of(program.types[id(drawn)], drawn.name, condition, known))
        if isinstance(value, str):
            self.echoes += [value, json.dumps([value], ensure_ascii=False)]
        return value

    def reply(self, effect: ModelEffect) -> Scripted:
        from hypothesis import strategies as st

        kind = _kind(effect)
        if len(self.drawn) >= MOST_DRAWN:
            last = next((scripted for other, scripted in reversed(self.drawn) if other == kind), None)
            return last or drawn_failure(effect, "Timeout")
        if self.may_fail is None:  # else a trial of many replies would hardly ever be without a failure
            self.may_fail = self.data.draw(st.booleans())
        scripted: Scripted = self.data.draw(replies_to(effect, self.trials.texts, self.echoes, self.may_fail))
        self.drawn.append((kind, scripted))
        return scripted


def _kind(effect: ModelEffect) -> Any:
    return type(effect), getattr(effect, "options", None), effect.prompt.holes


def _spoken(program: Program) -> tuple[list[str], list[Value]]:
    """List the short texts and the numbers that a program speaks of, outside of its prompts."""
    texts, numbers = [], []
    asked = {id(part.prompt) for part in tree.walk(program.module) if isinstance(part, tree.Ask | tree.Choose)}
    for part in tree.walk(program.module):
        if isinstance(part, tree.Text) and id(part) not in asked and len(part.parts) == 1:
            piece = part.parts[0]
            if isinstance(piece, tree.Piece) and len(piece.text) <= 60:
                texts.append(piece.text)
        elif isinstance(part, tree.ConstantPattern) and isinstance(part.value, str):
            texts.append(part.value)
        elif isinstance(part, tree.Number) and is_number(part.value):
            numbers.append(part.value)
    return texts, numbers
