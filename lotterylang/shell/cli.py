"""The command `lot`. Exit status: 0 done, 1 a run or a test failed, 2 bad program or bad arguments,
70 a defect of LotteryLang, 130 interrupted.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lotterylang.shell import cli_runs
from lotterylang.shell.cli_index import index
from lotterylang.shell.cli_models import models
from lotterylang.shell.options import Json
from lotterylang.syntax.diagnostics import LotError, error

if TYPE_CHECKING:
    from lotterylang.shell.session import Request

app = typer.Typer(
    name="lot",
    help="Reasoning programs for small local models.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

File = Annotated[str, typer.Argument(metavar="FILE[:FN]", help="A `.lot` file, and a function in it.")]
Words = Annotated[list[str] | None, typer.Argument(metavar="KEY=VALUE", help="key=text key:=JSON key=@file key=-")]
ModelName = Annotated[
    str | None, typer.Option("--model", help="Answer with this model: a name, a .gguf, random, first.")
]
Code = Annotated[str | None, typer.Option("-e", metavar="CODE", help="An expression to run instead of a function.")]
Allow = Annotated[list[str] | None, typer.Option("--allow", metavar="TOOL", help="Let a tool act on the world.")]
Without = Annotated[
    list[str] | None, typer.Option("--without", metavar="ABILITY", help="Do without memory, divide, tools, …")
]
Seed = Annotated[int | None, typer.Option("--seed", help="Seed of sampling and dice.")]


@app.command()
def run(
    file: File,
    words: Words = None,
    code: Code = None,
    model: ModelName = None,
    seed: Seed = None,
    json: Json = False,
    stats: Annotated[bool, typer.Option("--stats", help="Say what the run spent.")] = False,
    allow: Allow = None,
    without: Without = None,
) -> None:
    """Run a program and print its answer."""
    from lotterylang.shell import margin, screen, session

    request = replace(_request(file, words, code, model, seed, without), allow=tuple(allow or ()))
    with screen.progress() as progress:
        finished = session.execute(request, progress)
    failure = finished.outcome.failure
    if json:
        screen.say_json(screen.finished_json(finished))
    elif failure is not None:
        for line in screen.failure_text(failure):
            screen.err().print(line, style="red" if line.startswith("failed") else None)
    else:
        screen.say(screen.answer(finished.outcome.value))
    untold = screen.untold(finished)
    if untold and not json:
        screen.err().print(margin.as_text(untold), style="yellow")
    if stats and not json:
        for line in screen.stats_text(finished):
            screen.err().print(line, style="dim")
    raise typer.Exit(0 if failure is None else 1)


def _request(
    file: str,
    words: list[str] | None,
    code: str | None,
    model: str | None,
    seed: int | None,
    without: list[str] | None = None,
) -> Request:
    """Find the program, and read what the command line gives to it."""
    from lotterylang.shell import arguments, programs, session
    from lotterylang.shell.without import abilities

    program, function = programs.load(file, abilities(without or ()))
    name = programs.entry(program, function) if code is None else None
    given = arguments.given(program, program.functions[name] if name is not None else None, words or [])
    return session.Request(program, name, code, given, model, seed)


@app.command()
def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE…")],
    effects: Annotated[bool, typer.Option("--effects", help="List what each function touches.")] = False,
    bounds: Annotated[bool, typer.Option("--bounds", help="List what each function uses at most.")] = False,
    json: Json = False,
) -> None:
    """Check programs: names, types, holes, effects. No model is loaded."""
    from lotterylang.shell import programs, screen
    from lotterylang.shell.effects import effects_of, orders

    bad = 0
    for file in files:
        try:
            program, _ = programs.load(file)
        except LotError as problem:
            bad += 1
            screen.complain(problem, json)
            continue
        if json:
            screen.say_json({"file": file, "hash": program.hash, "functions": effects_of(program)})
        elif bounds:
            from lotterylang.shell.bounds import lines

            for line in lines(program):
                screen.say(f"{file}: {line}")
        elif effects:
            for name, touched in effects_of(program).items():
                screen.say(f"{file}: {name}: {', '.join(touched) or 'pure'}")
            for tool, grant in program.grants.items():
                screen.say(f"{file}: {tool} {program.tools[tool].does}: needs --allow '{grant}'")
            for line in orders(program):
                screen.say(line)
        else:
            screen.say(f"{file}: no errors")
    raise typer.Exit(2 if bad else 0)


@app.command()
def test(files: Annotated[list[str], typer.Argument(metavar="FILE…")], json: Json = False) -> None:
    """Run the examples of programs, and try their properties against whatever a model could reply. None is loaded."""
    from lotterylang.home import home
    from lotterylang.shell import programs, screen
    from lotterylang.testing.examples import run_examples
    from lotterylang.testing.properties import run_properties

    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(home() / "hypothesis"))
    passed = failed = bad = 0
    for file in files:
        try:
            program = programs.load(file)[0]
            verdicts = [*run_examples(program), *run_properties(program)]
        except LotError as problem:
            bad += 1
            screen.complain(problem, json)
            continue
        for verdict in verdicts:
            good = verdict.problem is None
            passed, failed = passed + good, failed + (not good)
            if json:
                screen.say_json(screen.verdict_json(file, verdict))
            else:
                for line in screen.verdict_text(file, verdict):
                    screen.say(line, None if good else "red")
    if not json:
        screen.say(f"{passed} passed, {failed} failed")
    raise typer.Exit(2 if bad else 1 if failed else 0)


@app.command()
def expand(
    file: Annotated[str, typer.Argument(metavar="FILE[:SOLVER]", help="A `.lot` file, a solver in it.")],
) -> None:
    """Print solvers as the plain functions that they mean."""
    from lotterylang.shell import expand as expansion
    from lotterylang.shell import programs, screen

    screen.say(expansion.text(*programs.load(file)).rstrip("\n"))


@app.command()
def prompt(
    file: File,
    words: Words = None,
    code: Code = None,
    model: ModelName = None,
    seed: Seed = None,
    json: Json = False,
) -> None:
    """Print exactly what a run sends to its models, with token counts."""
    from lotterylang.shell import prompts, screen

    request = _request(file, words, code, model, seed)
    with screen.progress() as progress:
        sent = prompts.sent(request, progress)
    for each in sent:
        screen.say_json(each) if json else screen.say(prompts.as_text(each))


@app.command()
def repl(
    file: Annotated[str | None, typer.Argument(metavar="FILE", help="A program to start with.")] = None,
    model: ModelName = None,
    seed: Seed = None,
    allow: Allow = None,
) -> None:
    """Type declarations and instructions against a live program, memory and model."""
    from lotterylang.shell.repl import loop

    raise typer.Exit(loop.run(file, model, seed, allow or ()))


@app.command()
def fmt(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="`-` reads a program and prints it.")],
    check: Annotated[bool, typer.Option(help="Change nothing; status 1 if a file would change.")] = False,
) -> None:
    """Write programs in their canonical form. Comments stay where they are."""
    from lotterylang.shell import formatting, screen

    changed = bad = 0
    for file in files:
        try:
            says = formatting.format_file(file, is_trial=check)
        except LotError as problem:
            bad += 1
            screen.complain(problem, False)
            continue
        changed += says is not None
        if says is not None:
            screen.say(says)
    raise typer.Exit(2 if bad else 1 if check and changed else 0)


@app.command()
def explain(
    code: Annotated[str | None, typer.Argument(metavar="CODE", help="As `LOT-E0203`, or its digits.")] = None,
    json: Json = False,
) -> None:
    """Explain an error: what its code means, a program that is refused with it, how to mend it. Alone: every code."""
    from dataclasses import asdict

    from lotterylang.shell import explain as explanations
    from lotterylang.shell import screen

    if code is None:
        for each, meaning in sorted(explanations.MEANINGS.items()):
            screen.say_json({"code": each, "meaning": meaning}) if json else screen.say(f"{each}  {meaning}")
        return
    found = explanations.explained(code)
    if json:
        screen.say_json(asdict(found))
    else:
        for line in found.as_lines():
            screen.say(line)


@app.command()
def init(folder: Annotated[str, typer.Argument(metavar="FOLDER")] = ".") -> None:
    """Make a small project: a program with examples, a text, and what to type."""
    from lotterylang.shell import init as project
    from lotterylang.shell import screen

    screen.say(f"made {', '.join(project.made(Path(folder)))} in {folder}")
    screen.say(f"next: {'' if folder == '.' else f'cd {folder}; '}lot test find.lot")


@app.command()
def doctor(json: Json = False) -> None:
    """Say what this machine has, what it lacks, and how fast the model is here now."""
    from lotterylang.shell import doctor as examination
    from lotterylang.shell import screen

    with screen.progress() as progress:
        found = examination.found(progress)
    if json:
        screen.say_json(found.as_json())
    else:
        for line in found.as_lines():
            screen.say(line)
    raise typer.Exit(0 if found.can_run else 1)


app.add_typer(models, name="model")
app.add_typer(index, name="index")
cli_runs.register(app)


def main() -> None:
    """Run the command line of this process."""
    raise SystemExit(lot(sys.argv[1:]))


def lot(words: Sequence[str]) -> int:
    """Run a command line; every error leaves as a diagnostic and an exit status, never as a traceback."""
    as_data = "--json" in words
    from lotterylang.shell import screen

    try:
        app(list(words), prog_name="lot")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except LotError as problem:
        screen.complain(problem, as_data)
        return 2
    except KeyboardInterrupt:
        screen.err().print("interrupted")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as problem:
        reason = (problem.strerror or str(problem)).lower()
        where = f"`{problem.filename}`: " if problem.filename else ""
        helps = {errno.ENOSPC: "free space", errno.EACCES: "mend permissions", errno.EROFS: "name another folder"}
        help = helps.get(problem.errno or 0, "check the path, its permissions and the space that is left")
        screen.complain(error("LOT-E0617", f"{where}{reason}", help=help), as_data)
        return 2
    except Exception as defect:
        if os.environ.get("LOT_DEBUG"):
            raise
        from lotterylang.shell.defect import described

        screen.complain(described(defect), as_data)
        return 70
    return 0
