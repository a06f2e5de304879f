"""A question has one answer, bit for bit, whatever is asked beside it, given up, preempted, let go and restored."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny_llama import tiny

from lotterylang.check import check
from lotterylang.run.effects import Ask, Choose, ModelEffect, Prompt, Reply, Sampling, Score, Turn
from lotterylang.run.runner import Runner
from lotterylang.run.shapes import Fields, Free, Hole, Listing, OneOf, Shape, Whole
from lotterylang.syntax.parser import source_of
from lotterylang.world.model import device, scheduling
from lotterylang.world.model.build.folder import TOKENIZER
from lotterylang.world.model.decoding.batch import Batch
from lotterylang.world.model.decoding.filling import fill
from lotterylang.world.model.decoding.row import Row
from lotterylang.world.model.engine import Engine
from lotterylang.world.model.network.opening import opened
from lotterylang.world.model.open import ready
from lotterylang.world.model.prefix.cache import PrefixCache
from lotterylang.world.model.reader import Reader
from lotterylang.world.model.scheduling import Question, Schedule
from lotterylang.world.model.scoring.choosing import choose, score
from lotterylang.world.model.tokenizer import Tokens

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
LARGE = 1 << 24


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOTTERY_HOME", str(home))
        return ready(str(tiny().write(home / "tiny.gguf")))


@cache
def network(folder: Path, threads: int = 1) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(device, "usable_cores", lambda: threads)
        return opened(folder)


def reader(folder: Path, prefix_bytes: int, threads: int = 1) -> Reader:
    net = network(folder, threads)
    return Reader(net, PrefixCache(net, prefix_bytes), Tokens(folder / TOKENIZER))


class Desk:
    """A schedule that the test cranks itself, and the answers so far."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.schedule = Schedule(reader.network, reader.prefixes.tree)
        self.answers: dict[int, Any] = {}
        self.questions: dict[int, Question] = {}

    def enter(self, number: int, effect: ModelEffect, asker: int) -> None:
        work: dict[type, Any] = {Ask: fill, Choose: choose, Score: score}
        steps = work[type(effect)](effect, self.reader)
        found = Question(asker, isinstance(effect, Ask), steps, lambda answer: self.settle(number, answer))
        self.questions[number] = found
        self.schedule.enter(found)

    def settle(self, number: int, answer: Reply | Exception) -> None:
        assert number not in self.answers
        self.answers[number] = answer

    def turn(self) -> None:
        self.schedule.turn()
        rows, network = self.schedule._batch._rows, self.reader.network
        left = network.most_bytes - self.reader.prefixes.tree.pinned_bytes
        longest = max((row.length for row in rows), default=1)
        assert len(rows) <= max(1, left // (longest * network.bytes_per_slot_position))

    def finish(self) -> None:
        for _ in range(5_000):
            if self.schedule.is_idle:
                break
            self.turn()
        assert self.schedule.is_idle
        assert self.reader.prefixes.tree.pinned_bytes == 0
        assert len(self.schedule._batch) == 0


@cache
def alone(folder: Path, effect: ModelEffect) -> Any:
    """Answer a question by itself: nothing read before, nothing beside it."""
    desk = Desk(reader(folder, 0))
    desk.enter(0, effect, 0)
    desk.finish()
    return bits(desk.answers[0])


def bits(answer: Any) -> Any:
    """Give what of an answer must be equal, to the last bit."""
    if isinstance(answer, Exception):
        raise answer
    return answer, replace(answer.observed, cached_tokens=0, seconds=0.0)


BEGINNINGS = ("", "the ", "the yes no ", "the yes no 10 ab and the rest of it ")
SHAPES: tuple[Shape, ...] = (
    OneOf(("yes", "no", "none of them")),
    Whole(-20, 1234),
    Free(2, 20),
    Free(1, 9, patterns=("[a-f]+",)),
    Listing(Whole(0, 9), 1, 3),
    Fields((("a", OneOf(("x", "y"))), ("b", Whole(0, 9)))),
    OneOf(()),
)


@st.composite
def prompts(draw: st.DrawFn, holes: int) -> Prompt:
    """Draw prompts that begin alike."""
    parts: list[str | Hole] = [draw(st.sampled_from(BEGINNINGS)) + draw(st.sampled_from(("a", "b ", "10: ", "so ")))]
    for number in range(holes):
        parts += [
            Hole(f"x{number}", draw(st.sampled_from(SHAPES)), max_tokens=40),
            draw(st.sampled_from((" and ", "\n"))),
        ]
    is_chat = draw(st.booleans())
    return Prompt(
        (Turn("user", ("what?",)), Turn("assistant", tuple(parts))) if is_chat else (Turn(None, tuple(parts)),)
    )


@st.composite
def effects(draw: st.DrawFn) -> ModelEffect:
    kind = draw(st.sampled_from(("ask", "ask", "ask", "choose", "score")))
    if kind == "ask":
        sampling = Sampling(draw(st.sampled_from((0.0, 1.2))), 0.95, draw(st.integers(0, 2)))
        return Ask("p", "m", draw(prompts(draw(st.integers(1, 2)))), sampling)
    if kind == "choose":
        options = tuple(draw(st.lists(st.sampled_from((" yes", " no", " no way", "ab")), min_size=1, unique=True)))
        contrast = tuple(draw(st.lists(prompts(0), max_size=1)))
        return Choose("p", "m", draw(prompts(0)), options, contrast)
    return Score("p", "m", draw(prompts(0)), draw(st.sampled_from((" yes no", "ab", ""))))


@QUICK
@given(
    data=st.data(),
    asked=st.lists(st.tuples(effects(), st.integers(0, 2)), min_size=1, max_size=10),
    rows=st.sampled_from((1, 2, 3, 16)),
    positions=st.sampled_from((80, 200, 10_000)),
    spell=st.integers(1, 4),
    slices=st.sampled_from((16, 24, 64)),
    cached=st.sampled_from((0, 40, 100_000)),
    threads=st.sampled_from((1, 2)),
)
def test_an_answer_does_not_depend_on_its_company(
    folder: Path,
    data: Any,
    asked: list[tuple[ModelEffect, int]],
    rows: int,
    positions: int,
    spell: int,
    slices: int,
    cached: int,
    threads: int,
) -> None:
    each = network(folder).bytes_per_position
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(network(folder)), "most_bytes", positions * each)
        patch.setattr(scheduling, "SPELL", spell)
        patch.setattr(scheduling, "SLICE", slices)
        patch.setattr(scheduling, "LONG_SLICE", slices)
        patch.setattr(type(network(folder)), "most_rows", rows)
        desk = Desk(reader(folder, cached * each, threads))
        waiting, given_up = dict(enumerate(asked)), set()
        while waiting:
            event = data.draw(st.sampled_from(("enter", "turn", "turn", "withdraw")))
            if event == "enter":
                number = min(waiting)
                desk.enter(number, *waiting.pop(number))
            elif event == "turn":
                desk.turn()
            elif left := sorted(desk.questions.keys() - desk.answers.keys() - given_up):
                given_up.add(number := data.draw(st.sampled_from(left)))
                desk.schedule.withdraw(desk.questions[number])
        desk.finish()
    assert desk.answers.keys() == desk.questions.keys() - given_up
    for number, answer in desk.answers.items():
        assert bits(answer) == alone(folder, asked[number][0])


def rows_of(folder: Path, texts: list[str]) -> list[Row]:
    """Make rows that are read and not begun."""
    shared = reader(folder, LARGE)
    found = []
    for number, text in enumerate(texts):
        hole = Hole("x", Free(25, 40), max_tokens=60)
        steps = fill(Ask("p", "m", Prompt((Turn(None, (text, hole)),)), Sampling(1.0, 0.95, number)), shared)
        row = next(steps)
        while not isinstance(row, Row):
            row = steps.send(256)
        found.append(row.copied())
        steps.close()
    return found


def decoded(batch: Batch, row: Row) -> list[Any]:
    while row.outcome is None:
        batch.step()
    return row.taken


@QUICK
@given(
    texts=st.lists(st.sampled_from(BEGINNINGS[1:]), min_size=1, max_size=4),
    steps=st.lists(st.integers(0, 12), min_size=4, max_size=4),
)
def test_a_row_that_is_restored_goes_on_as_if_it_had_never_left(
    folder: Path, texts: list[str], steps: list[int]
) -> None:
    rows, twins = rows_of(folder, texts), rows_of(folder, texts)
    tree = rows[0].read._tree
    here = Batch(network(folder), tree)
    wanted = []
    for row in twins:
        if here.begin(row):
            here.join(row)
        wanted.append(decoded(here, row))
    begun = [row for row in rows if here.begin(row)]
    for row in begun:
        here.join(row)
        for _ in range(steps[0]):
            if len(here):
                here.step()
    saved = [(row, here.snapshot(row)) for row in begun if row.outcome is None]
    for row, _ in saved:
        for _ in range(steps[1]):
            if len(here):
                here.step()
        if row.outcome is None:
            here.pause(row)
    for row, copied in reversed(saved):
        here.join(copied)
        if row.outcome is None:
            here.join(row)
        here.step()
    while len(here):
        here.step()
    assert [row.taken for row in rows] == wanted
    for row, copied in saved:
        assert (copied.taken, copied.reply, copied.outcome) == (row.taken, row.reply, row.outcome)


def asks(folder: Path, count: int, tokens: int) -> list[Ask]:
    hole = Hole("x", Free(2 * tokens, 3 * tokens), max_tokens=tokens)
    return [Ask("p", "m", Prompt((Turn(None, (f"the {number} ", hole)),))) for number in range(count)]


def test_a_late_program_gets_its_share_of_a_full_batch(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(network(folder)), "most_rows", 4)
    monkeypatch.setattr(scheduling, "SPELL", 8)
    desk = Desk(reader(folder, LARGE))
    for number, effect in enumerate(asks(folder, 7, 60)):
        desk.enter(number, effect, asker=0)
    for _ in range(12):
        desk.turn()
    for number, effect in enumerate(asks(folder, 5, 60)[:2]):
        desk.enter(
            100 + number, replace(effect, prompt=Prompt((Turn(None, ("no ", effect.prompt.holes[0])),))), asker=1
        )
    for _ in range(12):
        desk.turn()
    held = [question.asker for question in desk.schedule._decoding.values()]
    assert sorted(held) == [0, 0, 1, 1]
    assert desk.schedule.preemptions == 2
    desk.finish()
    assert desk.schedule.waits >= 3
    assert len(desk.answers) == 9


def test_what_needs_no_place_does_not_wait_for_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(network(folder)), "most_rows", 1)
    desk = Desk(reader(folder, LARGE))
    for number, effect in enumerate(asks(folder, 5, 60)):
        desk.enter(number, effect, asker=0)
    desk.enter(9, Score("p", "m", Prompt((Turn(None, ("the",)),)), " yes"), asker=0)
    for _ in range(5):
        desk.turn()
    assert desk.answers.keys() == {9}
    for question in desk.questions.values():
        desk.schedule.withdraw(question)
    desk.finish()


def test_rows_that_outgrow_the_memory_are_paused_and_go_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(network(folder)), "most_bytes", 55 * network(folder).bytes_per_position)
    desk = Desk(reader(folder, LARGE))
    asked = asks(folder, 4, 60)
    for number, effect in enumerate(asked):
        desk.enter(number, effect, asker=0)
    desk.finish()
    assert desk.schedule.preemptions > 0
    assert [bits(desk.answers[number]) for number in range(4)] == [alone(folder, effect) for effect in asked]


PROGRAM = """
model small = onnx("tiny", seed = 3)
fn part(question: text) -> text {
  let reply = ASK small(temperature = 1) "the yes no ${question} is @{a: text where len(a) <= 12}"
  let other = ASK small "the yes no ${reply.a} or @{b: int where 0 <= b <= 99}"
  let c = CHOOSE small "the yes no ${reply.a}" from ["yes", "no"]
  "${reply.a} ${other.b} ${c.value}"
}
fn whole(questions: list<text>) -> text { join(DIVIDE all questions with part, "\n") }
"""


def test_a_program_has_one_hash(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = check(source_of("p.lot", PROGRAM))
    found = set()
    for threads, prefix_bytes, company in ((1, 0, 0), (2, 1 << 16, 9), (1, LARGE, 3), (2, LARGE, 0)):
        monkeypatch.setattr(device, "usable_cores", lambda threads=threads: threads)
        engine = Engine("tiny", folder, prefix_bytes)
        beside = engine.submit(asks(folder, company, 30), asker="beside")
        runner = Runner(program, lambda declaration, engine=engine: engine)
        found.add(runner.run(runner.unit.codes["whole"], (("a", "b", "the", "ab", "no", "10"),)).hash)
        [future.cancel() for future in beside]
        engine.close()
    assert len(found) == 1
