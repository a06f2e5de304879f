"""Builds and updates an index, killed at random moments: half of them by SIGKILL between two calls, half by a timer.

`python killed_index.py FOLDER MOMENTS`: prints one line a moment as JSON: how the child ended, how many steps it had
reported, after how many steps the index stands, what is damaged, whether it answers as a fresh one, and whether it can
go on to the end.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "rooms"))

from hashed_words import HashedWords

from lotterylang.world.knowledge.chunks import Chunking
from lotterylang.world.knowledge.document import Document
from lotterylang.world.knowledge.index import EmbeddedIndex

WAYS = [("vectors", "exact"), ("vectors", "hnsw"), ("words", None), ("hybrid", "hnsw")]
QUERIES = ["number3 of words", "number17 again", "things that are new", "paragraph"]


def _document(n: int, more: str = "") -> Document:
    text = "\n\n".join(f"number{n} {more} paragraph {part} of words that are things" for part in range(n % 4 + 1))
    return Document(f"d{n:02}", text, f"Title {n % 3}", {"n": n, "more": more or None})


def _adds(numbers: range, more: str = "") -> Callable[[EmbeddedIndex], None]:
    return lambda index: (index.add([_document(n, more) for n in numbers]), None)[1]


def _removes(numbers: range) -> Callable[[EmbeddedIndex], None]:
    return lambda index: (index.remove([f"d{n:02}" for n in numbers]), None)[1]


STEPS = [
    _adds(range(12)),
    _adds(range(10, 24)),
    _adds(range(3, 9), "again"),
    _removes(range(0, 20, 7)),
    _adds(range(20, 30), "new"),
    _removes(range(4, 6)),
]
"""Each is one commit."""


def _opened(path: Path | None, ranking: str = "hybrid", search: str | None = "hnsw") -> EmbeddedIndex:
    return EmbeddedIndex(path, HashedWords(), Chunking(12, 4), ranking=ranking, search=search)  # type: ignore[arg-type]


def _work(path: Path, told: int) -> None:
    """Take all steps; search after each, which writes the graph; report each."""
    index = _opened(path)
    for step in STEPS:
        step(index)
        os.write(told, b"s")
        index.find(QUERIES[0], 3)
    index.close()


def child(path: Path, kill: Callable[[], None], work: Callable[[Path, int], None] = _work) -> tuple[int, int]:
    """Do the work in a child that is to be killed; give how it ended and how many steps it reported."""
    read, write = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            kill()
            work(path, write)
            sys.setprofile(None)
        except BaseException:
            os._exit(1)
        os._exit(0)
    os.close(write)
    _, ended = os.waitpid(process, 0)
    with os.fdopen(read, "rb") as told:
        return os.waitstatus_to_exitcode(ended), len(told.read())


def at_call(last: int, counted: Path | None = None) -> Callable[[], None]:
    """Have SIGKILL come at the call or return `last`, of Python or C; `counted` is told how many there are."""

    def start() -> None:
        passed = 0

        def event(*what: object) -> None:
            nonlocal passed
            passed += 1
            if passed == last:
                os.kill(os.getpid(), signal.SIGKILL)
            if counted is not None and passed % 100 == 0:
                counted.write_text(str(passed))

        sys.setprofile(event)

    return start


def after_time(seconds: float) -> Callable[[], None]:
    """Have a timer end the process, wherever it is, in the middle of a call of C too."""
    return lambda: (signal.signal(signal.SIGALRM, signal.SIG_DFL), signal.setitimer(signal.ITIMER_REAL, seconds), None)[
        2
    ]


def fresh_after(steps: int) -> tuple[str, list[object]]:
    """Give what a fresh index answers that was given the documents that so many steps leave."""
    made = _opened(None)
    for step in STEPS[:steps]:
        step(made)
    names = made._store.names()
    held = [_held(made, name) for name in names]
    answers: list[object] = []
    for ranking, search in WAYS:
        fresh = _opened(None, ranking, search)
        fresh.add(held)
        answers += [fresh.find(query, 5) for query in QUERIES]
    return made.info().identity, answers


def _held(index: EmbeddedIndex, name: str) -> Document:
    row = index._store.run("SELECT text, title, metadata FROM documents WHERE name = ?", (name,)).fetchone()
    return Document(name, row[0], row[1], json.loads(row[2]))


def looked_at(path: Path, wanted: list[tuple[str, list[object]]]) -> dict[str, object]:
    """Open what a killed process has left; see what it holds, what it answers, and go on to the end."""
    answers: list[object] = []
    for ranking, search in WAYS:
        index = _opened(path, ranking, search)
        answers += [index.find(query, 5) for query in QUERIES]
        index.close()
    index = _opened(path)
    damages, identity = index.check(), index.info().identity
    held = next((steps for steps, (one, _) in enumerate(wanted) if one == identity), -1)
    for step in STEPS[held:]:
        step(index)
    finished = index.info().identity == wanted[-1][0] and index.check() == []
    index.close()
    return {"held": held, "damages": damages, "same": answers == wanted[held][1], "finished": finished}


def _new(folder: Path) -> Path:
    """Give the path of an index that is not there, in a folder of its own."""
    folder.mkdir()
    return folder / "a.index"


def main() -> None:
    """Kill at so many moments."""
    folder, moments = Path(sys.argv[1]), int(sys.argv[2])
    wanted = [fresh_after(steps) for steps in range(len(STEPS) + 1)]
    counted = folder / "counted"
    assert child(_new(folder / "dry"), at_call(-1, counted)) == (0, len(STEPS))
    path, start = _new(folder / "timed"), time.perf_counter()
    assert child(path, lambda: None) == (0, len(STEPS))
    calls, seconds = int(counted.read_text()), time.perf_counter() - start
    rng = random.Random(6)
    for moment in range(moments):
        path = _new(folder / str(moment))
        if moment % 2 == 0:
            status, told = child(path, at_call(rng.randrange(1, calls)))
        else:
            delay, status = rng.uniform(0.001, seconds), 0
            while status == 0:  # this time the timer came too late
                path = _new(path.parent / "again")
                status, told = child(path, after_time(delay))
                delay *= 0.8
        found = looked_at(path, wanted)
        sys.stdout.write(json.dumps({"status": status, "told": told, **found}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
