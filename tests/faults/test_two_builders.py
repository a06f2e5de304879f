"""Two processes that would build one index: one builds, the other waits and uses what was built, or takes its place."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lotterylang.world.knowledge.alone import WAITING

TEXTS = 5
FOUND = "found ['3.txt:0-16'] []"

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture(name="start")
def _start(tmp_path: Path) -> Iterator[Start]:
    (tmp_path / "texts").mkdir()
    for n in range(TEXTS):
        (tmp_path / "texts" / f"{n}.txt").write_text(f"number{n} of words", encoding="utf-8")
    paths = os.pathsep.join([str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "PYTHONPATH": paths, "LOTTERY_HOME": str(tmp_path / "home")}
    script = str(Path(__file__).with_name("building.py"))
    started: list[subprocess.Popen[str]] = []

    def start(*words: str) -> subprocess.Popen[str]:
        command = [sys.executable, script, str(tmp_path), *words]
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def _heard(process: subprocess.Popen[str], word: str) -> list[str]:
    """Listen until a word is said; give what was said until then."""
    assert process.stdout is not None
    heard: list[str] = []
    for line in process.stdout:
        heard.append(line.rstrip("\n"))
        if heard[-1].startswith(word):
            return heard
    raise AssertionError(f"`{word}` was never said: {heard}")


def _let_go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


@pytest.mark.parametrize("is_there", [False, True], ids=["new", "changed"])
def test_the_second_waits_and_uses_what_the_first_has_built(start: Start, tmp_path: Path, is_there: bool) -> None:
    if is_there:
        _heard(start(), "found")
        (tmp_path / "texts" / "6.txt").write_text("number6 of words", encoding="utf-8")
    new = 1 if is_there else TEXTS
    first = start("held")
    _heard(first, "embedding")
    second = start()
    assert _heard(second, f"stage {WAITING}") == [f"stage {WAITING}"]
    _let_go(first)
    assert _heard(first, "found")[-3] == f"embedded {new}"
    told = _heard(second, "found")
    assert told == [f"stage {WAITING}", "embedded 0", "changed None", "embedding", FOUND]


def test_a_builder_that_is_killed_lets_the_next_one_in(start: Start) -> None:
    first = start("held")
    _heard(first, "embedding")
    second = start()
    _heard(second, f"stage {WAITING}")
    first.kill()
    told = _heard(second, "found")
    assert f"embedded {TEXTS}" in told and told[-1] == FOUND


def test_whoever_only_searches_waits_for_nobody(start: Start, tmp_path: Path) -> None:
    _heard(start(), "found")
    [lock] = (tmp_path / "home").glob(".*.lock")
    with lock.open("a+b") as file:
        from lotterylang.home import hold

        assert hold(file.fileno(), wait=False)
        assert _heard(start(), "found") == ["embedded 0", "changed None", "embedding", FOUND]
