"""The template: a prompt in, the exact tokens that are sent out.

Roles become control tokens here and nowhere else. A turn's text is encoded once as a whole, with control tokens off;
one space before the hole that comes next stays behind, for the reply to begin with. Next door: `run/effects.py` says
what a prompt is; `lot prompt` shows `Sent.text`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lotterylang.run.effects import Prompt
from lotterylang.run.shapes import Hole

if TYPE_CHECKING:
    from lotterylang.world.model.build.card import Card
    from lotterylang.world.model.tokenizer import Tokens

CHAT_OPEN, CHAT_CLOSE = "<|im_start|>", "<|im_end|>"
"""The control tokens of the only chat template known so far, ChatML."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a model is sent: the text with its control tokens written out, and the ids."""

    text: str
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Written:
    """Turns with the holes so far filled in; where `open` is set, the last turn is to be continued."""

    turns: tuple[tuple[str | None, str], ...]
    open: bool


def sent(prompt: Prompt, filled: tuple[str, ...], card: Card, tokens: Tokens) -> Sent:
    """Give what is sent to have the next hole filled; `filled` are the texts of the holes before it.

    With all holes filled, or none there, it is what a continuation of the prompt is scored against.
    Errors: ValueError for a chat to a model that has no chat template.
    """
    written = _written(prompt, filled)
    if not prompt.is_chat:
        text = written.turns[0][1]
        ids = tokens.encode(text)
        if card.begins_with or not ids:
            ids = [card.start, *ids]
        return Sent(text, tuple(ids))
    return _framed(written, card, tokens)


def plain(prompt: Prompt, filled: tuple[str, ...]) -> str:
    """Write a prompt for a reader that has no template: one turn after another, each after its role."""
    turns = _written(prompt, filled).turns
    return "\n".join(text if role is None else f"{role}: {text}" for role, text in turns)


def _written(prompt: Prompt, filled: tuple[str, ...]) -> _Written:
    texts = iter(filled)
    turns: list[tuple[str | None, str]] = []
    for turn in prompt.turns:
        text = ""
        for part in turn.parts:
            value = next(texts, None) if isinstance(part, Hole) else part
            if value is None:  # the hole to be filled
                turns.append((turn.role, text.removesuffix(" ")))
                return _Written(tuple(turns), open=True)
            text += value
        turns.append((turn.role, text))
    return _Written(tuple(turns), open=False)


def _framed(written: _Written, card: Card, tokens: Tokens) -> Sent:
    marks = card.chat
    if marks is None:
        raise ValueError("the model has no chat template, so a prompt for it has no roles")
    turns = list(written.turns)
    if turns[0][0] != "system":
        if marks.default_system is not None:
            turns.insert(0, ("system", marks.default_system))
    elif not turns[0][1] and len(turns) > 1:
        del turns[0]  # an empty system turn asks for none at all
    continued = written.open or turns[-1][0] == "assistant"
    if not continued:
        turns.append(("assistant", ""))
    text, ids = "", [card.start] if card.begins_with else []
    for index, (role, said) in enumerate(turns):
        text += f"{CHAT_OPEN}{role}\n{said}"
        ids += [marks.open, *tokens.encode(f"{role}\n{said}")]
        if index < len(turns) - 1:
            text += f"{CHAT_CLOSE}\n"
            ids += [marks.close, *tokens.encode("\n")]
    return Sent(text, tuple(ids))
