"""Coverage-guided fuzzing of scanner, parser, printer and checker: only `LotError` may leave them.

`python -m bench.fuzz` runs this where atheris is; arguments are libFuzzer's, the corpus folder first. A text that gets
further than others is kept in the corpus; one that breaks something is written beside it and ends the run.
"""

from __future__ import annotations

import random
import re
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["lotterylang"]):
    from lotterylang.check import check
    from lotterylang.syntax.diagnostics import LotError, as_json, as_text
    from lotterylang.syntax.parser import source_of
    from lotterylang.syntax.printer import print_module

LONGEST = 4_000
PIECES = re.compile(rb'\w+|"""|[$@]\{|->|=>|[<>=!]=|\.\.<?|\s+|.', re.DOTALL)


def tried(data: bytes) -> None:
    """Take one text through the rooms."""
    text = data.decode("utf-8", errors="replace")
    try:
        program = check(source_of("fuzz.lot", text))
    except LotError as refused:
        assert refused.diagnostics, "a refusal without a diagnostic"
        for diagnostic in refused.diagnostics:
            as_text(diagnostic)
            as_json(diagnostic)
        return
    print_module(program.module)


def mutated(data: bytes, longest: int, seed: int) -> bytes:
    """Move, double, drop or swap whole tokens, or splice those of another text; now and then single bytes."""
    chance = random.Random(seed)
    if chance.random() < 0.2:
        return bytes(atheris.Mutate(data, longest))
    pieces = PIECES.findall(data) or [b"let a = 1"]
    others = PIECES.findall(chance.choice(TEXTS))
    for _ in range(chance.randint(1, 4)):
        at, size = chance.randrange(len(pieces)), chance.randint(1, 8)
        match chance.randrange(4):
            case 0:
                pieces[at : at + size] = []
            case 1:
                pieces[at:at] = pieces[chance.randrange(len(pieces)) :][:size]
            case 2:
                pieces[at:at] = others[chance.randrange(len(others)) :][: 2 * size]
            case _:
                pieces[at] = chance.choice(others)
        pieces = pieces or [b" "]
    return b"".join(pieces)[:longest]


CORPUS = Path(sys.argv[1])  # a folder, or one text to try again
TEXTS = [file.read_bytes() for file in sorted(CORPUS.iterdir())] if CORPUS.is_dir() else [b"let a = 1"]

if __name__ == "__main__":
    atheris.Setup([*sys.argv, f"-max_len={LONGEST}"], tried, custom_mutator=lambda d, n, s: mutated(d, n, s))
    atheris.Fuzz()
