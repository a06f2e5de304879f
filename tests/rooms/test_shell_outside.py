"""What answers a run's CALLs and DEDUCEs outside of it, by the command line and in the REPL."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import lotterylang
from command import lot

TOOLS = """
uses tool write_file("out/")
tool calc(expression: text) -> number = std.tools.calculate
tool save(path: text, content: text) -> bool = std.tools.write_file
fn sum() -> number { CALL calc("6 * 7 / 4") }
fn broken() -> number { CALL calc("6 *") }
fn kept() -> bool { CALL save("out/a.txt", "said") }
"""

LOGIC = """
logic reach(edge: list<(text, text)>) -> far(text, text) {
  far(X, Y) :- edge(X, Y).
  far(X, Z) :- edge(X, Y), far(Y, Z).
}
fn far() -> list<(text, text)> {
  match DEDUCE reach([("a", "b"), ("b", "c")]) { Sat as s => s.far, Unsat => [], Unknown => [] }
}
"""


def _program(folder: Path, text: str) -> str:
    path = folder / "p.lot"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_tool_of_the_library_answers(tmp_path: Path) -> None:
    program = _program(tmp_path, TOOLS)
    assert lot("run", f"{program}:sum").out == "10.5\n"
    failed = lot("run", f"{program}:broken")
    assert failed.status != 0 and "ToolFailed" in failed.err


def test_what_acts_needs_both_leaves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    program = _program(tmp_path, TOOLS)
    assert "Denied" in lot("run", f"{program}:kept").err
    assert not list((tmp_path / "out").iterdir())
    assert lot("run", "--allow", "write_file", f"{program}:kept").status == 0
    assert (tmp_path / "out/a.txt").read_text(encoding="utf-8") == "said"


READS = """
uses tool read_file("data/")
tool look(path: text) -> text = std.tools.read_file
fn seen() -> text { CALL look("data/a.txt") }
fn beside() -> text { CALL look("b.txt") }
"""


def test_what_reads_outside_needs_both_leaves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    for name in ("data/a.txt", "b.txt"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    program = _program(tmp_path, READS)
    assert "look reads a folder: needs --allow 'read_file(\"data/\")'" in lot("check", program, "--effects").out
    assert "Denied" in lot("run", f"{program}:seen").err
    assert lot("run", "--allow", 'read_file("data/")', f"{program}:seen").out == "data/a.txt\n"
    assert "Denied" in lot("run", "--allow", "read_file", f"{program}:beside").err


SHOP = """
uses tool price
tool price(item: text) -> int = "./lib/shop.py:price"
fn main() -> int { CALL price("tea") }
"""


PURE = """
index wiki = hnsw("wiki.txt")
uses pure tool price
tool price(item: text) -> int = "./lib/shop.py:price"
fn main() -> list<int> { for word in ["tea", "coffee"] { CALL price((FIND 1 in wiki for word)[0].text) } }
"""


def test_what_only_computes_is_fed_by_documents_with_the_leave_of_the_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "shop.py").write_text("def price(item: str) -> int:\n    return len(item)\n", encoding="utf-8")
    (tmp_path / "wiki.txt").write_text("tea is hot\n\ncoffee is black\n", encoding="utf-8")
    (tmp_path / "p.lot").write_text(PURE, encoding="utf-8")
    told = lot("check", "p.lot", "--effects").out
    assert "p.lot: main: CALL, FIND\np.lot: price runs code of its own: needs --allow 'price'\n" in told
    assert "p.lot:5:26: these bodies run side by side" in told
    denied = lot("run", "p.lot").err
    assert "Denied" in denied and "`price` runs code of its own: `--allow 'price'` lets it" in denied
    assert lot("run", "p.lot", "--allow", "price").out == "27, 27\n"


SEARCH = """
index wiki = hnsw("wiki.jsonl")
tool search(query: text) -> list<Hit> = std.tools.search(wiki)
fn main(query: text) -> text { (CALL search(query))[0].text }
"""


def test_an_index_is_searched_by_a_tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    documents = [{"text": "Tea is a warm drink."}, {"text": "A lighthouse guides ships."}]
    (tmp_path / "wiki.jsonl").write_text("\n".join(map(json.dumps, documents)), encoding="utf-8")
    program = _program(tmp_path, SEARCH)
    assert lot("run", program, "query=Which drink is warm?").out == "Tea is a warm drink.\n"
    assert lot("run", program, "query=What guides ships?").out == "A lighthouse guides ships.\n"
    (tmp_path / "wiki.jsonl").write_text("", encoding="utf-8")
    assert "NotFound" in lot("run", program, "query=tea").err


def test_a_function_of_ones_own_file_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = _program(tmp_path, SHOP)
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/shop.py").write_text("def price(item: str) -> int:\n    return len(item)\n", encoding="utf-8")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")  # a path in a program is counted from the program, as an import's is
    assert "--allow 'price'" in lot("run", program).err
    assert lot("run", "--allow", "price", program).out == "3\n"


def test_a_function_of_a_package_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    about = tmp_path / "packages/maths-1.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: maths\nVersion: 1\n", encoding="utf-8")
    (about / "entry_points.txt").write_text("[lotterylang.tools]\nmaths.half = halves:half\n", encoding="utf-8")
    (about.parent / "halves.py").write_text("def half(n: int) -> float:\n    return n / 2\n", encoding="utf-8")
    monkeypatch.syspath_prepend(about.parent)
    text = "uses tool half\ntool half(n: int) -> number = maths.half\nfn main() -> number { CALL half(9) }\n"
    assert lot("run", "--allow", "half", _program(tmp_path, text)).out == "4.5\n"


def test_a_call_is_plain_data_from_python() -> None:
    text = 'tool calc(x: text, n: int) -> number = std.tools.calculate\nfn main() -> call<calc> { calc("2", 3) }\n'
    assert lotterylang.loads(text).run().value == {"tool": "calc", "x": "2", "n": 3}


def test_rules_are_derived_by(tmp_path: Path) -> None:
    found = json.loads(lot("run", f"{_program(tmp_path, LOGIC)}:far", "--json").out)
    assert found["value"] == [["a", "b"], ["a", "c"], ["b", "c"]]


def test_a_session_keeps_what_its_tools_keep() -> None:
    entries = """
type Board { squares: text, outcome: text }
tool play(square: int) -> Board = std.tools.tictactoe_play
(CALL play(1)).squares
(CALL play(1)).squares
"""
    played = lot("repl", stdin=entries.encode())
    assert '"X' in played.out and "is not free" in played.err
