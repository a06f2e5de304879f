"""The engine answers what it is asked, once, whoever asks and in whatever company."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from pathlib import Path

import numpy as np
import pytest
from tiny_llama import CONTEXT, tiny

from golden import assert_golden
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
from lotterylang.run.shapes import Fields, Free, Hole, Listing, OneOf, Shape, Whole
from lotterylang.syntax.diagnostics import LotError
from lotterylang.world.model import engine as engine_module
from lotterylang.world.model.decoding import row as decoding
from lotterylang.world.model.decoding.row import Row
from lotterylang.world.model.engine import Engine
from lotterylang.world.model.network.interface import Memory
from lotterylang.world.model.open import open_model, sent_to
from lotterylang.world.model.prefix.cache import Read
from lotterylang.world.model.template import Sent


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    yield from opened(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def exact(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    yield from opened(tmp_path_factory.mktemp("home"), ":fp32")


def opened(home: Path, variant: str = "") -> Iterator[Engine]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOTTERY_HOME", str(home))
        found = open_model(f"{tiny().write(home / 'tiny.gguf')}{variant}")
        assert isinstance(found, Engine)
        yield found
        found.close()


def plain(*parts: str | Hole) -> Prompt:
    return Prompt((Turn(None, parts),))


def chat(*parts: str | Hole) -> Prompt:
    return Prompt((Turn("user", ("what?",)), Turn("assistant", parts)))


def reply(model: Engine, effect: ModelEffect) -> Reply:
    return model.submit([effect])[0].result(timeout=60)


def filled(model: Engine, prompt: Prompt, sampling: Sampling | None = None) -> Asked:
    found = reply(model, Ask("p", "m", prompt, sampling or Sampling()))
    assert isinstance(found, Asked), found
    return found


SHAPES: list[Shape] = [
    OneOf(("yes", "no", "none of them")),
    Whole(-20, 1234),
    Free(2, 6),
    Free(1, 9, patterns=("[a-f]+",)),
    Free(2, 9, parts_of=("the cat sat on the mat",)),
    Listing(Whole(0, 9), 1, 3),
    Fields((("a", OneOf(("x", "y"))), ("b", Whole(0, 9)))),
]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: type(shape).__name__)
@pytest.mark.parametrize("frame", [plain, chat])
def test_a_reply_fits_its_shape(model: Engine, shape: Shape, frame: object) -> None:
    from lotterylang.world.model.constraint.reading import fits

    for sampling in (Sampling(), Sampling(1.5, 0.9, seed=4)):
        found = filled(model, frame("so: ", Hole("x", shape, max_tokens=60)), sampling)  # type: ignore[operator]
        assert fits(shape, found.texts[0][1])
        assert found.observed.reply_tokens == len(found.token_ids) > 0


def test_greedy_takes_the_best_legal_token_every_time(exact: Engine) -> None:
    options = ("ab", "no", "yes", "10")
    found = filled(exact, plain("the", Hole("x", OneOf(options))))
    tokens = exact.reader.tokens
    log_probs = tiny().log_probs(tokens.encode("the"))[-1]
    starts = {option: max(log_probs[tokens.encode(part)[0]] for part in (option, option[0])) for option in options}
    assert found.texts[0][1] == max(starts, key=starts.__getitem__)


def test_several_holes_are_filled_in_order_and_text_between_is_not_decoded(model: Engine) -> None:
    prompt = plain(
        "Q: ", Hole("a", Whole(10, 99)), " and ", Hole("b", OneOf(("yes", "no"))), ".\nSo ", Hole("c", Free(2, 4))
    )
    found = filled(model, prompt)
    assert [name for name, _ in found.texts] == ["a", "b", "c"]
    first = filled(model, plain("Q: ", Hole("a", Whole(10, 99)), " and "))
    assert first.texts == found.texts[:1]
    written = f"Q: {found.texts[0][1]} and "
    assert filled(model, plain(written, Hole("b", OneOf(("yes", "no"))), ".\nSo ")).texts == found.texts[1:2]


def test_holes_in_earlier_turns_are_decoded_turn_by_turn(model: Engine) -> None:
    turns = (Turn("user", ("a",)), Turn("assistant", (Hole("x", Whole(0, 9)),)), Turn("user", ("b",)))
    found = filled(model, Prompt((*turns, Turn("assistant", ("I say ", Hole("y", OneOf(("no", "yes"))))))))
    assert [name for name, _ in found.texts] == ["x", "y"]


def test_a_reply_does_not_depend_on_its_company(model: Engine, tmp_path: Path) -> None:
    asks = [Ask("p", "m", plain(f"{n} the ", Hole("x", Free(5, 30))), Sampling(1.0, 0.95, seed=n)) for n in range(24)]
    together = [future.result(timeout=60) for future in model.submit(asks)]
    alone = [reply(other, ask) for other in opened(tmp_path) for ask in reversed(asks)]
    assert [found.token_ids for found in together] == [found.token_ids for found in reversed(alone)]  # type: ignore[union-attr]


RECORD = Fields((("name", Free(1, 6)), ("is_known", OneOf(("yes", "no"))), ("how_many_of_them", Whole(0, 99))))


def test_what_must_come_is_read_at_once_and_the_same_in_any_company(model: Engine, tmp_path: Path) -> None:
    asks = [Ask("p", "m", plain(f"{n} is ", Hole("x", RECORD)), Sampling(n % 2 * 1.0, 0.9, seed=n)) for n in range(20)]
    together = [future.result(timeout=60) for future in model.submit(asks)]
    alone = [reply(other, ask) for other in opened(tmp_path) for ask in reversed(asks)]
    assert together == alone[::-1]
    assert [found.observed.mean_logprob for found in together] == [found.observed.mean_logprob for found in alone[::-1]]


def test_what_must_come_costs_no_steps_and_changes_no_reply(exact: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    steps, step = [], exact.reader.network.step
    monkeypatch.setattr(exact.reader.network, "step", lambda *given: (steps.append(1), step(*given))[1])
    found, taken = {}, {}
    for shortest in (3, 10**9):
        monkeypatch.setattr(decoding, "SHORTEST_RUN", shortest)
        exact.forget()
        found[shortest] = filled(exact, plain("it is ", Hole("x", RECORD)), Sampling(1.0, 0.9, seed=7))
        taken[shortest] = len(steps)
    runs, plainly = found.values()
    assert runs == plainly
    assert runs.observed.mean_logprob == pytest.approx(plainly.observed.mean_logprob, abs=1e-4)
    assert taken[3] < 0.5 * (taken[10**9] - taken[3])


@pytest.mark.parametrize("most", [2, 5, 9, 14])
def test_a_limit_cuts_what_must_come_as_it_cuts_all_else(
    exact: Engine, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask, found = Ask("p", "m", plain("it is ", Hole("x", RECORD, max_tokens=most))), []
    for shortest in (3, 10**9):
        monkeypatch.setattr(decoding, "SHORTEST_RUN", shortest)
        found.append(reply(exact, ask))
    assert isinstance(found[0], Failed)
    assert found[0] == found[1]
    assert found[0].observed.reply_tokens == found[1].observed.reply_tokens == most


def test_a_batch_that_is_full_lets_others_wait(model: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(model.reader.network), "most_bytes", 1)
    asks = [Ask("p", "m", plain(f"full {n} ", Hole("x", Free(5, 9)))) for n in range(5)]
    assert all(isinstance(future.result(timeout=60), Asked) for future in model.submit(asks))


def test_seeds_decide_what_is_sampled(model: Engine) -> None:
    prompt = plain("the ", Hole("x", Free(8, 30)))
    texts = [filled(model, prompt, Sampling(1.2, seed=seed)).texts for seed in (1, 2, 3, 1)]
    assert texts[0] == texts[3]
    assert len(set(texts)) > 1
    assert filled(model, prompt, Sampling(0.0, 0.5, seed=1)) == filled(model, prompt, Sampling(0.0, 1.0, seed=2))


def test_the_same_question_is_asked_once(model: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def choose(*given: object) -> Iterator[int]:
        calls.append(given)
        yield 0
        return Chosen((0.0, 1.0))

    monkeypatch.setattr(engine_module, "choose", choose)
    asked = [Choose(f"path{n}", f"m{n}", plain("a new one"), ("x", "y")) for n in range(24)]
    replies = {future.result(timeout=60) for future in model.submit(asked)}
    assert replies == {Chosen((0.0, 1.0))}
    assert reply(model, asked[0]) == Chosen((0.0, 1.0))
    assert len(calls) == 1


def test_what_is_forgotten_is_asked_again_of_what_was_read(model: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, answer, cache = [], engine_module.choose, model.reader.prefixes
    monkeypatch.setattr(engine_module, "choose", lambda *given: (asked.append(given), answer(*given))[1])
    question = Choose("p", "m", plain("asked, forgotten, asked"), ("x", "y"))
    first = reply(model, question)
    assert reply(model, question) == first
    assert len(asked) == 1
    model.forget()
    computed = cache.read_tokens - cache.cached_tokens
    assert reply(model, question) == first
    assert len(asked) == 2
    assert cache.read_tokens - cache.cached_tokens == computed


def test_choose_is_the_sum_of_the_options_tokens_and_its_end(exact: Engine) -> None:
    tokens, options = exact.reader.tokens, (" yes", " no", " no way", "")
    found = reply(exact, Choose("p", "m", plain("the"), options))
    assert isinstance(found, Chosen)
    for option, score in zip(options, found.scores, strict=True):
        prompt, ids = tokens.encode("the"), tokens.encode(option)
        log_probs = tiny().log_probs(prompt + ids)[len(prompt) - 1 :]
        ends = log_probs[-1, [*exact.reader.network.card.ends, *exact.reader.network.card.newlines]]
        wanted = sum(log_probs[i, id] for i, id in enumerate(ids)) + np.log(np.exp(ends).sum())
        assert score == pytest.approx(wanted, abs=1e-3)


def test_contrast_is_subtracted_and_per_token_divides(exact: Engine) -> None:
    options, prompts = (" yes", " no way"), (plain("the"), plain("ab"), plain("10 10"))

    def scores(prompt: Prompt, per_token: bool = False, contrast: tuple[Prompt, ...] = ()) -> np.ndarray:
        found = reply(exact, Choose("p", "m", prompt, options, contrast, per_token))
        assert isinstance(found, Chosen)
        return np.array(found.scores)

    single = [scores(prompt) for prompt in prompts]
    assert scores(prompts[0], contrast=prompts[1:]) == pytest.approx(single[0] - (single[1] + single[2]) / 2)
    counts = np.array([len(exact.reader.tokens.encode(option)) + 1 for option in options])
    assert scores(prompts[0], per_token=True) == pytest.approx(single[0] / counts)


def test_a_chat_ends_only_with_the_turn(exact: Engine) -> None:
    found = reply(exact, Choose("p", "m", chat(""), ("yes",)))
    scored = reply(exact, Score("p", "m", chat(""), "yes"))
    assert isinstance(found, Chosen)
    assert isinstance(scored, Scored)
    assert found.scores[0] < scored.sum


def test_score_gives_sum_mean_and_lift(exact: Engine) -> None:
    tokens = exact.reader.tokens
    found = reply(exact, Score("p", "m", plain("the"), " yes no", blank=plain("ab")))
    assert isinstance(found, Scored)
    sums = []
    for prompt in (tokens.encode("the"), tokens.encode("ab")):
        ids = tokens.encode(" yes no")
        sums.append(sum(tiny().log_probs(prompt + ids)[len(prompt) - 1 + i, id] for i, id in enumerate(ids)))
    assert (found.sum, found.mean) == pytest.approx((sums[0], sums[0] / len(ids)), abs=1e-3)
    assert found.lift == pytest.approx(sums[0] - sums[1], abs=1e-3)
    assert reply(exact, Score("p", "m", plain("the"), "")) == Scored(0.0, 0.0, None)


@pytest.mark.parametrize(
    ("effect", "kind"),
    [
        (Ask("p", "m", plain("x", Hole("x", Whole(10_000, 99_999), max_tokens=2))), "Truncated"),
        (Ask("p", "m", plain("x", Hole("x", OneOf(())))), "Impossible"),
        (Ask("p", "m", plain("x", Hole("x", Whole(5, 4)))), "Impossible"),
        (Ask("p", "m", plain("x", Hole("x", Free(3, patterns=("[a-z]",))))), "Impossible"),
        (Ask("p", "m", plain("x", Hole("x", Free(patterns=("(?=a)",))))), "Impossible"),
        (Ask("p", "m", plain("x", Hole("x", Free(patterns=("a{100000}",))))), "Impossible"),
        (Ask("p", "m", plain("x" * CONTEXT, Hole("x", Whole()))), "ContextFull"),
        (Ask("p", "m", plain("x", Hole("x", Whole(), max_tokens=CONTEXT))), "ContextFull"),
        (Ask("p", "m", plain("xxxx", Hole("x", Whole())), tokens_left=4), "BudgetSpent"),
        (Ask("p", "m", plain("xxxx", Hole("x", Whole(10, 99))), tokens_left=5), "Truncated"),
        (Choose("p", "m", plain("x" * CONTEXT), ("a",)), "ContextFull"),
        (Choose("p", "m", plain("xxx"), ("a", "b"), tokens_left=4), "BudgetSpent"),
        (Score("p", "m", plain("xxx"), "aaa", tokens_left=5), "BudgetSpent"),
    ],
)
def test_what_cannot_be_answered_is_a_failure(model: Engine, effect: ModelEffect, kind: str) -> None:
    found = reply(model, effect)
    assert isinstance(found, Failed), found
    assert found.kind == kind
    assert found.message


def test_a_text_that_a_limit_cuts_counts(model: Engine) -> None:
    found = filled(model, plain("x ", Hole("x", Free(), max_tokens=3), "\nand ", Hole("y", OneOf(("yes", "no")))))
    assert len(found.texts) == 2


def test_less_budget_never_changes_an_answer_that_fits(model: Engine) -> None:
    free = filled(model, plain("budget ", Hole("x", Free(3, 12))))
    spent = free.observed.prompt_tokens + free.observed.reply_tokens
    same = reply(model, Ask("p", "m", plain("budget ", Hole("x", Free(3, 12))), tokens_left=spent))
    assert same == free
    cut = reply(model, Ask("p", "m", plain("budget ", Hole("x", Free(3, 12))), tokens_left=spent - 1))
    assert cut != free


def test_an_empty_prompt_has_a_beginning(model: Engine) -> None:
    assert filled(model, plain(Hole("x", OneOf(("yes", "no"))))).observed.prompt_tokens == 1


def test_cancelled_questions_are_let_go_and_the_rest_is_answered(model: Engine) -> None:
    long = [Ask("p", "m", plain(f"long {n} ", Hole("x", Free(200, 300)))) for n in range(40)]
    futures = model.submit(long)
    assert all(future.cancel() for future in futures)
    assert isinstance(reply(model, Ask("p", "m", plain("short ", Hole("x", Whole(0, 9))))), Asked)
    assert model._schedule.is_idle
    assert isinstance(reply(model, long[0]), Asked)  # it can be asked again


def test_nothing_is_held_that_an_answer_needed(model: Engine) -> None:
    gc.collect()
    gc.disable()
    try:
        long = model.submit([Ask("p", "m", plain(f"held {n} ", Hole("x", Free(200, 300)))) for n in range(3)])
        reply(model, Ask("p", "m", plain("held ", Hole("x", Free(5, 9)))))
        [future.cancel() for future in long]
        reply(model, Score("p", "m", plain("held on"), "x"))
        assert not [each for each in gc.get_objects() if isinstance(each, Row | Read)]
    finally:
        gc.enable()


def test_a_slot_keeps_the_beginning_that_rows_share(model: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    starts: list[int] = []
    real = Read.copy_into

    def copy_into(read: Read, memory: Memory, row: int, start: int = 0) -> None:
        starts.append(start)
        real(read, memory, row, start)

    monkeypatch.setattr(Read, "copy_into", copy_into)
    begun = "the same beginning of two prompts, "
    for end in ("and one end", "or another end"):
        filled(model, plain(begun + end, Hole("x", Whole(0, 999_999))))
    shared = model.reader.tokens.encode(begun)
    assert starts[1] >= len(shared) - 1


def test_samples_of_a_prompt_share_its_first_log_probs(exact: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    real = exact.reader.network.log_probs
    monkeypatch.setattr(exact.reader.network, "log_probs", lambda hidden: (asked.append(len(hidden)), real(hidden))[1])
    prompt = plain("ten samples of this: ", Hole("x", OneOf(("a", "b")), max_tokens=1))
    futures = exact.submit([Ask("p", "m", prompt, Sampling(1.0, seed=seed)) for seed in range(10)])
    for future in futures:
        future.result(timeout=60)
    assert asked == [1]


def test_closing_cancels_what_is_not_answered(tmp_path: Path) -> None:
    for model in opened(tmp_path):
        futures: list[Future[Reply]] = model.submit([Ask("p", "m", plain("a ", Hole("x", Free(300, 400))))] * 2)
        model.close()
        for future in futures:
            with pytest.raises(CancelledError):
                future.result(timeout=60)
        with pytest.raises(RuntimeError, match="closed"):
            model.submit([])


def test_a_closed_engine_leaves_no_thread(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    for model in opened(tmp_path):
        filled(model, plain("the ", Hole("x", Whole(-999, 999))))
        started = set(threading.enumerate()) - before
        assert any(thread.name.startswith("lottery-") for thread in started)
    assert not (set(threading.enumerate()) - before)


LEFT_OPEN = """
import sys
from lotterylang.run.effects import Ask, Prompt, Turn
from lotterylang.run.shapes import Free, Hole
from lotterylang.world.model.open import open_model
prompt = Prompt((Turn(None, ("a ", Hole("x", Free(400)))),))
open_model(sys.argv[1]).submit([Ask("p", "m", prompt)])
"""


def test_a_process_may_end_without_closing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTTERY_HOME", str(tmp_path))
    path = tiny().write(tmp_path / "tiny.gguf")
    found = subprocess.run([sys.executable, "-c", LEFT_OPEN, str(path)], capture_output=True, check=False)
    assert (found.returncode, found.stdout, found.stderr) == (0, b"", b"")


def test_a_defect_reaches_who_waits_and_the_worker_lives(model: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def defect(*given: object) -> Reply:
        raise ZeroDivisionError

    monkeypatch.setattr(engine_module, "score", defect)
    with pytest.raises(ZeroDivisionError):
        reply(model, Score("p", "m", plain("a defect"), "x"))
    monkeypatch.undo()
    assert isinstance(reply(model, Score("p", "m", plain("a defect"), "x")), Scored)


def test_every_reply_says_what_it_cost(model: Engine) -> None:
    found = filled(model, plain("observed the same ", Hole("x", OneOf(("yes", "no")))))
    seen = found.observed
    assert seen.prompt_tokens == len(model.reader.tokens.encode("observed the same"))
    assert seen.mean_logprob is not None and seen.mean_logprob < 0
    assert seen.margin is not None and seen.margin >= 0
    assert seen.entropy is not None and 0 <= seen.entropy < np.log(3)
    again = filled(model, plain("observed the same ", Hole("x", OneOf(("yes", "no")))))
    assert again.observed.cached_tokens == seen.prompt_tokens


def test_names_and_identities(model: Engine, exact: Engine) -> None:
    assert model.name.endswith("tiny.gguf")
    assert exact.name.endswith(":fp32")
    assert model.identity != exact.identity
    assert "int8" in model.identity and "cpu-" in model.identity


@pytest.mark.parametrize("spec", ["smollm2-135m", "gpt-9", "", "smollm2-135m-instruct:old", "radnom"])
def test_an_unknown_model_lists_the_known_ones(spec: str) -> None:
    with pytest.raises(LotError, match="LOT-E0703") as raised:
        open_model(spec)
    help = str(raised.value.diagnostics[0].help)
    assert "smollm2-135m-instruct" in help
    assert ("did you mean" in help) == (spec not in ("", "gpt-9"))


def test_what_is_sent_is_shown_without_the_graphs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTTERY_HOME", str(tmp_path))
    spec = str(tiny().write(tmp_path / "tiny.gguf"))
    prompt = chat("I say ", Hole("x", Whole()), " times")
    shown = sent_to(spec, prompt)
    assert shown.text.endswith("<|im_start|>assistant\nI say")
    assert sent_to(spec, prompt, ("4",)).text.endswith("I say 4 times")
    assert shown.ids.count(1) == 3
    assert sent_to("first", prompt) == Sent("user: what?\nassistant: I say", ())
    bare = str(tiny().write(tmp_path / "bare.gguf", template=None))
    with pytest.raises(LotError, match="LOT-E0704") as raised:
        sent_to(bare, prompt)
    assert_golden("LOT-E0704 no template", raised.value, tmp_path)
    model = open_model(bare)
    assert isinstance(model, Engine)
    for effect in (Ask("p", "m", prompt), Choose("p", "m", chat("x"), ("a",)), Score("p", "m", chat("x"), "a")):
        found = reply(model, effect)
        assert isinstance(found, Failed) and found.kind == "Impossible"
    model.close()
