"""The small rooms that the machine stands on: paths, budgets, memory, journal."""

from __future__ import annotations

import json
from pathlib import Path as FilePath

import pytest

from lotterylang.run import journal
from lotterylang.run.budget import Budget
from lotterylang.run.effects import Ask, Asked, Choose, Chosen, Failed, Observed, Prompt, Sampling, Turn
from lotterylang.run.memory import Memory
from lotterylang.run.paths import Path, in_program_order, seed_at
from lotterylang.run.shapes import Hole, Whole
from lotterylang.run.values import Failure
from lotterylang.syntax.diagnostics import LotError

ASK = Ask("run/ask#1", "m", Prompt((Turn(None, ("2 + 2 =", Hole("n", Whole(0, 9)))),)), Sampling(0.5, 1.0, 7), 100)
CHOOSE = Choose("run/for[10]/choose#1", "m", Prompt((Turn("user", ("?",)),)), ("a", "b"))


def test_a_path_counts_calls_and_effects_by_name() -> None:
    root = Path("answer")
    assert [str(root.call("think")), str(root.call("think"))] == ["answer/think", "answer/think#2"]
    assert [root.effect("ask"), root.effect("ask"), root.effect("choose")] == [
        "answer/ask#1",
        "answer/ask#2",
        "answer/choose#1",
    ]


def test_program_order_counts_numbers_as_numbers() -> None:
    paths = ["run/for[10]/ask#1", "run/for[2]/ask#1", "run/ask#1"]
    assert sorted(paths, key=in_program_order) == ["run/ask#1", "run/for[2]/ask#1", "run/for[10]/ask#1"]


def test_a_seed_depends_on_run_and_path_alone() -> None:
    assert seed_at(7, "a") == seed_at(7, "a")
    assert len({seed_at(7, "a"), seed_at(7, "b"), seed_at(8, "a")}) == 3


def test_what_an_inner_budget_spends_the_outer_one_pays() -> None:
    outer = Budget({"calls": 3})
    inner = Budget({"calls": 2}, outer)
    inner.spend("calls", 2)
    assert (inner.left("calls"), outer.left("calls")) == (0, 1)
    with pytest.raises(Failure, match="more than 2 calls"):
        inner.spend("calls")
    assert outer.spent["calls"] == 3


def test_a_call_that_may_not_go_out_is_not_charged() -> None:
    outer = Budget({"calls": 3})
    inner = Budget({"calls": 1}, outer)
    inner.begin_call()
    with pytest.raises(Failure, match="more than 1 calls"):
        inner.begin_call()
    assert (inner.spent["calls"], outer.spent["calls"]) == (1, 1)


def test_a_branch_is_charged_at_the_join() -> None:
    budget = Budget({"calls": 3})
    first, second = budget.branch(), budget.branch()
    first.spend("calls", 2)
    second.spend("calls", 2)
    budget.join(first)
    with pytest.raises(Failure, match="more than 3 calls"):
        budget.join(second)


def memory(**stores: dict[object, object]) -> Memory:
    found = Memory()
    for name, held in stores.items():
        found[name] = {key: (value, None, None) for key, value in held.items()}
    return found


def test_a_branch_reads_the_fork_and_its_own_writes() -> None:
    base = memory(tape={0: "a"})
    branch, other = Memory(base), Memory(base)
    branch["tape"][0] = ("b", None, None)
    assert (branch["tape"][0][0], other["tape"][0][0], base["tape"][0][0]) == ("b", "a", "a")


def test_writes_apply_at_the_join_and_equal_ones_agree() -> None:
    base = memory(tape={0: "a", 1: "x"})
    branches = [Memory(base), Memory(base)]
    for branch in branches:
        branch["tape"][0] = ("b", None, None)
    del branches[1]["tape"][1]
    base.join(branches)
    assert {key: entry[0] for key, entry in base["tape"].items()} == {0: "b"}


def test_two_values_for_one_place_are_a_conflict_that_names_both_paths() -> None:
    base = memory(tape={0: "a"})
    branches = [Memory(base), Memory(base)]
    for number, branch in enumerate(branches):
        branch["tape"][0] = (str(number), Path(f"for[{number}]", Path("run")), None)
    with pytest.raises(Failure, match=r"run/for\[0\] and run/for\[1\]") as caught:
        base.join(branches)
    assert caught.value.kind == "Conflict"


def replies() -> list[tuple[Ask | Choose, Asked | Chosen]]:
    asked = Asked((("n", "4"),), (52,), Observed(prompt_tokens=5, seconds=0.1))
    return [(ASK, asked), (CHOOSE, Chosen((-0.5, -1.25)))]


def test_the_hash_of_a_run_ignores_arrival_and_timing() -> None:
    (ask, asked), (choose, chosen) = replies()
    slower = Asked(asked.texts, asked.token_ids, Observed(prompt_tokens=5, seconds=9.0))
    one = [journal.record_of(ask, asked), journal.record_of(choose, chosen)]
    other = [journal.record_of(choose, chosen), journal.record_of(ask, slower)]
    assert journal.run_hash(one) == journal.run_hash(other)
    changed = Asked((("n", "5"),), (53,))
    assert journal.run_hash([journal.record_of(ask, changed), one[1]]) != journal.run_hash(one)


def written(folder: FilePath) -> FilePath:
    path = folder / "run.jsonl"
    with path.open("w", encoding="utf-8") as file:
        kept = journal.Journal({"program": "a.lot"}, file)
        for effect, reply in replies():
            kept.add(effect, reply)
        kept.end({"value": 4})
    return path


def test_a_journal_reads_back_and_gives_its_replies(tmp_path: FilePath) -> None:
    header, records, end = journal.read(written(tmp_path))
    assert (header["program"], end is not None) == ("a.lot", True)
    found = journal.replies_of(records)
    for effect, reply in replies():
        assert found[effect.path] == (journal.arguments_hash(effect), reply)


def test_a_torn_last_record_is_dropped(tmp_path: FilePath) -> None:
    path = written(tmp_path)
    path.write_text(path.read_text(encoding="utf-8")[:-40], encoding="utf-8")
    _, records, end = journal.read(path)
    assert (len(records), end) == (2, None)


def test_damage_elsewhere_is_refused(tmp_path: FilePath) -> None:
    path = written(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace('"n","4"', '"n","5"'), encoding="utf-8")
    with pytest.raises(LotError, match="LOT-E0602"):
        journal.read(path)


def test_what_is_no_journal_is_refused(tmp_path: FilePath) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps({"journal": 99, "previous": ""}) + "\n", encoding="utf-8")
    for wrong in (path, tmp_path, tmp_path / "none"):
        with pytest.raises(LotError, match="LOT-E0601"):
            journal.read(wrong)


def test_a_failure_is_recorded_like_any_reply() -> None:
    record = journal.record_of(ASK, Failed("Timeout", "too slow"))
    assert journal.replies_of([vars_of(record)])[ASK.path][1] == Failed("Timeout", "too slow")


def vars_of(record: journal.Record) -> dict[str, object]:
    return {name: getattr(record, name) for name in record.__dataclass_fields__}
