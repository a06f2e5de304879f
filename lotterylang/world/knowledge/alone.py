"""Alone: of several processes that would build one index, one builds, and the others wait for what it has built.

The file that is held lies in the home folder. Next door: `following.py` builds.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lotterylang.home import hold, lock_file
from lotterylang.world.knowledge.interface import Progress
from lotterylang.world.knowledge.schema import told

WAITING = "another process builds this index: waiting until it is done"
"""The stage that is told while another process builds. It has no length."""


@contextmanager
def alone(path: Path, progress: Progress | None) -> Iterator[None]:
    """Let nobody else build the index at this path meanwhile; one that is killed lets the next one in.

    Errors: LOT-E0652 where the file that is held can't be made.
    """
    with told(path):
        file = lock_file(path.name)
    with file:
        with told(path):
            if not hold(file.fileno(), wait=False):
                if progress is not None:
                    progress(WAITING, 0, 0)
                hold(file.fileno())
                if progress is not None:
                    progress(WAITING, 1, 1)
        yield  # closing the file lets the next one in
