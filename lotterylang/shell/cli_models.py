"""The commands `lot model …`. Next door: `models.py` does what they say; `cli.py` has the other commands."""

from __future__ import annotations

from typing import Annotated

import typer

from lotterylang.shell.options import Json
from lotterylang.shell.sizes import bytes_of, megabytes

models = typer.Typer(help="Models: what there is, where it lies.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME")]


@models.command("list")
def list_models(json: Json = False) -> None:
    """List the models that have a name, and which of them are here."""
    from lotterylang.shell import models as shelf
    from lotterylang.shell import screen

    entries = shelf.listed()
    for entry in entries:
        screen.say_json(entry) if json else screen.say(shelf.as_text(entry, entries))


@models.command("get")
def get_model(name: Name) -> None:
    """Fetch a model and build its graph, so that later runs need no network."""
    from lotterylang.shell import models as shelf
    from lotterylang.shell import screen

    announced = shelf.announced(name)
    if announced is not None:
        screen.say(announced)
    with screen.progress() as progress:
        shelf.get(name, progress)
    if announced is not None:
        screen.say(f"{name} is ready")


@models.command("add")
def add_model(
    name: Name,
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="A .gguf file, a folder, hf:owner/name.")],
) -> None:
    """Give weights of your own a name, after building them once."""
    from lotterylang.shell import models as shelf
    from lotterylang.shell import screen

    with screen.progress() as progress:
        folder = shelf.add(name, source, progress)
    screen.say(f"{name} is ready, {megabytes(bytes_of(folder))} on disk")


@models.command("info")
def model_info(name: Name, json: Json = False) -> None:
    """Say what a model is: shape, context, tokenizer, licence, what was built of it."""
    from lotterylang.shell import model_facts, screen

    found = model_facts.facts(name)
    if json:
        screen.say_json(found)
    else:
        for line in model_facts.as_lines(found):
            screen.say(line)


@models.command("variant")
def model_variant(
    name: Name,
    recipe: Annotated[str, typer.Argument(metavar="RECIPE", help="What is made of the weights, as int4 or fp32.")],
) -> None:
    """Build a variant of a model ahead of its use."""
    from lotterylang.shell import models as shelf
    from lotterylang.shell import screen

    spec = shelf.spec_of(name, recipe)
    announced = shelf.announced(spec)
    if announced is not None:
        screen.say(announced)
    with screen.progress() as progress:
        folder = shelf.get(spec, progress)
    screen.say(f"{spec} is ready, {megabytes(bytes_of(folder))} on disk")


@models.command("export")
def export_model(
    name: Annotated[str, typer.Argument(metavar="FOLDER", help="A folder, a .gguf file, a name.")],
) -> None:
    """Export a model of any architecture by Optimum, in an environment of its own. `exported:FOLDER` runs it."""
    from lotterylang.shell import screen
    from lotterylang.world.model import export

    if export.folder_of(name) is None:
        screen.say(f"{name}: {export.cost()}")
    with screen.progress() as progress:
        folder = export.exported(name, progress)
    screen.say(f"{name} is exported to {folder}: run it by `--model exported:{name}`")


@models.command("path")
def model_path(name: Name) -> None:
    """Print the folder of a model's graph."""
    from lotterylang.shell import models as shelf
    from lotterylang.shell import screen

    screen.say(str(shelf.folder(name)))


@models.command("rm")
def remove_model(name: Name) -> None:
    """Remove a model: what was fetched and all that was built of it, never a file of yours."""
    from lotterylang.shell import models as shelf
    from lotterylang.shell import screen

    screen.say(f"{name} is removed: {megabytes(shelf.remove(name))} are free again")
