"""What a machine lacks is said before anything is installed: one line each, with the mend."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from lotterylang.shell import prerequisites

ROOT = Path(__file__).parents[2]


def test_it_needs_nothing_but_pythons_own_library() -> None:
    code = "import sys; from lotterylang.shell import prerequisites; print(*sys.modules)"
    bare = subprocess.run(
        [sys.executable, "-S", "-E", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    own = {name.partition(".")[0] for name in bare.stdout.split()} - set(sys.stdlib_module_names)
    assert own - {"__main__", "sitecustomize", "usercustomize", "_distutils_hack"} == {"lotterylang"}


def test_a_full_disk_is_said_with_what_is_needed(tmp_path: Path) -> None:
    found = prerequisites.disk(tmp_path / "not" / "there", 10**18, "Disk", "Free some room")
    assert not found.good
    assert re.fullmatch(r"Disk: [\d.]+ GB free, 1000000000\.0 GB needed at .*/not/there\. Free some room", str(found))
    assert prerequisites.disk(tmp_path, 1, "Disk", "").good


@pytest.mark.parametrize("there", [True, False])
def test_a_compiler_is_looked_for_on_the_path(there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    if there:
        (tmp_path / "g++").write_text("")
        (tmp_path / "g++").chmod(0o755)
    found = prerequisites.compiler()
    assert found.good == there
    assert str(found) == ("C++ compiler: g++" if there else "C++ compiler: none on PATH. Install it: `apt install g++`")


def test_missing_headers_and_venv_are_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(prerequisites.sysconfig, "get_path", lambda name: str(tmp_path))
    assert re.search(
        r"Python\.h is not there\. Install them: `apt install python3\.\d+-dev`", str(prerequisites.headers())
    )
    monkeypatch.setattr(prerequisites.importlib.util, "find_spec", lambda name: None)
    assert "venv, ensurepip missing" in str(prerequisites.environments())


@pytest.mark.parametrize(
    ("url", "good", "said"),
    [
        ("http://127.0.0.1:1/simple", False, r"Network: 127\.0\.0\.1 can't be reached: .*\. Check the network, or .*"),
        ("https://user:secret@127.0.0.1:1/", False, r"Network: 127\.0\.0\.1 can't be reached: .*"),
        ("file:///some/where", True, "Network: not needed: .*"),
    ],
)
def test_an_index_that_does_not_answer_is_named(
    url: str, good: bool, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", url)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.delenv("PIP_NO_INDEX", raising=False)
    found = prerequisites.network()
    assert found.good == good
    assert re.fullmatch(said, str(found))


def test_an_index_that_asks_for_a_password_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(401)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...

    http = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    monkeypatch.setenv("PIP_INDEX_URL", f"http://user:secret@127.0.0.1:{http.server_address[1]}/simple")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert str(prerequisites.network()) == "Network: 127.0.0.1 answers"
    http.shutdown()
    http.server_close()


def _make(folder: Path, python: str = sys.executable, **environment: str) -> subprocess.CompletedProcess[str]:
    """Begin the set-up in a copy of what it reads, with a PATH of our own making; nothing is installed."""
    for name in ("Makefile", "lotterylang", "pyproject.toml", "requirements.lock", "requirements-knowledge.lock"):
        (folder / name).symlink_to(ROOT / name)
    command = ["make", "--no-print-directory", ".venv/ready", f"PYTHON={python}"]
    return subprocess.run(
        command, cwd=folder, env=os.environ | environment, capture_output=True, text=True, check=False
    )


def test_without_a_network_make_says_so_and_installs_nothing(tmp_path: Path) -> None:
    ended = _make(tmp_path, PIP_INDEX_URL="http://127.0.0.1:1/simple", no_proxy="127.0.0.1")
    assert ended.returncode != 0
    assert "Network: 127.0.0.1 can't be reached" in ended.stderr
    assert "Nothing was installed" in ended.stdout
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize("python", ["", "false", "/no/python"])
def test_without_a_new_enough_python_make_says_so(python: str, tmp_path: Path) -> None:
    ended = _make(tmp_path, python)
    assert ended.returncode != 0
    assert ended.stdout.startswith("LotteryLang needs Python 3.11 or newer: install it")
    assert not (tmp_path / ".venv").exists()


def test_main_prints_what_is_missing_alone(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [prerequisites.Finding("One", True, "there"), prerequisites.Finding("Two", False, "missing", "Mend it")]
    monkeypatch.setattr(prerequisites, "setup", lambda: lines)
    assert prerequisites.main([]) == 1
    assert capsys.readouterr().err == "  Two: missing. Mend it\n"
    monkeypatch.setattr(prerequisites, "knowledge", lambda: [*lines, *lines])
    assert prerequisites.main(["knowledge"]) == 1
    said = "hnswlib is not built, so exact search takes its place and all else works"
    assert capsys.readouterr().err == f"  {said}. Two: missing. Mend it; Two: missing. Mend it\n"
    monkeypatch.setattr(prerequisites, "knowledge", lambda: lines[:1])
    assert prerequisites.main(["knowledge"]) == 0
    assert capsys.readouterr().err == ""
