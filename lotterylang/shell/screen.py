"""What a person sees: answers, failures, diagnostics, statistics, progress. Colour on a terminal, never in a pipe."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text as RichText

from lotterylang.run.convert import shown, to_json
from lotterylang.run.paths import in_program_order
from lotterylang.run.render import rendered
from lotterylang.run.values import Failure, Record, Value
from lotterylang.shell import margin
from lotterylang.shell.sizes import megabytes, waiting
from lotterylang.syntax.diagnostics import LotError, as_json, as_text, left_out

if TYPE_CHECKING:
    from lotterylang.run import journal
    from lotterylang.shell.session import Finished
    from lotterylang.testing.examples import Verdict
    from lotterylang.world.model.progress import Progress

ASKING = "asking"
"""The stage that is shown on a terminal only: quick runs pass through it too."""

WARNING = "warning: "
"""What begins so is no stage, but a line that stays. Whoever warns says it (`world/knowledge/interface.py`)."""

DOWNLOAD = "download"
"""The stage that is counted in bytes."""

MOST_EARLIER, MOST_CAUSES, LONGEST_PATH = 8, 40, 400
"""What is shown of a failure: failures before the last one, calls it passed through, characters of a path."""


def out() -> Console:
    """Give the console of standard output; `NO_COLOR` and pipes are honoured, nothing is wrapped."""
    return Console(highlight=False, soft_wrap=True, emoji=False, markup=False)


def err() -> Console:
    """Give the console of standard error."""
    return Console(stderr=True, highlight=False, soft_wrap=True, emoji=False, markup=False)


def say(text: str = "", style: str | None = None) -> None:
    """Print a line on standard output."""
    out().print(RichText(text, style=style or ""))


def say_json(data: Any) -> None:
    """Print JSON data on one line, for programs."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False) + "\n")


def verdict_json(file: str, verdict: Verdict) -> dict[str, Any]:
    """Give what became of a test as JSON data."""
    told: dict[str, Any] = {"file": file, "example": verdict.name, "problem": verdict.problem, "at": verdict.place}
    if verdict.tried is None:
        return told
    return {**told, "tried": verdict.tried, "counterexample": list(verdict.counterexample), "paste": verdict.example}


def verdict_text(file: str, verdict: Verdict) -> list[str]:
    """Tell what became of a test."""
    tried = f" ({verdict.tried})" if verdict.tried else ""
    if verdict.problem is None:
        return [f"passed  {file}: {verdict.name}{tried}"]
    return [f"FAILED  {file}: {verdict.name}{tried}", *(f"        {line}".rstrip() for line in verdict.told())]


def complain(problem: LotError, as_data: bool) -> None:
    """Print diagnostics: for a person on standard error, as JSON on standard output."""
    if as_data:
        say_json(
            {"errors": [as_json(d) for d in problem.diagnostics], **({"more": problem.more} if problem.more else {})}
        )
        return
    for diagnostic in problem.diagnostics:
        for number, line in enumerate(as_text(diagnostic).split("\n")):
            style = "bold red" if number == 0 else "cyan" if line.startswith("help:") else ""
            err().print(RichText(line, style=style))
        err().print()
    for line in left_out(problem.more):
        err().print(line)


def answer(value: Value) -> str:
    """Write an answer: a record one field a line, all else as a prompt would show it."""
    if isinstance(value, Record):
        width = max((len(name) for name in value.fields), default=0)
        return "\n".join(f"{name:<{width}}  {_plain(field)}" for name, field in value.fields.items())
    return _plain(value)


def _plain(value: Value) -> str:
    try:
        return rendered(value, alone=False)
    except TypeError:
        return shown(value)


def failure_text(failure: Failure) -> list[str]:
    """Write a failure and where it passed, innermost first."""
    lines = [f"failed {failure.kind}: {failure.message}"]
    if failure.best is not None:
        lines.append(f"the best answer, not verified: {shown(failure.best)}")
    causes = [f"  at {place or 'the start'}  in {_short_path(path)}" for path, place in failure.causes(MOST_CAUSES)]
    if len(causes) < len(failure.passed):
        causes.insert(MOST_CAUSES // 2, f"  … {len(failure.passed) - len(causes):,} more")
    lines += causes
    earlier = [*all_earlier(failure)]
    if len(earlier) > MOST_EARLIER:
        lines.append(f"after {len(earlier) - MOST_EARLIER:,} others, and")
    for before in earlier[-MOST_EARLIER:]:
        place = before.passed[0][1] if before.passed else ""
        lines += [
            f"after {before.kind}: {before.message}",
            f"  at {place or 'the start'}  in {_short_path(before.path)}",
        ]
    return lines


def _short_path(path: str) -> str:
    """Leave the middle of a very long path out."""
    return path if len(path) <= LONGEST_PATH else f"{path[: LONGEST_PATH // 2]}…{path[-LONGEST_PATH // 2 :]}"


def all_earlier(failure: Failure) -> Iterator[Failure]:
    """Yield the failures that led to one, in the order in which they happened."""
    for before in failure.earlier:
        yield from all_earlier(before)
        yield before


def finished_json(run: Finished) -> dict[str, Any]:
    """Give a run's end as JSON data."""
    outcome = run.outcome
    data: dict[str, Any] = {"hash": outcome.hash, "stats": stats(run), "cannot_tell": [path for path, _ in untold(run)]}
    if outcome.failure is not None:
        failure = outcome.failure
        earlier = [_failure_json(before) for before in all_earlier(failure)]
        return {"failure": {**_failure_json(failure), "earlier": earlier}, **data}
    return {"value": to_json(outcome.value), **data}


def _failure_json(failure: Failure) -> dict[str, Any]:
    causes = [{"path": path, "place": place} for path, place in failure.causes(MOST_CAUSES)]
    return {"kind": failure.kind, "message": failure.message, "causes": causes}


def untold(run: Finished) -> list[tuple[str, float]]:
    """List the choices of a run that the model could not make: paths in program order, and margins in nats."""
    records = sorted(run.journal.records.values(), key=lambda record: in_program_order(record.path))
    return margin.untold(run.journal.header.get("models", {}), map(asdict, records))


def stats(run: Finished) -> dict[str, Any]:
    """Give what a run spent. Units: seconds, tokens, calls, machine steps."""
    observed = [record.observed for record in run.journal.records.values()]
    refused = [record.arguments for record in run.journal.records.values() if _is_refused(record)]
    return {
        "seconds": round(run.seconds, 3),
        "calls": run.outcome.spent["calls"] - len(refused),
        "asked": max(run.outcome.asked - len(set(refused)), 0),
        "prompt_tokens": sum(o.get("prompt_tokens", 0) for o in observed),
        "cached_tokens": sum(o.get("cached_tokens", 0) for o in observed),
        "reply_tokens": sum(o.get("reply_tokens", 0) for o in observed),
        "steps": run.outcome.spent["steps"],
        **run.counts,
    }


def stats_text(run: Finished) -> list[str]:
    """Write what a run spent, a figure a line."""
    found = {name.replace("_", " "): f"{value:,}" for name, value in stats(run).items()}
    wide = max(map(len, found)), max(map(len, found.values()))
    return [f"{name:{wide[0]}}  {value:>{wide[1]}}" for name, value in found.items()]


def _is_refused(record: journal.Record) -> bool:
    """Tell whether the budget had no room for a call, so that no model read anything of it."""
    return record.reply.get("failure") == "BudgetSpent" and not record.observed.get("prompt_tokens")


def _said(stage: str, left: int) -> str:
    """Name a stage; of a download its size and time too, before it begins."""
    return f"download {megabytes(left)}, {waiting(left)}" if stage == DOWNLOAD and left > 0 else stage


@contextmanager
def progress() -> Iterator[Progress]:
    """Show the stages of long work on a terminal; elsewhere one plain line when a stage begins, on standard error."""
    console = err()
    if not console.is_terminal:
        begun: set[str] = set()

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in begun and stage != ASKING:
                begun.add(stage)
                console.print(stage if stage.startswith(WARNING) else f"{_said(stage, total - done)} …")

        yield tell
        return
    from rich.progress import BarColumn, TaskID, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    with Bars(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    ) as bars:
        tasks: dict[str, TaskID] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage.startswith(WARNING):
                bars.console.print(stage)
                return
            if stage not in tasks:
                tasks[stage] = bars.add_task(_said(stage, total - done), total=total or None)
            bars.update(tasks[stage], completed=done, total=total or None)

        yield show
