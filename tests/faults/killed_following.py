"""Brings an index up to date with files that change, killed at random calls.

`python killed_following.py FOLDER MOMENTS`: prints one line a moment as JSON: how the child ended, how many steps it
had reported, what is damaged afterwards, whether the index answers as a fresh one of the same files, and whether
it is up to date then.
"""

from __future__ import annotations

import json
import os
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "rooms"))

from hashed_words import HashedWords
from killed_index import at_call, child

from lotterylang.world.knowledge import following
from lotterylang.world.knowledge.chunks import Chunking
from lotterylang.world.knowledge.index import EmbeddedIndex
from lotterylang.world.knowledge.origin import Origin
from lotterylang.world.knowledge.sources import read

QUERIES = ["number3 of words", "number17 again", "paragraph"]

following.SETTLED_NS = -(1 << 62)  # files count as settled at once: a note that came too early would be believed


def _origin(folder: Path) -> Origin:
    return Origin(folder / "texts", "words", Chunking(12, 4))


def _written(folder: Path, step: int) -> None:
    """Make the files of a step: each differs from the one before, and other files are there."""
    texts = folder / "texts"
    texts.mkdir(exist_ok=True)
    for n in range(9):
        path = texts / f"{n}.txt"
        if (n + step) % 4 == 0:
            path.unlink(missing_ok=True)
        elif (n + step) % 4 == 1:
            aside = folder / "aside"
            aside.write_text(f"number{n} of words in step{step}\n\nparagraph of number{n + step}", encoding="utf-8")
            aside.replace(path)


def _opened(folder: Path) -> EmbeddedIndex:
    return following.opened(_origin(folder), HashedWords(), ranking="hybrid", search="hnsw")[0]


def _work(folder: Path, told: int) -> None:
    for step in range(4):
        _written(folder, step)
        index = _opened(folder)
        index.find(QUERIES[0], 3)
        index.close()
        os.write(told, b"s")


def _looked_at(folder: Path) -> dict[str, object]:
    """Open what a killed process has left, twice, and compare it with an index that is made of the same files."""
    fresh = EmbeddedIndex(None, HashedWords(), Chunking(12, 4), search="hnsw")
    fresh.add(read(folder / "texts"))
    index = _opened(folder)
    same = [index.find(query, 5) for query in QUERIES] == [fresh.find(query, 5) for query in QUERIES]
    same = same and index.info().identity == fresh.info().identity
    damages = index.check()
    index.close()
    again = _opened(folder)
    is_up_to_date = following.follow(again, _origin(folder)) is None
    again.close()
    return {"same": same, "damages": damages, "up_to_date": is_up_to_date}


def _new(folder: Path) -> Path:
    """Give a folder whose first files are there, and nothing else."""
    folder.mkdir()
    os.environ["LOTTERY_HOME"] = str(folder / "home")
    _written(folder, 0)
    return folder


def main() -> None:
    """Kill at so many moments."""
    folder, moments = Path(sys.argv[1]), int(sys.argv[2])
    counted = folder / "counted"
    _looked_at(_new(folder / "warm"))  # what a first use imports counts as calls too
    assert child(_new(folder / "dry"), at_call(-1, counted), _work) == (0, 4)
    calls, rng = int(counted.read_text()), random.Random(7)
    for moment in range(moments):
        path = _new(folder / str(moment))
        status, told = child(path, at_call(rng.randrange(1, calls)), _work)
        sys.stdout.write(json.dumps({"status": status, "told": told, **_looked_at(path)}) + "\n")
        sys.stdout.flush()


main()
