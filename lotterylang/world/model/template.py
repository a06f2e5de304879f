"""The template: a prompt in, the exact tokens that are sent out.

Roles become control tokens here and nowhere else, by the frames that were cut when the model was built. All text
between two control tokens is encoded once as a whole, with control tokens off; one space before the hole that comes
next stays behind, for the reply to begin with. Next door: `run/effects.py` says what a prompt is; `build/frames.py`
what stands around it; `lot prompt` shows `Sent.text`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lotterylang.run.effects import Prompt
from lotterylang.run.shapes import Hole

if TYPE_CHECKING:
    from lotterylang.world.model.build.card import Card
    from lotterylang.world.model.build.frames import Frames, Mark
    from lotterylang.world.model.tokenizer import Tokens


@dataclass(frozen=True, slots=True)
class Sent:
    """What a model is sent: the text with its control tokens written out, and the ids.

    `spaced` says that the reply begins with a space, which is no part of what is said.
    """

    text: str
    ids: tuple[int, ...]
    spaced: bool = False


@dataclass(frozen=True, slots=True)
class _Written:
    """Turns with the holes so far filled in; where `open` is set, the last turn is to be continued."""

    turns: tuple[tuple[str | None, str], ...]
    open: bool


def sent(prompt: Prompt, filled: tuple[str, ...], card: Card, tokens: Tokens) -> Sent:
    """Give what is sent to have the next hole filled; `filled` are the texts of the holes before it.

    With all holes filled, or none there, it is what a continuation of the prompt is scored against.
    Errors: ValueError for a chat to a model that has no chat template, or whose template has no place for a turn.
    """
    written = _written(prompt, filled)
    if not prompt.is_chat:
        pieces: list[Mark | str] = [written.turns[0][1]]
    elif card.chat is None:
        raise ValueError("the model has no chat template, so a prompt for it has no roles")
    else:
        pieces = _framed(written, card.chat)
    return _encoded(pieces, card, tokens)


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


def _framed(written: _Written, frames: Frames) -> list[Mark | str]:
    """Put what is said into the frames of the model's chat template."""
    turns, before = list(written.turns), "start"
    if turns[0] == ("system", "") and len(turns) > 1:
        del turns[0]  # an empty system turn asks for none at all
        before = "bare"
    pieces: list[Mark | str] = []
    space = " " if frames.spaced else ""
    for index, (role, said) in enumerate(turns):
        after, is_last = str(role), index == len(turns) - 1
        opens = is_last and after == "assistant"
        pieces += frames.opening(before) if opens else frames.joint(before, after)
        if opens:
            pieces.append(space + said if said else "")
        else:
            pieces.append(said.strip() if frames.trims and not (is_last and written.open) else said)
        before = after
    if not written.open and before != "assistant":
        pieces += [*frames.opening(before), ""]
    return pieces


def _encoded(pieces: list[Mark | str], card: Card, tokens: Tokens) -> Sent:
    """Encode each run of text between control tokens as a whole."""
    ids: list[int] = []
    run = ""
    for piece in [*pieces, None]:
        if isinstance(piece, str):
            run += piece
            continue
        if run:
            ids += tokens.encode(_begun(run, card, is_first=not ids))
        run = ""
        if piece is not None:
            ids.append(piece[0])
    if not ids or (card.begins_with and ids[0] != card.start):
        ids.insert(0, card.start)
    text = "".join(piece if isinstance(piece, str) else piece[1] for piece in pieces)
    return Sent(text, tuple(ids), _is_spaced(pieces, card))


def _is_spaced(pieces: list[Mark | str], card: Card) -> bool:
    """Tell whether what comes next begins with a space: the frame's, or the one before each run of text."""
    if card.chat is None or len(pieces) < 2 or pieces[-1]:
        return False
    return card.chat.spaced or (card.space_first == "run" and isinstance(pieces[-2], tuple))


def _begun(run: str, card: Card, is_first: bool) -> str:
    """Put the space before a run of text that the model's tokenizer wants there."""
    if card.space_first == "run" or (card.space_first == "text" and is_first and not run.startswith(" ")):
        return f" {run}"
    return run
