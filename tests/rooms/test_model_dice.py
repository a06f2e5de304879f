"""The dice answer anything legal, need nothing, and depend on the seed and on what is asked alone."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_model_constraint import _is_empty, shapes

from lotterylang.run.effects import (
    Ask,
    Asked,
    Choose,
    Chosen,
    Failed,
    ModelEffect,
    Prompt,
    Reply,
    Sampling,
    Score,
    Scored,
    Turn,
)
from lotterylang.run.shapes import Decimal, Fields, Free, Hole, Listing, Maybe, OneOf, Shape, Whole
from lotterylang.world.model.constraint.reading import fits
from lotterylang.world.model.dice import Dice
from lotterylang.world.model.open import open_model


def reply(model: Dice, effect: ModelEffect) -> Reply:
    return model.submit([effect])[0].result(timeout=0)


def ask(shape: Shape, word: str = "So", seed: int | None = None, **hole: object) -> Ask:
    prompt = Prompt((Turn(None, (f"{word} ", Hole("x", shape, **hole), "\nand")),))  # type: ignore[arg-type]
    return Ask("p", "m", prompt, Sampling() if seed is None else Sampling(1.0, seed=seed))


def text(model: Dice, effect: Ask) -> str:
    found = reply(model, effect)
    assert isinstance(found, Asked), found
    return found.texts[0][1]


@settings(deadline=None, max_examples=200)
@given(shapes, st.integers(0, 5))
def test_what_the_dice_say_is_legal(shape: Shape, seed: int) -> None:
    for model in (Dice("random", seed), Dice("first")):
        found = reply(model, ask(shape))
        if isinstance(found, Asked):
            assert fits(shape, found.texts[0][1])
        else:
            assert isinstance(found, Failed) and found.kind == "Impossible"
            assert _is_empty(shape) or not isinstance(shape, OneOf | Whole | Decimal)


@pytest.mark.parametrize(
    ("shape", "wanted"),
    [
        (OneOf(("b", "a")), "b"),
        (Listing(OneOf(("2", "1"), is_number=True), 2, 2), "[2, 2]"),
        (Whole(3, 9), "3"),
        (Whole(), "0"),
        (Whole(high=-4), "-4"),
        (Decimal(-2, 2), "-2"),
        (Free(), ""),
        (Free(2, 5), "aa"),
        (Free(patterns=("x{2,}|[0-9]",)), "0"),
        (Free(2, 5, parts_of=("on a mat",)), "on"),
        (Listing(Whole(1, 6), 2, 3), "[1, 1]"),
        (Listing(Whole(1, 6)), "[]"),
        (Fields((("a", Free(1)), ("b", Maybe(Whole())))), '{"a": "a", "b": null}'),
        (Maybe(Whole()), "none"),
    ],
)
def test_first_is_the_first(shape: Shape, wanted: str) -> None:
    assert text(Dice("first"), ask(shape)) == wanted


def test_stops_and_what_follows_are_in_no_text() -> None:
    for seed in range(50):
        found = text(Dice("random", seed), ask(Free(1, 6, lines=True, patterns=(r"[.a\n]*",)), stops=("aa", ".")))
        assert "aa" not in found and "." not in found and "\nand" not in found


def test_random_depends_on_seed_and_question_alone() -> None:
    free = Free(8, 8)
    model = Dice("random", 1)
    asks = [ask(free, f"p{n}") for n in range(9)]
    forward = [found.result().texts for found in model.submit(asks)]  # type: ignore[union-attr]
    backward = [found.result().texts for found in Dice("random", 1).submit(asks[::-1])]  # type: ignore[union-attr]
    assert forward == backward[::-1]
    assert len(set(forward)) == 9
    assert text(model, replace(asks[0], path="elsewhere")) == text(model, asks[0])
    assert text(model, ask(free, seed=1)) != text(model, ask(free, seed=2))
    assert text(model, ask(free)) != text(Dice("random", 2), ask(free))


def test_random_is_uniform_over_options_numbers_and_choices() -> None:
    model, draws = Dice("random", 7), 3000
    for shape in (OneOf(("a", "b", "c")), Whole(4, 6), Free(1, 1, parts_of=("xyz",))):
        counts = Counter(text(model, ask(shape, f"p{n}")) for n in range(draws))
        assert len(counts) == 3
        assert all(abs(count - draws / 3) < 5 * (draws * 2 / 9) ** 0.5 for count in counts.values())
    wins: Counter[int] = Counter()
    for n in range(draws):
        found = reply(model, Choose("p", "m", Prompt((Turn(None, (f"{n}?",)),)), ("a", "b", "c")))
        assert isinstance(found, Chosen)
        wins[found.scores.index(max(found.scores))] += 1
    assert all(abs(count - draws / 3) < 5 * (draws * 2 / 9) ** 0.5 for count in wins.values())


def test_first_chooses_the_first_and_scores_everything_alike() -> None:
    prompt = Prompt((Turn(None, ("?",)),))
    found = reply(Dice("first"), Choose("p", "m", prompt, ("a", "b", "c")))
    assert isinstance(found, Chosen)
    assert found.scores[0] > found.scores[1] > found.scores[2]
    assert reply(Dice("first"), Score("p", "m", prompt, "x", blank=prompt)) == Scored(0.0, 0.0, 0.0)


def test_an_impossible_hole_is_a_failure() -> None:
    for shape in (OneOf(()), Whole(3, 2), Free(5, 4), Free(patterns=("^",)), Free(3, parts_of=("ab",))):
        for name in ("random", "first"):
            found = reply(Dice(name), ask(shape))
            assert isinstance(found, Failed)
            assert found.kind == "Impossible"
            assert found.message


def test_the_dice_load_nothing_heavy() -> None:
    program = (
        "import sys; from lotterylang.world.model.open import open_model; open_model('random', 3); print(*sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert not {"numpy", "onnx", "onnxruntime", "llguidance", "tokenizers", "gguf"} & set(found)


def test_the_catalogue_opens_the_dice() -> None:
    assert open_model("random", 3).identity == "dice:random:3"
    assert open_model("first", 3).identity == "dice:first"
