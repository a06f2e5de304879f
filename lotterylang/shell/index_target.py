"""What a command of `lot index` is about: `SOURCE KEY=VALUE…` or `PROGRAM[:INDEX]` to the index that is meant.

Next door: `index_facts.py` looks at it; `indexes.py` opens it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from lotterylang.check import check
from lotterylang.check.indexes import TOOLBOX
from lotterylang.check.program import IndexDeclaration, Program
from lotterylang.shell import programs
from lotterylang.shell.indexes import Wanted, wanted
from lotterylang.syntax.diagnostics import LotError, error
from lotterylang.syntax.parser import source_of
from lotterylang.syntax.print_texts import literal

if TYPE_CHECKING:
    from lotterylang.world.knowledge.document import Scalar

PROGRAM = ".lot"

_KEY = re.compile(r"[a-z]\w*", re.ASCII)


def meant(target: str, words: Sequence[str]) -> Wanted:
    """Find the index that is meant.

    Errors: LOT-E0655 for one that a program does not have, LOT-E0424 for words that no index takes; all that the
    checker finds in a program.
    """
    file, _, _ = target.rpartition(":")
    if target.endswith(PROGRAM) or file.endswith(PROGRAM):
        if words:
            help = "leave them out, or name the source itself"
            raise error("LOT-E0655", f"the program says how its index is made, and so does `{words[0]}`", help=help)
        program, name = programs.load(target)
        return wanted(_declared(program, name))
    return wanted(_written(target, words))


def filters(words: Sequence[str]) -> Mapping[str, Scalar]:
    """Read `KEY=VALUE…`: what metadata must be; a value is JSON, or a text as it is. Errors: LOT-E0655."""
    parted = [word.partition("=") for word in words]
    for (key, sign, _), word in zip(parted, words, strict=True):
        if not key or not sign:
            raise _no_word(word, "a document's metadata", "`year=1902` or `file=river.md`")
    return {key: _scalar(value) for key, _, value in parted}


def _declared(program: Program, name: str | None) -> IndexDeclaration:
    """Find an index of files or of a server; one of tools has no documents."""
    if name is not None and name in program.indexes and program.indexes[name].provider == TOOLBOX:
        raise error("LOT-E0655", f"the index `{name}` is of tools, which stand in the program", help="run the program")
    built = {name: each for name, each in program.indexes.items() if each.provider != TOOLBOX}
    if name is None and len(built) == 1:
        return next(iter(built.values()))
    if name is not None and name in built:
        return built[name]
    known = ", ".join(f"`{name}`" for name in built)
    held = f"{len(built) or 'no'} indexes of documents"
    message = f"the program has no index `{name}`" if name else f"the program has {held}"
    raise error("LOT-E0655", message, help=f"name one: `PROGRAM:INDEX`, of {known}" if known else "name a source")


def _written(source: str, words: Sequence[str]) -> IndexDeclaration:
    """Read words as a program would have them, so that the same is said of what no index takes."""
    named = [f"{key} = {value if value.isdecimal() else literal(value)}" for key, value in map(_parted, words)]
    text = f"index it = hnsw({', '.join([literal(source), *named])})\n"
    return check(source_of("<the command line>", text)).indexes["it"]


def _parted(word: str) -> tuple[str, str]:
    key, sign, value = word.partition("=")
    if not sign or not _KEY.fullmatch(key):
        raise _no_word(word, "an index", "`size=80` or `rank=words`")
    return key, value


def _no_word(word: str, of: str, examples: str) -> LotError:
    return error("LOT-E0655", f"`{word}` says nothing of {of}", help=f"write it as {examples}")


def _scalar(said: str) -> Scalar:
    try:
        found = json.loads(said)
    except ValueError:
        return said
    return found if isinstance(found, str | int | float | None) else said
