"""`lot trace`: every step of a run that a journal can replay: instructions, names, places in memory, effects.

Enters: a journal. Leaves: lines, or JSON data a step. Next door: `replay.py` runs it again, `run/tracing.py` watches.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lotterylang.run.convert import shortened
from lotterylang.run.journal import described
from lotterylang.run.tracing import Step, Tracer
from lotterylang.shell.replay import replayed
from lotterylang.syntax.diagnostics import LotError

MOST_STEPS = 1_000
"""Steps that are kept unless more are asked for: the last ones."""


@dataclass(frozen=True, slots=True)
class Trace:
    """The steps that were kept, how many there were, and what ended the replay before the run's end, if anything."""

    steps: tuple[Step, ...]
    count: int
    problem: LotError | None


def traced(path: Path | None, most: int | None) -> Trace:
    """Replay a journal and keep its last steps, all if `most` is None.

    Errors: those of `replayed`; of a run that did not end, all up to there is shown.
    """
    tracer = Tracer(most)
    problem: LotError | None = None
    try:
        replayed(path, tracer, tracer.watched)
    except LotError as found:
        if not tracer.count or found.diagnostics[0].code != "LOT-E0604":
            raise
        problem = found
    return Trace(tuple(tracer.steps), tracer.count, problem)


def as_lines(trace: Trace) -> Iterator[str]:
    """Write the steps for a person."""
    left_out = trace.count - len(trace.steps)
    if left_out:
        yield f"the last {len(trace.steps):,} of {trace.count:,} steps; `--all` shows every one"
    for step in trace.steps:
        yield f"{step.number:>6}  {step.place}  {step.function}  {step.text}"
        if step.names:
            yield "        " + "  ".join(f"{name} = {shortened(value)}" for name, value in step.names.items())
        for each in step.memory:
            yield f"        {each}"
        if step.effect is not None:
            yield f"        {type(step.effect).__name__.upper()}  {step.effect.path}"
    if trace.problem is not None:
        yield f"        {trace.problem.diagnostics[0].message}"


def as_json(step: Step) -> dict[str, Any]:
    """Give a step as JSON data."""
    found: dict[str, Any] = {
        "step": step.number,
        "place": step.place,
        "function": step.function,
        "path": step.path,
        "text": step.text,
        "names": step.names,
        "memory": step.memory,
    }
    if step.effect is not None:
        found["effect"] = {"path": step.effect.path, **described(step.effect)}
    return found
