"""Program and host, both or nothing; what is denied says exactly what to write, and writing it helps."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lotterylang.world.tools.grants import Grant, acting, agreed
from lotterylang.world.tools.leaves import Commands, Files, Folders, Hosts, Leave
from lotterylang.world.tools.refusal import Refused


def _denial(tmp_path: Path, kind: type[Leave], program: Grant | None, host: Grant | None) -> str:
    with pytest.raises(Refused) as refused:
        agreed("x", kind, program, host, tmp_path)
    assert refused.value.kind == "Denied"
    return refused.value.message


def test_each_side_alone_is_nothing(tmp_path: Path) -> None:
    out = Grant("x", ("out/",))
    assert 'write `uses tool x("out/")`' in _denial(tmp_path, Folders, None, out)
    assert 'write `uses tool x("out/")`' in _denial(tmp_path, Folders, Grant("x"), out)
    assert "run with `--allow 'x(\"out/\")'`" in _denial(tmp_path, Folders, out, None)
    assert agreed("x", Folders, out, Grant("x"), tmp_path) == agreed("x", Folders, out, out, tmp_path)


@pytest.mark.parametrize(
    ("kind", "program", "host", "holds"),
    [
        (Folders, "out/inner", "out/", True),
        (Folders, "out", "out/inner", False),
        (Folders, "outside", "out", False),
        (Folders, "out/../outside", "out", False),
        (Folders, "out", ".", True),
        (Files, "out/a.db", "out", True),
        (Files, "a.db", "b.db", False),
        (Hosts, "API.example.org.", "https://api.example.org:443/", True),
        (Hosts, "http://api.example.org", "https://api.example.org", False),
        (Hosts, "api.example.org:8443", "api.example.org", False),
        (Hosts, "evil-example.org", "example.org", False),
        (Hosts, "sub.example.org", "example.org", False),
        (Commands, "echo  'a b'", 'echo "a b"', True),
        (Commands, "echo a b", "echo a", False),
        (Commands, "echo a", "echo", False),
    ],
)
def test_the_host_holds_what_the_program_names(
    tmp_path: Path, kind: type[Leave], program: str, host: str, holds: bool
) -> None:
    if holds:
        assert agreed("x", kind, Grant("x", (program,)), Grant("x", (host,)), tmp_path).entries
        return
    said = _denial(tmp_path, kind, Grant("x", (program,)), Grant("x", (host,)))
    word = re.search(r"--allow 'x\(\"(.*)\"\)'`$", said)
    assert word is not None
    assert agreed("x", kind, Grant("x", (program,)), Grant("x", (word[1],)), tmp_path).entries


def test_a_symlink_is_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "way").symlink_to(tmp_path / "outside")
    _denial(tmp_path, Folders, Grant("x", ("out/way",)), Grant("x", ("out",)))


def test_all_limits_are_needed(tmp_path: Path) -> None:
    both = Grant("x", ("out", "in"))
    assert '`x("in")`' in _denial(tmp_path, Folders, both, Grant("x", ("out",)))
    assert len(agreed("x", Folders, both, Grant("x", ("in", "out")), tmp_path).entries) == 2


def test_a_command_that_is_not_here_denies_no_other(tmp_path: Path) -> None:
    two = Grant("x", ("echo a", "no-such-command-here b"))
    leave = agreed("x", Commands, two, two, tmp_path)
    assert leave.named(["echo", "a"])
    with pytest.raises(Refused, match="`no-such-command-here` is not on this machine"):
        leave.named(["no-such-command-here", "b"])


@pytest.mark.parametrize("limit", ["", "'"])
def test_a_command_that_is_none_is_denied(tmp_path: Path, limit: str) -> None:
    _denial(tmp_path, Commands, Grant("x", (limit,)), Grant("x"))


@pytest.mark.parametrize("limit", ["https://a.org/path", "ftp://a.org", "a b", "user@a.org", "", "*.a.org"])
def test_a_host_that_is_none_is_denied(tmp_path: Path, limit: str) -> None:
    _denial(tmp_path, Hosts, Grant("x", (limit,)), Grant("x"))


@pytest.mark.parametrize(
    ("program", "host", "may"),
    [
        (None, Grant("x"), False),
        (Grant("x"), None, False),
        (Grant("x"), Grant("x"), True),
        (Grant("x", ("a",)), Grant("x"), True),
        (Grant("x", ("a",)), Grant("x", ("a", "b")), True),
        (Grant("x", ("a", "c")), Grant("x", ("a", "b")), False),
        (Grant("x"), Grant("x", ("a",)), False),
    ],
)
def test_a_tool_that_acts_needs_both(program: Grant | None, host: Grant | None, may: bool) -> None:
    if may:
        acting("x", program, host)
        return
    with pytest.raises(Refused, match="x"):
        acting("x", program, host)
