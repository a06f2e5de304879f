"""The commands `lot index …`. Next door: `index_facts.py` does what they say; `cli.py` has the other commands."""

from __future__ import annotations

from typing import Annotated

import typer

from lotterylang.shell.options import Json
from lotterylang.shell.sizes import megabytes

index = typer.Typer(help="Indexes: build, look at, search, check.", no_args_is_help=True)

Target = Annotated[
    str, typer.Argument(metavar="SOURCE", help="A file or a folder; or an index of a program, PROGRAM[:INDEX].")
]
Words = Annotated[list[str] | None, typer.Argument(metavar="[KEY=VALUE]…", help="As in `hnsw(…)`: size=80.")]


@index.command("build")
def build(
    target: Target,
    words: Words = None,
    again: Annotated[bool, typer.Option("--again", help="Build it anew, whatever is there.")] = False,
    json: Json = False,
) -> None:
    """Build an index, or bring it up to date with its source."""
    from lotterylang.shell import index_facts, index_target, screen

    with screen.progress() as progress:
        built = index_facts.built(index_target.meant(target, words or ()), progress, again)
    screen.say_json(built) if json else screen.say(index_facts.built_text(built))


@index.command("info")
def info(target: Target, words: Words = None, json: Json = False) -> None:
    """Say what an index holds, how it is searched, where it lies, and whether it is up to date. Nothing is built."""
    from lotterylang.shell import index_facts, index_target, screen

    found = index_facts.facts(index_target.meant(target, words or ()))
    if json:
        screen.say_json(found)
    else:
        for line in index_facts.as_lines(found):
            screen.say(line)


@index.command("find")
def find(
    target: Target,
    query: Annotated[str, typer.Argument(metavar="QUERY")],
    words: Words = None,
    count: Annotated[int, typer.Option("-k", "--count", min=1, help="How many passages.")] = 5,
    where: Annotated[
        list[str] | None, typer.Option("--where", metavar="KEY=VALUE", help="What a document's metadata must be.")
    ] = None,
    json: Json = False,
) -> None:
    """Search an index, which is built or brought up to date first."""
    from lotterylang.shell import index_facts, index_target, screen

    index, filters = index_target.meant(target, words or ()), index_target.filters(where or ())
    with screen.progress() as progress:
        hits = index_facts.found(index, query, count, filters, progress)
    for rank, hit in enumerate(hits, 1):
        if json:
            screen.say_json(hit)
        else:
            for line in index_facts.hit_lines(rank, hit):
                screen.say(line)
    if not hits and not json:
        screen.err().print("nothing is found")


@index.command("check")
def check(target: Target, words: Words = None, json: Json = False) -> None:
    """Read everything that an index keeps, and say what is damaged; status 1 if anything is."""
    from lotterylang.shell import index_facts, index_target, screen

    index = index_target.meant(target, words or ())
    damages, place = index_facts.damages(index), index.origin.url or str(index.origin.path)
    if json:
        screen.say_json({"place": place, "damages": damages})
    else:
        for damage in damages or ["no damage"]:
            screen.say(f"{place}: {damage}")
        if damages:
            screen.err().print(f"help: build it again: `lot index build {target} --again`")
    raise typer.Exit(1 if damages else 0)


@index.command("rm")
def remove(target: Target, words: Words = None) -> None:
    """Remove an index, never its source."""
    from lotterylang.shell import index_facts, index_target, screen

    freed = index_facts.remove(index_target.meant(target, words or ()))
    screen.say(f"the index of {target} is removed: {megabytes(freed)} are free again")
