"""Every kind of tool goes through the conformance suite: all of `std.tools`, files, packages, servers, searches.

So do tools that must fall.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from lotterylang.check import check
from lotterylang.shell.allowed import allowed
from lotterylang.shell.outside import Outside
from lotterylang.syntax.parser import source_of
from lotterylang.world.tools.conformance import BESIDE, Promised, faults, faults_of
from lotterylang.world.tools.grants import Grant
from lotterylang.world.tools.opened import open_tool
from lotterylang.world.tools.servers import written
from lotterylang.world.tools.standard import WHERE

LIMIT_S = 60.0
"""How long a call of a test may take: a machine that is busy starts processes slowly."""

NUMBERS = [Fraction(1, 2), 2, 3]

GOOD: dict[str, dict[str, Any]] = {
    "calculate": {"expression": "6 * 7"},
    "now": {},
    "today": {},
    "days_between": {"first": "2026-01-01", "last": "2026-03-01"},
    "add_days": {"day": "2026-01-01", "days": 3},
    "add_months": {"day": "2026-01-31", "months": 1},
    "weekday": {"day": "2026-01-01"},
    "same": {"text": "yes"},
    "length": {"text": "yes"},
    "count_words": {"text": "one two"},
    "count_of": {"part": "r", "text": "strawberry"},
    "upper": {"text": "yes"},
    "lower": {"text": "YES"},
    "reverse": {"text": "yes"},
    "replace": {"text": "yes", "old": "y", "new": "Y"},
    "split": {"text": "a, b", "at": ","},
    "sort_lines": {"text": "b\na"},
    "total": {"numbers": NUMBERS},
    "mean": {"numbers": NUMBERS},
    "median": {"numbers": NUMBERS},
    "deviation": {"numbers": NUMBERS},
    "quantile": {"numbers": NUMBERS, "part": Fraction(1, 4)},
    "correlation": {"first": NUMBERS, "second": NUMBERS},
    "read_file": {"path": "out/here.txt"},
    "list_files": {"folder": "out"},
    "write_file": {"path": "out/new.txt", "content": "text"},
    "sql": {"query": "SELECT 1 AS one"},
    "run": {"words": ["echo", "yes"]},
    "python": {"code": "print(6 * 7)"},
    "http": {"url": "http://localhost:PORT/page"},
    "wikipedia": {"title": "Tea"},
    "tictactoe_start": {},
}
"""A call of each tool that it answers. `tictactoe_play` has none that it answers twice."""

LIMITS = {"files": "out/", "sql": "sales.db", "commands": "echo yes", "http": "http://localhost:PORT"}
LIMITS["wikipedia"] = LIMITS["http"]


PANTRY = """
def left(item: str, shelf: int = 1) -> int:
    \"\"\"Count what is left of an item.\"\"\"
    return len(item) * shelf
"""


class _Server(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        is_wiki = self.path.startswith("/w/api.php?")
        self.send_header("Content-Type", "application/json" if is_wiki else "text/plain")
        self.end_headers()
        self.wfile.write(
            b'{"query": {"pages": [{"title": "Tea", "extract": "Tea is a drink."}]}}' if is_wiki else b"page"
        )

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    folder = tmp_path_factory.mktemp("world")
    (folder / "out").mkdir()
    (folder / "out" / "here.txt").write_text("text", encoding="utf-8")
    with closing(sqlite3.connect(folder / "sales.db")) as file:
        file.execute("CREATE TABLE sales (item TEXT)")
    server = ThreadingHTTPServer(("localhost", 0), _Server)
    Thread(target=server.serve_forever, daemon=True).start()
    yield folder, str(server.server_port)
    server.shutdown()
    server.server_close()


def test_every_tool_has_a_call() -> None:
    assert set(GOOD) == set(WHERE) - {"tictactoe_play"}


@pytest.mark.parametrize("name", GOOD)
def test_a_tool_of_the_library_conforms(name: str, world: tuple[Path, str]) -> None:
    folder, port = world
    limit = LIMITS.get(WHERE[name], "").replace("PORT", port)
    grant = Grant(name, (limit,) if limit else ())
    good = {key: value.replace("PORT", port) if isinstance(value, str) else value for key, value in GOOD[name].items()}
    opened = open_tool(f"std.tools.{name}", list(good), folder, grant, grant, LIMIT_S)
    assert faults(opened, tuple(good.items()), spare_s=20) == []


def test_a_tool_of_a_file_conforms() -> None:
    opened = open_tool("./tools_of_tests.py:double", ["number"], Path(__file__).parent, limit_s=LIMIT_S)
    assert faults(opened, (("number", 4),), spare_s=20) == []


def test_a_tool_of_a_package_conforms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pantry.py").write_text(PANTRY, encoding="utf-8")
    facts = tmp_path / "pantry-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: pantry\nVersion: 1.0\n", encoding="utf-8")
    (facts / "entry_points.txt").write_text("[lotterylang.tools]\npantry.left = pantry:left\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    grant = Grant("left")
    opened = open_tool("pantry.left", ["item"], tmp_path, grant, grant, LIMIT_S)
    assert faults(opened, (("item", "tea"),), spare_s=20) == []


@pytest.mark.parametrize(
    ("name", "good"),
    [("add", {"a": 40, "b": 2}), ("shout", {"word": "tea"}), ("sale", {"item": "tea"}), ("counted", {})],
)
def test_a_tool_of_a_server_conforms(name: str, good: dict[str, Any]) -> None:
    command = f"{sys.executable} server_of_tests.py"
    grant = Grant("mcp", (command,))
    opened = open_tool(written(command, name), list(good), Path(__file__).parent, grant, grant, LIMIT_S)
    assert faults(opened, tuple(good.items()), spare_s=20) == []


def test_a_server_that_does_not_conform_is_told() -> None:
    command = f"{sys.executable} server_of_tests.py"
    grant = Grant("mcp", (command,))
    opened = open_tool(written(command, "fail"), ["why"], Path(__file__).parent, grant, grant, LIMIT_S)
    told = faults(opened, (("why", "no tea"),), spare_s=20)
    assert len(told) == 1 + BESIDE and all("gives no result" in fault for fault in told)


SEARCH = """
index wiki = hnsw("wiki.txt")
tool look(query: text) -> list<Hit> = std.tools.search(wiki)
"""


def test_the_tool_that_searches_an_index_conforms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wiki.txt").write_text("Tea is a drink.\n\nThe sun is a star.\n", encoding="utf-8")
    program = check(source_of("p.lot", SEARCH))
    tool = Outside(allowed([])).doors(program, lambda stage, done, all_of_it: None).tool(program.tools["look"])
    bad: list[Any] = [(), (("query", 1),), (("query", None),), (("query", "tea"), ("of_no_tool", 1))]
    assert faults_of(tool, Promised((("query", "tea"),), bad, list[dict[str, Any]], 20)) == []


@pytest.mark.parametrize(
    ("name", "good", "fault"),
    [("lie", {"number": 1}, "gives no result"), ("raise_error", {"kind": ""}, "gives no result")],
)
def test_a_tool_that_does_not_conform_is_told(name: str, good: dict[str, Any], fault: str) -> None:
    opened = open_tool(f"./tools_of_tests.py:{name}", list(good), Path(__file__).parent)
    assert any(fault in told for told in faults(opened, tuple(good.items())))
