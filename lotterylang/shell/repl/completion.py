"""What a word may go on as: names in scope, the prelude, words of the language, commands, files.

Enters: the state and the text before the cursor. Leaves: the word that was begun, and how it may be completed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lotterylang.check.declared import prelude
from lotterylang.shell.repl.state import State
from lotterylang.syntax.parser import words

MOST_FILES = 200


def completions(state: State, commands: tuple[str, ...], before: str) -> tuple[str, list[str]]:
    """Give the word that was begun, and every word that it begins."""
    named = re.match(r"\s*:load\s+(\S*)$", before)
    if named is not None:
        return named[1], sorted(_files(named[1]))
    begun = re.search(r"(?:^\s*:|([A-Z][A-Za-z0-9]*)\.)?[A-Za-z0-9_]*$", before)
    word = begun.group().lstrip() if begun is not None else ""
    if word.startswith(":"):
        return word, [f":{name}" for name in commands if name.startswith(word[1:])]
    kind, point, part = word.partition(".")
    if point:
        enum = state.program.enums.get(kind)
        return part, [name for name, _ in enum.cases if name.startswith(part)] if enum is not None else []
    return word, sorted(name for name in set(_names(state)) if name.startswith(word))


def _names(state: State) -> Iterator[str]:
    program = state.program
    yield from state.names
    outside = (program.tools, program.indexes, program.logics)
    for declared in (program.functions, program.constants, program.models, program.memories, *outside):
        yield from declared
    yield from program.records
    yield from program.enums
    yield from prelude()
    yield from words()


def _files(begun: str) -> list[str]:
    """List the folders and `.lot` files that a path may go on as."""
    folder, slash, name = begun.rpartition("/")
    try:
        found = list(Path(folder + slash or ".").expanduser().iterdir())[:MOST_FILES]
    except OSError:
        return []
    fitting = [p for p in found if p.name.startswith(name) and (p.is_dir() or p.suffix == ".lot")]
    return [f"{folder}{slash}{p.name}{'/' if p.is_dir() else ''}" for p in fitting]
