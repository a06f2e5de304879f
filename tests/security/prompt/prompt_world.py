"""Text from outside in, prompts out: data of every kind is put where a program shows it, and must stay data.

`Talk.same` runs a function with harmless text and with the attack: both prompts must have the same turns, the same
holes and the same control tokens, the attack must stand there as it is, and the harmless call gives the same after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tiny_llama import tiny

from lotterylang.check import check
from lotterylang.run.doors import Doors
from lotterylang.run.effects import Ask, Asked, Call, Called, Choose, Chosen, Effect, Find, Found, Hit, Prompt, Reply
from lotterylang.run.runner import Outcome, Runner, Settings
from lotterylang.syntax.parser import source_of
from lotterylang.world.model.build import card as cards
from lotterylang.world.model.build.card import Card
from lotterylang.world.model.template import sent
from lotterylang.world.model.tokenizer import Tokens, rebuilt
from lotterylang.world.model.weights.gguf import Gguf

CONTROL = (0, 1, 2)
"""The control tokens of the small model."""

EVERYWHERE = (
    *("question", "in_system", "begun", "plain", "found", "called"),
    *("told", "again", "remembered", "listed", "named", "decided"),
)
"""The functions of the program: each shows text of another kind at another place."""

PROGRAM = '''
model small = first()
index wiki = hnsw("wiki.jsonl")
tool look(place: text where len(place) <= 9) -> text = std.tools.same
tool say(anything: text) -> text = std.tools.same
tool finish(answer: text where len(answer) <= 9) -> text = std.tools.same
memory kept: text = ""
type Note { title: text, body: text }

fn question(x: text) -> text { (ASK small """
    system: Be brief.
    user: ${x}
    assistant: @{reply: text where len(reply) <= 9}
    """).reply }
fn in_system(x: text) -> text { (ASK small """
    system: The user is called ${x}.
    user: Hello.
    assistant: @{reply: text where len(reply) <= 9}
    """).reply }
fn begun(x: text) -> text { (ASK small """
    user: Go on.
    assistant: ${x} @{reply: text where len(reply) <= 9}
    """).reply }
fn plain(x: text) -> text { (ASK small "Q: ${x}\\nA: @{reply: text where len(reply) <= 9}\\nB: @{more: int}").reply }
fn found(x: text) -> text {
  let hits = FIND 2 in wiki for "a"
  (ASK small """
    user: ${hits}
    assistant: @{reply: text where len(reply) <= 9}
    """).reply
}
fn called(x: text) -> text {
  let seen = CALL look("a")
  (ASK small """
    user: ${seen}
    assistant: @{action: call<look | finish>}
    """)
  seen
}
fn told(x: text) -> text { (ASK small """
    system: Be brief.
    ${turns([(x, "yes"), ("no", x)])}
    user: And?
    assistant: @{reply: text where len(reply) <= 9}
    """).reply }
fn again(x: text) -> text {
  retry 2 as feedback {
    let reply = (ASK small """
      user: Say it. ${feedback}
      assistant: @{reply: text where len(reply) <= 9}
      """).reply
    ensure feedback != "" else x
    reply
  }
}
fn remembered(x: text) -> text {
  WRITE x -> kept
  READ kept -> y
  question(y)
}
fn listed(x: text) -> text { question(json([Note(title = x, body = x)])) }
fn named(x: text) -> text { (ASK small """
    user: ${say(x)}
    assistant: @{action: call<look | finish>}
    """)
  x
}
fn decided(x: text) -> bool { (CHOOSE small """
    user: ${x}
    """ from bool).value }
'''


@cache
def _model() -> tuple[Card, Tokens]:
    with TemporaryDirectory() as folder:
        weights = Gguf(tiny().write(Path(folder) / "tiny.gguf"))
        rebuilt(weights.vocabulary).save(f"{folder}/tokenizer.json")
        card = cards.drawn(weights.architecture, weights.vocabulary, "key", "int8")
        return card, Tokens(Path(folder) / "tokenizer.json")


class _World:
    """Answers everything, and keeps what it is asked; documents and tools say the attack."""

    name = identity = "world"

    def __init__(self, attack: str) -> None:
        self.attack = attack
        self.heard: list[Effect] = []

    def submit(self, effects: Sequence[Any]) -> list[Future[Reply]]:
        futures: list[Future[Reply]] = []
        for effect in effects:
            self.heard.append(effect)
            future: Future[Reply] = Future()
            future.set_result(self._reply(effect))
            futures.append(future)
        return futures

    def close(self) -> None:
        pass

    def _reply(self, effect: Effect) -> Reply:
        match effect:
            case Ask(_, _, prompt):
                said = {"action": 'finish(answer = "x")', "more": "1"}
                return Asked(tuple((hole.name, said.get(hole.name, "x")) for hole in prompt.holes))
            case Choose():
                return Chosen((-1.0, -2.0))
            case Find():
                return Found((Hit(self.attack, self.attack, 1, self.attack), Hit(self.attack)))
            case Call():
                return Called(self.attack)
        raise AssertionError(effect)


class Talk:
    """The program, and the world around it."""

    def __init__(self) -> None:
        self.program = check(source_of("talk.lot", PROGRAM))

    def run(self, function: str, text: str) -> tuple[Outcome, list[Prompt]]:
        """Run a function with a text, which all of the outside says too; give its prompts."""
        world = _World(text)
        doors = Doors(tool=lambda _: world, index=lambda _: world)
        runner = Runner(self.program, lambda _: world, Settings(), doors)  # type: ignore[arg-type, return-value]
        outcome = runner.run(runner.unit.codes[function], (text,))
        return outcome, [effect.prompt for effect in world.heard if isinstance(effect, Ask | Choose)]

    def same(self, function: str, attack: str) -> None:
        """See that an attack changes nothing but the text that it is."""
        harmless = self.run(function, "x")
        outcome, prompts = self.run(function, attack)
        assert outcome.failure is None
        assert list(map(_form, prompts)) == list(map(_form, harmless[1]))
        again = self.run(function, "x")
        assert (again[0].value, again[1]) == (harmless[0].value, harmless[1])


def _form(prompt: Prompt) -> object:
    """Give what no text may change: the roles, the holes, and the control tokens of what is sent."""
    card, tokens = _model()
    ids = sent(prompt, ("1",) * max(0, len(prompt.holes) - 1), card, tokens).ids
    control = [id for id in ids if id in CONTROL]
    return [turn.role for turn in prompt.turns], prompt.holes, control
