"""What goes outside is recorded so that it reads back exactly, and a run is replayed without anybody who answers."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golden import assert_golden
from lotterylang.check import check
from lotterylang.run import journal, lower
from lotterylang.run.effects import Call, Called, Deduce, Deduced, Effect, Failed, Find, Found, Hit, Reply, Symbol
from lotterylang.run.needs import Need
from lotterylang.run.runner import Runner, Settings
from lotterylang.shell.why import _told
from lotterylang.syntax.diagnostics import LotError
from lotterylang.syntax.parser import source_of

PLAIN = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.fractions()
DATA: st.SearchStrategy[Any] = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["/", "a"]), inner, max_size=2)
)


@given(DATA)
def test_data_of_the_world_reads_back_exactly(data: Any) -> None:
    assert journal.unpacked(json.loads(json.dumps(journal.packed(data)))) == data


FIND = Find("f/find#1", "wiki", (), 2, "who")
NEEDING = replace(FIND, needs=(Need("year", "==", ("2020",)), Need("lang", "in", ("de", "en"))))
DEDUCE = Deduce(
    "f/deduce#1", "rusts", "rusty(X) :- wet(X).", (("wet", (("nail",), (Symbol("metal"),))),), (("rusty", 1),)
)
BEST = replace(DEDUCE, mode="best")
RECORDS: list[tuple[Effect, Reply]] = [
    (Call("f/call#1", "calc", (("expression", "1 / 3"),)), Called(Fraction(1, 3))),
    (Call("f/call#1", "save", (("path", "a"),), acts=True), Failed("Denied", "not allowed")),
    (FIND, Found((Hit("Ann wrote it.", "Ann", Fraction(9, 10), "wiki:1"), Hit("It rained.")))),
    (NEEDING, Found((Hit("Ann wrote it.", "Ann", 1, "wiki:1", (("year", "2020"), ("", ""))),))),
    (DEDUCE, Deduced("sat", ((("rusty", (("nail",), ("metal",))),),))),
    (DEDUCE, Deduced("unsat", core=(("wet", (0, 1)),))),
    (DEDUCE, Deduced("unknown", why="it took too long")),
    (BEST, Deduced("unknown", ((("rusty", (("nail",),)),),), why="it took too long")),
]


@pytest.mark.parametrize(("effect", "reply"), RECORDS)
def test_a_record_gives_its_reply_back(effect: Effect, reply: Reply) -> None:
    record = journal.record_of(effect, reply)
    data = json.loads(json.dumps({name: getattr(record, name) for name in journal.Record.__slots__}))
    assert journal.replies_of([data])[effect.path] == (journal.arguments_hash(effect), reply)
    assert list(_told(data))


PROGRAM = """
tool calc(x: text) -> number = std.tools.calculate
index wiki = hnsw("wiki.jsonl")
logic rusts(wet: list<text>) -> rusty(text) { rusty(X) :- wet(X). }
fn told() -> text {
  let n = CALL calc("1 / 3")
  let hits = FIND 2 in wiki for "who" where it.score > 0.5
  let found = match DEDUCE rusts(["nail"]) { Sat as s => s.rusty[0], Unsat | Unknown => "" }
  "${n * 3} ${hits[0]} ${found}"
}
"""


def _run(text: str, recorded: dict[str, tuple[str, Reply]]) -> Any:
    def nobody(_: object) -> None:
        raise AssertionError("no model is asked")

    runner = Runner(check(source_of("p.lot", text)), nobody, Settings(recorded=recorded))  # type: ignore[arg-type]
    return runner.run(lower.expression(runner.unit, "run", runner.program.functions["told"].node.body, performs=True))


def test_a_recorded_run_needs_nobody() -> None:
    deduce = Deduce("", "rusts", " rusty(X) :- wet(X). ", (("wet", (("nail",),)),), (("rusty", 1),))
    replies: dict[str, tuple[Effect, Reply]] = {
        "run/call#1": (Call("", "calc", (("x", "1 / 3"),)), Called(Fraction(1, 3))),
        "run/find#1": (Find("", "wiki", (), 1_000, "who"), Found((Hit("no", "", 0.2), Hit("Ann", "", 0.9)))),
        "run/deduce#1": (deduce, Deduced("sat", ((("rusty", (("nail",),)),),))),
    }
    recorded = {path: (journal.arguments_hash(effect), reply) for path, (effect, reply) in replies.items()}
    assert _run(PROGRAM, recorded).value == "1 Ann nail"


def test_what_is_needed_of_metadata_is_part_of_the_question() -> None:
    hashes = {journal.arguments_hash(FIND), journal.arguments_hash(NEEDING)}
    others = [
        *(replace(FIND, needs=NEEDING.needs[:size]) for size in (1,)),
        replace(FIND, needs=(Need("year", "!=", ("2020",)), NEEDING.needs[1])),
        replace(FIND, needs=(Need("yea", "==", ("r2020",)), NEEDING.needs[1])),
        replace(FIND, needs=(NEEDING.needs[0], Need("lang", "in", ("de, en",)))),
        replace(NEEDING, passages=(Hit("a", meta=(("a", "b"),)),)),
        replace(NEEDING, passages=(Hit("a", meta=(("b", "a"),)),)),
    ]
    assert len(hashes | {journal.arguments_hash(effect) for effect in others}) == 2 + len(others)


OF_YEARS = """
index wiki = hnsw("wiki.jsonl")
fn told() -> text {
  let year = "2020"
  let found = FIND 2 in wiki for "who" where it.meta["year"] == year and it.score > 0.5
  join(for hit in [..found, ..FIND 1 in wiki for "who" where it.meta["year"] in [year, "2021"]] { hit.text }, " ")
}
"""


@pytest.mark.parametrize("year", ["2020", "2019"])
def test_a_recorded_search_answers_only_what_it_was_asked(year: str) -> None:
    first = Find("", "wiki", (), 1_000, "who", (Need("year", "==", (year,)),))
    second = Find("", "wiki", (), 1, "who", (Need("year", "in", (year, "2021")),))
    hits = Hit("far", "", 0.2, "", (("year", year),)), Hit("none", "", 0.9), Hit("near", "", 0.9, "", (("year", year),))
    replies = {"run/find#1": (first, Found(hits)), "run/find#2": (second, Found(hits[2:]))}
    recorded: Any = {path: (journal.arguments_hash(effect), reply) for path, (effect, reply) in replies.items()}
    if year == "2020":
        assert _run(OF_YEARS, recorded).value == "near near"
    else:
        with pytest.raises(LotError, match="LOT-E0604"):
            _run(OF_YEARS, recorded)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ('"${CALLED}"', "the tool `calc`"),
        ('(FIND 1 in wiki for "a")[0].text', "the index `wiki`"),
        ('(FIND 1 in ["a"] for "a")[0].text', "FIND in a list"),
        ('match DEDUCE rusts([]) { Sat => "a", _ => "b" }', "the logic `rusts`"),
    ],
)
def test_what_nobody_answers_is_named(body: str, named: str) -> None:
    body = 'let n = CALL calc("1")\n  "${n}"' if "CALLED" in body else body
    head = PROGRAM[: PROGRAM.index("fn told")]
    with pytest.raises(LotError) as caught:
        _run(f"{head}fn told() -> text {{\n  {body}\n}}\n", {})
    found = caught.value.diagnostics[0]
    assert found.code == "LOT-E0605" and named in found.message and "given" in (found.help or "")


def test_another_question_than_the_recorded_one_is_said() -> None:
    asked = Call("", "calc", (("x", "2 / 3"),))
    with pytest.raises(LotError) as caught:
        _run(PROGRAM, {"run/call#1": (journal.arguments_hash(asked), Called(Fraction(2, 3)))})
    assert_golden("LOT-E0604 another question", caught.value)


@pytest.mark.parametrize("data", ["four", [1], {"a": 1}, None, True])
def test_a_result_of_another_type_is_a_failure_of_the_tool(data: Any) -> None:
    effect = Call("", "calc", (("x", "1 / 3"),))
    outcome = _run(PROGRAM, {"run/call#1": (journal.arguments_hash(effect), Called(data))})
    assert outcome.failure.kind == "ToolFailed"
