"""The commands that look at a run that is over: `lot replay` and `lot trace`. Next door: `cli.py` has the others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Run = Annotated[str | None, typer.Argument(metavar="JOURNAL", help="A journal; that of the last run if none is named.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


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
    app.command()(replay)
    app.command()(trace)
