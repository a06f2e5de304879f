"""What is derived: modes, cores, values both ways, and words for whoever wrote the rules."""

from __future__ import annotations

import pytest
from deductions import CROWDED, MOST, answered, deduce, never_done, rows, told

from lotterylang.run.effects import Deduce, Deduced, Failed, Symbol
from lotterylang.world.logic import solver as solving
from lotterylang.world.logic.solver import Solver

METAL, WOOD = Symbol("metal"), Symbol("wood")
RUSTS = "rusty(X) :- made_of(X, metal), wet(X).\nsafe(X) :- made_of(X, _), not rusty(X)."
MADE = [("nail", METAL), ("chair", WOOD), ("can", METAL)]
PICK = "{ in(X) : item(X) }. :- in(1), in(2)."


@pytest.mark.parametrize("mode", [None, "must", "could", "best"])
def test_relations_are_derived_from_facts(mode: str | None) -> None:
    found = rows(answered(deduce(RUSTS, "rusty/1", "safe/1", mode=mode, made_of=MADE, wet=["nail", "chair"])))
    assert found == {"rusty": (("nail",),), "safe": (("can",), ("chair",))}


def test_must_is_what_all_answer_sets_share_and_could_what_any_has() -> None:
    rules = PICK + " some(X) :- item(X). in(3)."
    assert rows(answered(deduce(rules, "in/1", mode="must", item=[1, 2, 3]))) == {"in": ((3,),)}
    assert rows(answered(deduce(rules, "in/1", mode="could", item=[1, 2, 3]))) == {"in": ((1,), (2,), (3,))}


def test_models_are_all_of_them_in_one_order_or_as_many_as_asked_for() -> None:
    reply = answered(deduce(PICK, "in/1", mode="models", most=9, item=[2, 1]))
    assert [rows(reply, n)["in"] for n in range(3)] == [(), ((1,),), ((2,),)] and len(reply.answers) == 3
    assert len(answered(deduce(PICK, "in/1", mode="models", most=2, item=[2, 1])).answers) == 2


def test_models_differ_in_what_is_asked_for() -> None:
    reply = answered(deduce("{hidden(1..3)}. seen(1). {seen(2)}.", "seen/1", mode="models", most=9))
    assert [rows(reply, n)["seen"] for n in range(len(reply.answers))] == [((1,),), ((1,), (2,))]


def test_best_is_the_best() -> None:
    rules = "1 { in(X) : item(X, _) } 2. #maximize { W, X : in(X), item(X, W) }."
    found = rows(answered(deduce(rules, "in/1", mode="best", item=[("a", 3), ("b", 1), ("c", 5)])))
    assert found == {"in": (("a",), ("c",))}
    assert rows(answered(deduce(PICK, "in/1", mode="must", item=[1, 2]))) == {"in": ()}


def test_the_best_so_far_is_no_best(monkeypatch: pytest.MonkeyPatch) -> None:
    never_done(monkeypatch)
    reply = Solver().answer(deduce(MOST, "has/1", mode="best"), 60)
    assert isinstance(reply, Deduced) and reply.outcome == "unknown" and "is better" in reply.why
    (answer,) = map(dict, reply.answers)
    assert 1 <= len(answer["has"]) <= 13


def test_the_best_so_far_is_told_while_it_is_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is told counts where the process is killed, or has no memory left."""
    never_done(monkeypatch)
    monkeypatch.setattr(solving, "TELLS_EVERY_S", 0.0)
    told: list[Deduced] = []
    reply = Solver().answer(deduce(MOST, "has/1", mode="best"), 60, told.append)
    assert told[-1] == reply and all(each.outcome == "unknown" for each in told)
    sizes = [len(dict(each.answers[0])["has"]) for each in told]
    assert sizes == sorted(set(sizes)) and len(sizes) > 1


def test_answers_by_then_are_not_all(monkeypatch: pytest.MonkeyPatch) -> None:
    never_done(monkeypatch)
    reply = Solver().answer(deduce(CROWDED + "some :- has(1, _).", "some/0", mode="models", most=9), 60)
    assert reply == Deduced("sat", ((("some", ()),), (("some", ((),)),)))
    all_in = CROWDED + "{ all }. :- all, not has(P, _), P = 1..14."
    reply = Solver().answer(deduce(all_in, "all/0", mode="models", most=9), 60)
    assert isinstance(reply, Deduced) and reply.outcome == "unknown" and reply.answers == ((("all", ()),),)


@pytest.mark.parametrize(
    ("rules", "core"),
    [
        (":- wet(X), dry(X).", {"wet": (1,), "dry": (0,)}),
        (":- wet(X), not towel(X). towel(can) :- dry(chair).", {"wet": (0,), "dry": ()}),
        (":- 3 { wet(X) }.", {"wet": (0, 1, 2), "dry": ()}),
        (":- not never. { never : wet(none) }.", {"wet": (), "dry": ()}),
        ("wet(can). :- wet(can).", {"wet": (), "dry": ()}),
    ],
)
def test_a_core_names_facts_by_their_places(rules: str, core: dict[str, tuple[int, ...]]) -> None:
    reply = answered(deduce(rules, "wet/1", wet=["nail", "can", "cup"], dry=["can", "chair"]))
    assert isinstance(reply, Deduced) and reply.outcome == "unsat" and dict(reply.core) == core


def test_answers_do_not_depend_on_what_was_asked_before() -> None:
    effects = [
        deduce(rules, "in/1", mode=mode, most=most, item=items)
        for rules in (PICK, "in(X) :- item(X), not out(X). out(X) :- item(X), not in(X).")
        for items in ([1, 2, 3], [2, 3], [3], [], [1, 2, 3])
        for mode, most in ((None, None), ("must", None), ("could", None), ("models", 3), ("models", 99))
    ]
    alone = [Solver().answer(effect, 10) for effect in effects]
    kept = Solver()
    for order in (effects, effects[::-1], effects):
        assert {e: kept.answer(e, 10) for e in order} == dict(zip(effects, alone, strict=True))


def test_facts_that_come_again_are_not_grounded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    grounded: list[object] = []
    for name in ("ground", "ground_open"):
        real = getattr(solving, name)
        monkeypatch.setattr(solving, name, lambda *a, real=real: grounded.append(a) or real(*a))
    kept = Solver()
    for wet in (["nail", "can"], ["can"], ["nail"], []):
        reply = kept.answer(deduce(RUSTS, "rusty/1", mode="must", made_of=MADE, wet=wet), 10)
        assert rows(reply)["rusty"] == tuple((each,) for each in sorted(wet))
    assert len(grounded) == 2


def test_a_fact_may_end_what_would_go_on_for_ever() -> None:
    rules = "n(0). n(X+1) :- n(X), not last(X)."
    for _ in range(3):
        assert len(rows(answered(deduce(rules, "n/1", last=[4])))["n"]) == 5


TEXTS = ['a"b', "a\\b", "a\nb", "\\n", '").\n#include "x".', "", " ", "ü €\u2028", "'", "%* x", "\t\r\n", '\\"', "X"]


def test_texts_come_back_as_they_went() -> None:
    found = rows(answered(deduce("out(X) :- told(X).", "out/1", told=TEXTS)))["out"]
    assert found == tuple((text,) for text in sorted(TEXTS))


def test_numbers_have_32_bits_and_come_before_texts() -> None:
    numbers = [2**31 - 1, -(2**31 - 1), 0, "0", Symbol("zero"), 10, 9]
    found = rows(answered(deduce("out(X) :- told(X).", "out/1", told=numbers)))["out"]
    assert found == ((1 - 2**31,), (0,), (9,), (10,), (2**31 - 1,), ("0",), ("zero",))
    for large in (2**31, -(2**31), 10**30):
        assert "32 bits" in told(deduce("out(X) :- told(X).", "out/1", told=[large]))


@pytest.mark.parametrize("derived", ["f(1)", "(1,2)", "-a", "#inf", "f(f(x))"])
def test_what_is_no_value_is_refused(derived: str) -> None:
    message = told(deduce(f"out({derived}).", "out/1"))
    assert "derive `out(" in message and "texts, ints, bools and cases" in message


def test_a_denied_atom_is_no_row() -> None:
    assert rows(answered(deduce("-out(1). out(2).", "out/1"))) == {"out": ((2,),)}


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("rusty(X) :-\n  wett(X).", "line 2, column 3: no rule and no fact gives `wett`; did you mean `wet`?"),
        ('rusty("é") :- zebra(1).', "column 15: no rule and no fact gives `zebra`; derive it, or make it a parameter"),
        ("rusty(X) :- wet(X, 1).", "line 1, column 13: `wet` is used with 2 terms, but its facts have 1"),
        ("odd(1, 2). rusty(X) :- odd(X).", "`odd` is used with 1 term, but derived with 2"),
        ("rusty(X) :- wet(X).\nrusty(Y) :- wet(1).", "line 2, column 7: nothing says which values `Y` may have"),
        ("rusty(X + Y) :- not wet(X + Y).", "nothing says which values `X`, `Y` may have"),
        (':- wet("é"), wet(Z) : not wet(Z).', "column 31: nothing says which values `Z` may have"),
        ("rusty(1", "line 1, column 8"),
        ("rusty(X) :- wet(X), dry(X)", "can't be read"),
    ],
)
def test_whoever_wrote_the_rules_is_told_what_and_where(rules: str, said: str) -> None:
    message = told(deduce(rules, "rusty/1", wet=["can"]))
    assert message.startswith("rules of `rusts`") and said in message


def test_a_predicate_without_facts_may_be_used_with_any_number_of_terms() -> None:
    assert rows(answered(deduce("rusty(X) :- wet(X, _, _).", "rusty/1", wet=[]))) == {"rusty": ()}


def test_an_atom_may_stand_for_several() -> None:
    rules = "in(1; 2). -in(3; 4). two(1, 2; 3). out(X) :- in(X; X). out(X) :- -in(X), two(X)."
    assert rows(answered(deduce(rules, "out/1", "two/2"))) == {"out": ((1,), (2,), (3,)), "two": ((1, 2),)}
    assert "no rule and no fact gives `un`" in told(deduce("out(X) :- out(X), un(1; 2).", "out/1"))


def test_no_models_are_asked_for() -> None:
    assert answered(deduce(PICK, "in/1", mode="models", most=0, item=[1])) == Deduced("sat")


def test_time_that_is_over_is_unknown() -> None:
    holes = "1 { in(P, H) : H = 1..11 } 1 :- P = 1..12. :- in(P, H), in(Q, H), P < Q."
    reply = Solver().answer(deduce(holes, "in/2"), 0.2)
    assert isinstance(reply, Deduced) and reply.outcome == "unknown" and "0.2 s" in reply.why


def test_a_defect_is_no_failure() -> None:
    effect = Deduce("", "rusts", "a.", (("b", ((1.5,),)),), ())  # type: ignore[arg-type]
    reply = Solver().answer(effect, 1)
    assert isinstance(reply, Failed) and "float" in reply.message
