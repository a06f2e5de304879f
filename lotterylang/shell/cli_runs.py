"""The commands that look at a run that is over: `lot why`, `lot replay`, `lot trace`. `cli.py` has the others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lotterylang.shell.options import Json, Run


def why(
    run: Run = None,
    atom: Annotated[str | None, typer.Option("--atom", help='Why a deduction has this, as `sits("Ann", 2)`.')] = None,
    at: Annotated[str | None, typer.Option("--at", help="The path of that deduction, if not the last one.")] = None,
    json: Json = False,
) -> None:
    """Say why a run gave its answer: every question to a model, its reply, and how sure the model was."""
    from lotterylang.shell import screen
    from lotterylang.shell import why as reasons

    if atom is not None:
        from lotterylang.shell import why_atom

        reason = why_atom.reason(Path(run) if run is not None else None, atom, at)
        if json:
            screen.say_json(why_atom.as_json(reason))
        else:
            for line in why_atom.as_lines(reason):
                screen.say(line)
        return
    found = reasons.load(Path(run) if run is not None else None)
    if json:
        screen.say_json(reasons.as_json(found))
    else:
        for line in reasons.as_lines(found):
            screen.say(line)


def replay(run: Run = None, json: Json = False) -> None:
    """Run a journal again with the replies that it recorded, and say whether it comes out the same."""
    from lotterylang.shell import replay as again
    from lotterylang.shell import screen

    found = again.replayed(Path(run) if run is not None else None)
    if json:
        screen.say_json(again.as_json(found))
    else:
        for line in again.as_lines(found):
            screen.say(line)
    raise typer.Exit(0 if all(found.same.values()) else 1)


def trace(
    run: Run = None,
    last: Annotated[int | None, typer.Option("--last", min=1, help="Steps to keep: 1,000 unless said.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Keep every step.")] = False,
    json: Json = False,
) -> None:
    """Print the steps of a run: instructions, names, places in memory, effects."""
    from lotterylang.shell import screen
    from lotterylang.shell import trace as steps

    found = steps.traced(Path(run) if run is not None else None, None if every else last or steps.MOST_STEPS)
    if json:
        for step in found.steps:
            screen.say_json(steps.as_json(step))
    else:
        for line in steps.as_lines(found):
            screen.say(line)


def register(app: typer.Typer) -> None:
    """Add the commands to those of `lot`."""
    app.command()(why)
    app.command()(replay)
    app.command()(trace)
