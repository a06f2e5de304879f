"""`lot why --atom`: facts and rules at their lines, of any deduction of a run, without a model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from command import lot

PROGRAM = """\
logic rusts(made_of: list<(text, text)>, wet: list<text>) -> rusty(text), safe(text) {
  rusty(X) :- made_of(X, "metal"), damp(X).
  damp(X) :- wet(X).   % what is wet
  safe(X) :- made_of(X, _), not rusty(X).
}
logic read(rules: text, wet: list<text>) -> rusty(text) = std.logic.program(rules)
fn run(wet: list<text>) -> list<text> {
  match DEDUCE rusts([("table", "wood"), ("nail", "metal")], wet) { Sat as s => s.safe, _ => [] }
}
fn twice() -> list<text> { [..run([]), ..run(["nail"])] }
fn again() -> list<text> {
  match DEDUCE read("damp(X) :- wet(X).\\nrusty(X) :- damp(X).", ["nail"]) { Sat as s => s.rusty, _ => [] }
}
logic pick(of: list<int>) -> has(int) {
  1 { has(X) : of(X) } 1 :- 2 = #count { X : of(X) }.   :- has(1).
}
fn picked() -> list<int> { match DEDUCE pick([1, 2]) { Sat as s => s.has, _ => [] } }
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.chdir(tmp_path)
    Path("p.lot").write_text(PROGRAM, encoding="utf-8")
    yield "p.lot"


def test_an_atom_rests_on_facts_and_on_rules_at_their_lines(program: str) -> None:
    assert lot("run", f"{program}:run", 'wet:=["nail"]').out == "table\n"
    assert lot("why", "--atom", 'rusty("nail")').out.splitlines() == [
        'run/deduce#1: rusty("nail")',
        '├ made_of("nail","metal")  fact 2 of `made_of`',
        '├ wet("nail")              fact 1 of `wet`',
        '├ damp("nail")             p.lot:3  damp(X) :- wet(X).',
        '└ rusty("nail")            p.lot:2  rusty(X) :- made_of(X,"metal"); damp(X).',
    ]


def test_the_last_deduction_that_has_it_is_asked_or_that_of_a_path(program: str) -> None:
    assert lot("run", f"{program}:twice").status == 0
    last = json.loads(lot("why", "--atom", 'safe("nail")', "--json").out)
    assert last["path"] == "twice/run/deduce#1" and last["steps"][-1]["at"] == "p.lot:4"
    assert last["steps"][0]["fact"] == ["made_of", 1]
    assert json.loads(lot("why", "--atom", 'safe("table")', "--json").out)["path"] == "twice/run#2/deduce#1"
    asked = lot("why", "--atom", 'rusty("nail")', "--at", "twice/run/deduce#1")
    assert "LOT-E0648" in asked.err and "no deduction at `twice/run/deduce#1`" in asked.err


def test_a_step_says_what_is_denied_and_what_is_chosen(program: str) -> None:
    assert lot("run", f"{program}:run", 'wet:=["nail"]').out == "table\n"
    assert lot("why", "--atom", 'safe("table")').out.splitlines()[1:] == [
        '├ made_of("table","wood")  fact 1 of `made_of`',
        '├ not rusty("table")       nothing gives it',
        '└ safe("table")            p.lot:4  safe(X) :- made_of(X,_); not rusty(X).',
    ]
    assert lot("run", f"{program}:picked").out == "2\n"
    assert lot("why", "--atom", "has(2)").out.splitlines()[1:] == [
        "├ of(2)                    fact 2 of `of`",
        "├ 2 = #count { X: of(X) }  of 1; 2",
        "└ has(2)                   p.lot:15  chosen: 1 <= { has(X): of(X) } <= 1 :- 2 = #count { X: of(X) }.",
    ]


def test_rules_of_the_run_have_lines_of_their_own(program: str) -> None:
    assert lot("run", f"{program}:again").out == "nail\n"
    printed = lot("why", "--atom", 'rusty("nail")').out
    assert "line 2 of `rules`  rusty(X) :- damp(X)." in printed and "line 1 of `rules`" in printed


@pytest.mark.parametrize("atom", ["rusty(X)", "rusty(", "@f(1)", "1"])
def test_what_is_no_atom_is_refused(atom: str) -> None:
    assert "LOT-E0648" in lot("why", "--atom", atom).err
