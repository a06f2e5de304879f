"""The commands `:type :prompt :grammar :effects :memory :why :budget :undo :load :reset :step :help`.

Enters: a command. Leaves: lines that are shown. Next door: `loop.py` has `:step` and `:quit`, `live.py` the state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lotterylang.check.names import close_name
from lotterylang.run.budget import DEFAULT_LIMITS
from lotterylang.run.effects import Ask, Choose, ModelEffect, Score
from lotterylang.run.memory import Memory
from lotterylang.shell import prompts, screen, why
from lotterylang.shell.repl import showing
from lotterylang.shell.repl.entry import Command, parsed
from lotterylang.shell.repl.live import Live
from lotterylang.syntax import tree
from lotterylang.syntax.diagnostics import LotError, error

COMMANDS: Mapping[str, tuple[str, str]] = {
    "type": (":type EXPR", "its type and what it touches; nothing runs"),
    "prompt": (":prompt EXPR", "exactly what would be sent first, with token counts; nothing is sent"),
    "grammar": (":grammar EXPR", "what the model may write or choose there"),
    "step": (":step EXPR", "run it part by part; then :step :next :continue :stop :where :memory"),
    "effects": (":effects [NAME]", "what a function touches, or all of them"),
    "memory": (":memory [NAME]", "what the memory holds, and who wrote it"),
    "why": (":why", "the questions and replies of the last entry that asked"),
    "budget": (":budget", "what was spent, and the limits"),
    "undo": (":undo", "take back the last entry that changed something"),
    "load": (":load FILE", "declare what a file declares"),
    "reset": (":reset", "go back to the start of the session"),
    "help": (":help", "this list"),
    "quit": (":quit", "end (so does Ctrl-D)"),
}
"""Every command: how it is written, and what it does."""


class Commands:
    """Carries commands out, `:step` and `:quit` aside."""

    def __init__(self, live: Live, say: Callable[[str], None]) -> None:
        self.live = live
        self.say = say

    def do(self, command: Command) -> None:
        """Carry out a command. Errors: LOT-E0632 for an unknown one or a wrong operand; those of what it does."""
        method = getattr(self, f"_{command.name}", None)
        if command.name not in COMMANDS or method is None:
            raise unknown(command)
        method(command.rest)

    def block(self, command: str, rest: str) -> tree.Block:
        """Read the expression that a command takes. Errors: LOT-E0632; those of the parser."""
        source = self.live.source(rest)
        found = parsed(source) if rest else None
        if not isinstance(found, tree.Block):
            raise error("LOT-E0632", f"`:{command}` takes an expression", help=f"write `{COMMANDS[command][0]}`")
        return found

    # nothing runs

    def _type(self, rest: str) -> None:
        checked = self.live.check(self.block("type", rest))
        for name, kind in checked.bound.items():
            self.say(f"{name} : {kind}")
        if not checked.bound:
            self.say(f"{checked.type}  {showing.touched(checked.effects)}")

    def _effects(self, rest: str) -> None:
        functions = self.live.state.program.functions
        if rest and rest not in functions:
            raise _no_such("function", rest, functions)
        for name in [rest] if rest else (name for name in functions if "." not in name):
            self.say(f"{name}  {showing.touched(functions[name].effects)}")

    def _memory(self, rest: str) -> None:
        self.memory(self.live.state.memory, rest)

    def memory(self, memory: Memory, name: str) -> None:
        """Show what a memory holds: one store, or all. Errors: LOT-E0632 for one that there is not."""
        stores = self.live.state.program.memories
        if name and name not in stores:
            raise _no_such("memory", name, stores)
        for each in [name] if name else stores:
            most = None if name else showing.MOST_PLACES
            for line in showing.held(stores[each], memory[each], self.live.unwritten(each), most):
                self.say(line)

    def _why(self, rest: str) -> None:
        path = self.live.last_asked
        if path is None:
            raise error("LOT-E0619", "nothing was asked yet in this session", help="run something that asks a model")
        for line in why.as_lines(why.load(path)):
            self.say(line)

    def _budget(self, rest: str) -> None:
        for resource, limit in DEFAULT_LIMITS.items():
            last, total = self.live.spent_last.get(resource, 0), self.live.spent.get(resource, 0)
            self.say(f"{resource:<6}  last entry {last:,} of {limit:,}, session {total:,}")

    def _help(self, rest: str) -> None:
        width = max(len(written) for written, _ in COMMANDS.values())
        for written, does in COMMANDS.values():
            self.say(f"{written:<{width}}  {does}")
        self.say(
            "All else runs, or is declared as in a file. An entry goes on while brackets or triple quotes are open."
        )

    # what would be asked

    def _prompt(self, rest: str) -> None:
        from lotterylang.world.model.open import sent_to

        def written(effect: ModelEffect, prompt: Any) -> tuple[str, int]:
            with screen.progress() as progress:
                found = sent_to(self.live.spec(effect.model), prompt, (), progress)
            return found.text, len(found.ids)

        for effect in self._due("prompt", rest):
            text, count = written(effect, effect.prompt)
            each: dict[str, Any] = {"path": effect.path, "model": self.live.spec(effect.model)}
            each |= {"text": text, "tokens": count or None}
            if not isinstance(effect, Ask):
                each["options"] = effect.options if isinstance(effect, Choose) else [effect.text]
                others = effect.contrast if isinstance(effect, Choose) else [effect.blank] if effect.blank else []
                each["contrast"] = [written(effect, other)[0] for other in others]
            self.say(prompts.as_text(each))

    def _grammar(self, rest: str) -> None:
        from lotterylang.world.model.constraint.constraint import constraint, gap

        for effect in self._due("grammar", rest):
            if isinstance(effect, Choose):
                self.say(f"{effect.path} chooses from")
                for option in effect.options:
                    self.say(f"  {option!r}")
            elif isinstance(effect, Score):
                self.say(f"{effect.path} scores a given text: nothing is written")
            else:
                for place, hole in enumerate(effect.prompt.holes):
                    self.say(f"{effect.path} @{{{hole.name}}}")
                    for line in constraint(gap(effect.prompt, place), effect.prompt.is_chat).grammar().split("\n"):
                        self.say(f"  {line}")

    def _due(self, command: str, rest: str) -> list[ModelEffect]:
        effects, failure = self.live.due(self.block(command, rest))
        for line in screen.failure_text(failure) if failure is not None else []:
            self.say(line)
        asked = [effect for effect in effects if isinstance(effect, ModelEffect)]
        for effect in effects:
            if not isinstance(effect, ModelEffect):
                self.say(f"{effect.path} is no question to a model")
        if not effects and failure is None:
            self.say("it asks no model")
        return asked

    # what changes the state

    def _undo(self, rest: str) -> None:
        self.live.undo()
        self.say("undone")

    def _reset(self, rest: str) -> None:
        self.live.reset()
        self.say("back at the start")

    def _load(self, rest: str) -> None:
        if not rest:
            raise error("LOT-E0632", "`:load` takes a file", help="write `:load FILE`")
        for node in self.live.load(rest):
            self.say(showing.declaration(self.live, node))


def unknown(command: Command) -> LotError:
    """Say that there is no such command, or not here."""
    close = close_name(command.name, COMMANDS)
    help = f"write `:{close}`" if close and close != command.name else "`:help` lists the commands"
    return error("LOT-E0632", f"there is no command `:{command.name}` here", help=help)


def _no_such(kind: str, name: str, known: Mapping[str, Any]) -> LotError:
    listed = ", ".join(f"`{each}`" for each in known)
    return error("LOT-E0632", f"there is no {kind} `{name}`", help=f"there is {listed}" if known else "declare it")
