"""The loop of `lot repl`: read an entry, run it, show what it did; an error changes nothing and ends nothing.

Enters: what the command line says. Leaves: the exit status. Next door: `reading.py` reads, `live.py` runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager

from lotterylang.shell import margin, screen
from lotterylang.shell.defect import described
from lotterylang.shell.repl import showing
from lotterylang.shell.repl.commands import COMMANDS, Commands
from lotterylang.shell.repl.completion import completions
from lotterylang.shell.repl.debugger import Debugger, Stopped
from lotterylang.shell.repl.entry import Command, command, parsed
from lotterylang.shell.repl.live import Live, Said
from lotterylang.shell.repl.reading import Reader, reader
from lotterylang.syntax import tree
from lotterylang.syntax.diagnostics import LotError, error
from lotterylang.world.model.progress import Progress

PROMPT = "lot> "


def run(file: str | None, model: str | None, seed: int | None, allow: Sequence[str] = ()) -> int:
    """Run a session to its end; give the exit status. Errors: those of the file that it starts with."""
    live = Live(model, seed, allow)
    if file is not None:
        live.load(file)
        live.begin_here()
    entries = reader(lambda before: completions(live.state, tuple(COMMANDS), before))
    if entries.is_terminal:
        screen.say("LotteryLang. :help lists the commands, Ctrl-D ends.")
    with closing(live.outside):
        return Repl(live, entries).run()


class Repl:
    """One session."""

    def __init__(self, live: Live, entries: Reader) -> None:
        self.live = live
        self.entries = entries
        self.commands = Commands(live, screen.say)
        self.worst = 0

    def run(self) -> int:
        """Read and run entries until the end. A terminal's session ends with 0, a pipe's with its worst status."""
        ended = False
        while not ended:
            try:
                ended = self._entry(self.entries.read(PROMPT))
            except EOFError:
                break
            except KeyboardInterrupt:
                if not self.entries.is_terminal:
                    raise
                screen.err().print("interrupted; nothing has changed")
            except Stopped as stopped:
                screen.say("stopped; nothing has changed")
                ended = stopped.ends
            except Exception as problem:
                self._complain(problem)
        return 0 if self.entries.is_terminal else self.worst

    def _complain(self, problem: Exception) -> None:
        self.worst = max(self.worst, 2)
        if isinstance(problem, BrokenPipeError):
            raise problem
        if isinstance(problem, OSError):
            reason = (problem.strerror or str(problem)).lower()
            problem = error("LOT-E0617", reason, help="free space or mend permissions")
        screen.complain(problem if isinstance(problem, LotError) else described(problem), False)

    def _entry(self, text: str) -> bool:
        """Run an entry; tell whether it ends the session."""
        found = command(text)
        if found is not None:
            return self._command(found)
        if not text.strip() or all(line.lstrip().startswith("#") or not line.strip() for line in text.split("\n")):
            return False
        what = parsed(self.live.source(text))
        if isinstance(what, tree.Module):
            self._show(Said(declared=self.live.declare(what)))
            return False
        with _progress() as progress:
            done = self.live.enter(what, progress)
        self._show(done)
        return False

    def _command(self, found: Command) -> bool:
        if found.name == "quit":
            return True
        if found.name == "step":
            block = self.commands.block("step", found.rest)
            debugger = Debugger(self.entries.read, self._memory)
            self._show(self.live.enter(block, lambda stage, done, total: None, debugger))
        else:
            self.commands.do(found)
        return False

    def _memory(self, memory: object, name: str) -> None:
        """Show the memory of a run that pauses; a wrong name ends nothing."""
        try:
            self.commands.memory(memory, name)  # type: ignore[arg-type]
        except LotError as problem:
            screen.complain(problem, False)

    def _show(self, done: Said) -> None:
        for line in showing.said(done, self.live):
            screen.say(line)
        if done.finished is None:
            return
        failure = done.finished.outcome.failure
        if failure is not None:
            self.worst = max(self.worst, 1)
            for line in screen.failure_text(failure):
                screen.err().print(line, style="red" if line.startswith("failed") else None)
        untold = screen.untold(done.finished)
        if untold:
            screen.err().print(margin.as_text(untold), style="yellow")


@contextmanager
def _progress() -> Iterator[Progress]:
    """Show the stages of long work, once there is one: most entries have none."""
    with ExitStack() as stack:
        begun: list[Progress] = []

        def tell(stage: str, done: int, total: int) -> None:
            if not begun:
                begun.append(stack.enter_context(screen.progress()))
            begun[0](stage, done, total)

        yield tell
