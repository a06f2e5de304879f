"""The card: what a run must know of a built model without opening its weights, one small JSON file.

`folder.py` writes it beside the graphs; `engine.py` and `template.py` read it. Next door: `frames.py`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lotterylang.world.model.build.frames import Frames, cut, read_pieces
from lotterylang.world.model.tokenizer import bytes_of
from lotterylang.world.model.weights.checkpoint import Architecture, SpaceFirst, Vocabulary

FORMAT = 2
"""Raise it with every change of what a card says, so that older cards are not read."""

TEXT_END = "<|endoftext|>"
"""The token that stands between documents where a model was trained on text."""

_ENDS = ("<|im_end|>", TEXT_END, "<|end_of_text|>")
"""What ends a reply wherever it is a token, whether or not the weights say so."""


@dataclass(frozen=True, slots=True)
class Card:
    """A built model: its shape, and the ids that mean something.

    `start` stands before a text that has no tokens of its own; `begins_with` says that it stands before every text.
    `ends` are the tokens that end a reply; `newlines` all tokens whose text begins with a newline. `space_first` says
    before which runs of text the tokenizer wants a space.
    """

    key: str
    recipe: str
    architecture: Architecture
    start: int
    begins_with: bool
    ends: tuple[int, ...]
    newlines: tuple[int, ...]
    chat: Frames | None
    space_first: SpaceFirst = "never"


def drawn(architecture: Architecture, vocabulary: Vocabulary, key: str, recipe: str) -> Card:
    """Draw the card of a model."""
    ids = {token: id for id, token in enumerate(vocabulary.tokens)}
    frames = cut(vocabulary)
    named = [vocabulary.end, frames.close if frames else None, *map(ids.get, _ENDS), *vocabulary.more_ends]
    ends = tuple(dict.fromkeys(int(id) for id in named if id is not None)) or (0,)
    start = ids.get(TEXT_END, vocabulary.begin if vocabulary.begin is not None else ends[0])
    if vocabulary.begins_with and vocabulary.begin is not None:
        start = vocabulary.begin
    raw = bytes_of(vocabulary)
    return Card(
        key=key,
        recipe=recipe,
        architecture=architecture,
        start=int(start),
        begins_with=vocabulary.begins_with,
        ends=ends,
        newlines=tuple(id for id, token in enumerate(vocabulary.tokens) if raw(token)[:1] == b"\n"),
        chat=frames,
        space_first=vocabulary.space_first,
    )


def written(card: Card, path: Path) -> None:
    """Write a card to a file."""
    path.write_text(json.dumps(asdict(card), indent=1), encoding="utf-8")


def read(path: Path) -> Card:
    """Read a card that `written` wrote."""
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    shape = data["architecture"]
    data["architecture"] = Architecture(**shape | {"local_layers": tuple(shape["local_layers"])})
    data["chat"] = None if data["chat"] is None else _frames(data["chat"])
    data["ends"], data["newlines"] = tuple(data["ends"]), tuple(data["newlines"])
    return Card(**data)


def _frames(data: dict[str, Any]) -> Frames:
    for kind in ("joints", "openings"):
        data[kind] = {name: read_pieces(stored) for name, stored in data[kind].items()}
    return Frames(**data)
