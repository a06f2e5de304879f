"""A thing appears in the cache when it is whole; a failure says what to do and leaves nothing."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

import lotterylang.home
from golden import assert_golden
from lotterylang.syntax.diagnostics import LotError
from lotterylang.world.model import cache


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("LOTTERY_HOME", str(tmp_path))
    return tmp_path


def test_the_folder_is_the_users_choice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert lotterylang.home.home() == tmp_path
    monkeypatch.delenv("LOTTERY_HOME")
    monkeypatch.setenv("XDG_CACHE_HOME", "/some/where")
    assert lotterylang.home.home() == Path("/some/where/lotterylang")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/someone")
    assert lotterylang.home.home() == Path("/home/someone/.cache/lotterylang")


def test_a_file_appears_when_it_is_whole(home: Path) -> None:
    with cache.whole_file(home / "a" / "file") as aside:
        aside.write_text("text")
        assert not (home / "a" / "file").exists()
    assert (home / "a" / "file").read_text() == "text"
    assert [path.name for path in (home / "a").iterdir()] == ["file"]


def test_a_folder_appears_when_it_is_whole(home: Path) -> None:
    with cache.whole_folder(home / "b" / "folder") as aside:
        (aside / "file").write_text("text")
    assert (home / "b" / "folder" / "file").read_text() == "text"
    assert [path.name for path in (home / "b").iterdir()] == ["folder"]


@pytest.mark.parametrize("whole", [cache.whole_file, cache.whole_folder])
def test_what_a_killed_process_left_beside_it_is_removed(home: Path, whole: object) -> None:
    (home / ".new[1].77.aside").mkdir()
    (home / ".new[1].77.aside" / "part").write_text("half")
    (home / ".new[1].78.aside").write_text("half")
    (home / ".other.78.aside").write_text("of another writer")
    with whole(home / "new[1]") as aside:  # type: ignore[operator]
        (aside if whole is cache.whole_file else aside / "part").write_text("text")
    assert sorted(path.name for path in home.iterdir()) == [".other.78.aside", "new[1]"]


@pytest.mark.parametrize("whole", [cache.whole_file, cache.whole_folder])
def test_a_failure_leaves_nothing_and_what_was_there_stays(home: Path, whole: object) -> None:
    (home / "c").mkdir()
    (home / "c" / "other").write_text("stays")
    with pytest.raises(KeyboardInterrupt), whole(home / "c" / "new") as aside:  # type: ignore[operator]
        (aside if whole is cache.whole_file else aside / "part").write_text("half")
        raise KeyboardInterrupt
    assert [path.name for path in (home / "c").iterdir()] == ["other"]


@pytest.mark.parametrize(
    ("number", "code"), [(errno.ENOSPC, "LOT-E0702"), (errno.EDQUOT, "LOT-E0702"), (errno.EACCES, "LOT-E0701")]
)
def test_a_full_disk_and_a_locked_folder_are_told_apart(home: Path, number: int, code: str) -> None:
    with pytest.raises(LotError) as raised, cache.whole_file(home / "d" / "file") as aside:
        aside.write_text("half")
        raise OSError(number, "said by the system")
    assert raised.value.diagnostics[0].code == code
    if number != errno.EDQUOT:
        assert_golden(f"{code} of the disk", raised.value, home)
    assert "LOTTERY_HOME" in str(raised.value.diagnostics[0].help)
    assert list((home / "d").iterdir()) == []


def test_a_home_that_is_a_file(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    (home / "file").write_text("")
    monkeypatch.setenv("LOTTERY_HOME", str(home / "file"))
    with pytest.raises(LotError, match="LOT-E0701"), cache.lock("x"):
        raise AssertionError("never reached")


LOCKED = """
import fcntl, sys
with open(sys.argv[1], "a+b") as file:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(7)
"""


def test_another_process_waits_for_the_lock(home: Path) -> None:
    command = [sys.executable, "-c", LOCKED, str(home / ".x.lock")]
    with cache.lock("x"):
        assert subprocess.run(command, check=False).returncode == 7
    assert subprocess.run(command, check=False).returncode == 0
