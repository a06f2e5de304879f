"""A terminal: editing, history in the cache folder, completion, entries of several lines. Next door: `reading.py`."""

from __future__ import annotations

from collections.abc import Iterable

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from lotterylang.home import home
from lotterylang.shell.repl.entry import is_open
from lotterylang.shell.repl.reading import Complete
from lotterylang.syntax.diagnostics import LotError

HISTORY = "repl_history"


class Terminal:
    """Reads entries with prompt_toolkit."""

    is_terminal = True

    def __init__(self, complete: Complete) -> None:
        self._session: PromptSession[str] = PromptSession(
            multiline=True,
            history=_history(),
            completer=_Words(complete),
            complete_while_typing=False,
            key_bindings=_keys(),
            prompt_continuation=lambda width, number, is_soft: "... ".rjust(width),
        )

    def read(self, prompt: str) -> str:
        """Give the next entry."""
        return self._session.prompt(prompt)


class _Words(Completer):
    def __init__(self, complete: Complete) -> None:
        self._complete = complete

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        begun, words = self._complete(document.text_before_cursor)
        for word in words:
            yield Completion(word, start_position=-len(begun))


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("enter")
    def _(event: KeyPressEvent) -> None:
        """End the entry, or its line where brackets or quotes are open."""
        buffer = event.current_buffer
        if buffer.complete_state is not None and buffer.complete_state.current_completion is not None:
            buffer.complete_state = None
        elif is_open(buffer.text):
            buffer.newline(copy_margin=False)
        else:
            buffer.validate_and_handle()

    return keys


def _history() -> History:
    """Keep the history in the cache folder; where nothing can be written, in this process."""
    try:
        path = home() / HISTORY
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        return FileHistory(str(path))
    except (OSError, LotError):
        return InMemoryHistory()
