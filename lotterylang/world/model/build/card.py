"""The card: what a run must know of a built model without opening its weights, one small JSON file.

`build.py` writes it beside the graphs; `engine.py` and `template.py` read it.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lotterylang.world.model.template import CHAT_CLOSE, CHAT_OPEN
from lotterylang.world.model.tokenizer import token_bytes
from lotterylang.world.model.weights.checkpoint import Architecture
from lotterylang.world.model.weights.checkpoint import Checkpoint

TEXT_END = "<|endoftext|>"
"""The token that stands between documents where a model was trained on text."""


@dataclass(frozen=True, slots=True)
class ChatMarks:
    """The control tokens that frame a chat, and the system line the model's template adds where there is none."""

    open: int
    close: int
    default_system: str | None


@dataclass(frozen=True, slots=True)
class Card:
    """A built model: its shape, and the ids that mean something.

    `start` stands before a text that has no tokens of its own; `begins_with` says that it stands before every text.
    `ends` are the tokens that end a reply; `newlines` all tokens whose text begins with a newline.
    """

    key: str
    recipe: str
    architecture: Architecture
    start: int
    begins_with: bool
    ends: tuple[int, ...]
    newlines: tuple[int, ...]
    chat: ChatMarks | None

    @property
    def precision(self) -> str:
        """Name the precision that was built."""
        return self.recipe.partition("&")[0]


def drawn(weights: Checkpoint, key: str, recipe: str) -> Card:
    """Draw the card of a model from its open weights."""
    vocabulary = weights.vocabulary
    ids = {token: id for id, token in enumerate(vocabulary.tokens)}
    named = [vocabulary.end, ids.get(CHAT_CLOSE), ids.get(TEXT_END)]
    ends = tuple(dict.fromkeys(int(id) for id in named if id is not None)) or (0,)
    start = ids.get(TEXT_END, vocabulary.begin if vocabulary.begin is not None else ends[0])
    if vocabulary.begins_with and vocabulary.begin is not None:
        start = vocabulary.begin
    newlines = tuple(id for id, token in enumerate(vocabulary.tokens) if token_bytes(token)[:1] == b"\n")
    return Card(
        key=key,
        recipe=recipe,
        architecture=weights.architecture,
        start=int(start),
        begins_with=vocabulary.begins_with,
        ends=ends,
        newlines=newlines,
        chat=_marks(vocabulary.chat_template, ids),
    )


def written(card: Card, path: Path) -> None:
    """Write a card to a file."""
    path.write_text(json.dumps(asdict(card), indent=1), encoding="utf-8")


def read(path: Path) -> Card:
    """Read a card that `written` wrote."""
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    data["architecture"] = Architecture(**data["architecture"])
    data["chat"] = None if data["chat"] is None else ChatMarks(**data["chat"])
    data["ends"], data["newlines"] = tuple(data["ends"]), tuple(data["newlines"])
    return Card(**data)


def _marks(template: str | None, ids: dict[str, int]) -> ChatMarks | None:
    if template is None or CHAT_OPEN not in template or not {CHAT_OPEN, CHAT_CLOSE} <= ids.keys():
        return None
    default = re.search(re.escape(CHAT_OPEN) + r"system(?:\n|\\n)([^<{]+)" + re.escape(CHAT_CLOSE), template)
    return ChatMarks(ids[CHAT_OPEN], ids[CHAT_CLOSE], default.group(1) if default else None)
