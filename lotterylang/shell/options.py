"""Options and arguments that several commands take."""

from __future__ import annotations

from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]

Run = Annotated[str | None, typer.Argument(metavar="JOURNAL", help="A journal; that of the last run if none is named.")]
