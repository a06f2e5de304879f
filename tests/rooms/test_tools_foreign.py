"""Code that is not ours is loaded in a process of its own alone: without secrets, in time, and heard nowhere."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from command import lot
from lotterylang.syntax.diagnostics import LotError
from lotterylang.world.tools import foreign
from lotterylang.world.tools.door import Tools
from lotterylang.world.tools.foreign import described
from lotterylang.world.tools.leaves import Folders
from lotterylang.world.tools.opened import open_tool

HERE = Path(__file__).parent

NOSY = """
import os
from pathlib import Path

print("loaded", flush=True)
Path(__file__).with_name("seen").write_text(f"{os.getpid()} {os.environ.get('TOKEN_OF_TESTS')}")


def price(item: str) -> int:
    return len(item)
"""

PROGRAM = """
uses tool price
tool price(item: text) -> int = "./nosy.py:price"
fn main() -> int { CALL price("tea") }
index toolbox = tools(price)
fn found() -> text { (FIND 1 in toolbox for "what it costs")[0].title }
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOKEN_OF_TESTS", "s3cr3t")
    (tmp_path / "nosy.py").write_text(NOSY, encoding="utf-8")
    (tmp_path / "p.lot").write_text(PROGRAM, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("words", [("check", "p.lot"), ("run", "p.lot"), ("run", "--allow", "price", "p.lot:found")])
def test_what_is_not_called_or_not_allowed_is_not_loaded(folder: Path, words: tuple[str, ...]) -> None:
    lot(*words)
    assert not (folder / "seen").exists()


def test_what_is_called_is_loaded_elsewhere_and_heard_nowhere(folder: Path) -> None:
    ran = lot("run", "--allow", "price", "p.lot", "--json")
    assert ran.status == 0 and ran.out.startswith("{") and "loaded" not in ran.out
    process, secret = (folder / "seen").read_text(encoding="utf-8").split()
    assert int(process) != os.getpid() and secret == "None"


def test_what_is_opened_from_python_is_loaded_elsewhere(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = set(sys.modules)
    assert str(open_tool("./nosy.py:price", ["item"], folder).definition.signature) == "price(item: text) -> int"
    assert "loaded" not in capfd.readouterr().out
    assert (folder / "seen").read_text(encoding="utf-8").split()[1] == "None"
    assert not [name for name in set(sys.modules) - before if name.startswith("lottery_tool_")]


def test_loading_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "endless.py").write_text("while True:\n    pass\n", encoding="utf-8")
    monkeypatch.setattr(foreign, "START_S", 0.2)
    with pytest.raises(LotError, match=r"`\./endless\.py:f` can't be loaded: it was not done after 0\.2 s"):
        described("./endless.py:f", tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import os\nos._exit(3)\n", "can't be loaded: the tool ended its process"),
        ("raise KeyboardInterrupt\n", "can't be loaded: the tool ended its process"),
        ("import nothing_of_this_name\n", "No module named 'nothing_of_this_name'"),
        ("def f(x) -> int: return 1\n", "`x` of `f` has no type"),
        ("def g(x: str) -> int: return 1\n", "defines no `f`"),
    ],
)
def test_what_fails_while_it_is_loaded_says_why(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "wrong.py").write_text(text, encoding="utf-8")
    with pytest.raises(LotError, match=said) as caught:
        described("./wrong.py:f", tmp_path)
    assert caught.value.diagnostics[0].code == "LOT-E0605" and caught.value.diagnostics[0].help


BOAST = """
from lotterylang.world.tools.definition import tool
from lotterylang.world.tools.leaves import Folders


@tool(acts=False, here=True, limit_s=3.0)
def look(place: str, folders: Folders, most: int = 1) -> list[str]:
    '''Look around.'''
    return [place]
"""


def test_all_that_a_function_says_of_itself_crosses_but_that_it_runs_here(tmp_path: Path) -> None:
    (tmp_path / "boast.py").write_text(BOAST, encoding="utf-8")
    found = described("./boast.py:look", tmp_path)
    assert str(found.signature) == "look(place: text, most: int = …) -> list<text>"
    assert (found.leave, found.does) == (Folders, "Look around.")
    assert (found.traits.acts, found.traits.repeats, found.traits.here, found.traits.limit_s) == (False, True, False, 3)
    with pytest.raises(AssertionError):
        found.function(place="x")


def test_the_process_that_described_a_tool_answers_its_calls() -> None:
    door = Tools({}, HERE)
    door.describe("./tools_of_tests.py:double", HERE)
    [worker] = door._idle
    door.describe("./tools_of_tests.py:spin", HERE)
    assert door._idle == [worker]
    door.close()
