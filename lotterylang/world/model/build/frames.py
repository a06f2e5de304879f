"""Frames: a model's chat template in, the literal texts and control tokens that stand around what is said out.

The template, a Jinja program, runs once, when a model is built, on dialogues of marker texts; what stands between two
markers is a *joint*, from the role before to the role after. Next door: `card.py` keeps frames, `../template.py`
puts texts between them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from lotterylang.world.model.tokenizer import CONTROL, OWN
from lotterylang.world.model.weights.checkpoint import Vocabulary

Mark = tuple[int, str]
"""A control token: its id and how it is written."""

Pieces = tuple[Mark | str, ...]

START, BARE = "start", "bare"
"""What stands before the first turn; BARE where the prompt wants no system line, not even the model's own."""

ROLES = ("system", "user", "assistant")

_PATHS: dict[tuple[str, str], tuple[str, ...]] = {
    (START, "system"): ("system", "user"),
    (START, "user"): ("user",),
    (START, "assistant"): ("assistant", "user"),
    ("system", "system"): ("system", "system", "user"),
    ("system", "user"): ("system", "user"),
    ("system", "assistant"): ("system", "assistant", "user"),
    ("user", "system"): ("user", "system", "user"),
    ("user", "user"): ("user", "user"),
    ("user", "assistant"): ("user", "assistant", "user"),
    ("assistant", "system"): ("user", "assistant", "system", "user"),
    ("assistant", "user"): ("user", "assistant", "user"),
    ("assistant", "assistant"): ("user", "assistant", "assistant", "user"),
}
"""A dialogue in which each pair of neighbours stands; templates refuse some of them."""


@dataclass(frozen=True, slots=True)
class Frames:
    """What a chat template writes. `joints` by the roles before and after, as `user>assistant`, where it has them.

    `openings` end a prompt, by the role before, so that the assistant speaks next. `trims` says that white space
    around what is said is taken off, `spaced` that a space stands between an opening and what the assistant says, which
    the assistant is to write. `close` is the control token that ends what the assistant said.
    """

    joints: dict[str, Pieces]
    openings: dict[str, Pieces]
    trims: bool
    close: int | None
    spaced: bool

    def joint(self, before: str, after: str) -> Pieces:
        """Give what stands between two turns. Errors: ValueError where the template has no place for it."""
        found = self.joints.get(f"{before}>{after}")
        if found is None and before == BARE:
            return self.joint(START, after)
        if found is None:
            place = "at the start" if before == START else f"after the {before}'s"
            raise ValueError(f"the model's chat template has no place for a turn of the {after} {place}")
        return found

    def opening(self, before: str) -> Pieces:
        """Give what makes the assistant speak after a turn of this role."""
        return self.openings[before] if before in self.openings else self.joint(before, "assistant")


def cut(vocabulary: Vocabulary) -> Frames | None:
    """Cut the frames out of a vocabulary's chat template; None if there is none, or none that takes a user's turn."""
    if vocabulary.chat_template is None:
        return None
    probe = _Probe(vocabulary)
    joints = {pair: probe.joint(*pair) for pair in _PATHS}
    opening = probe.opening(("user",))
    if joints[START, "user"] is None or opening is None:
        return None
    if joints[START, "system"] is None or joints["system", "user"] is None:  # the user's turn carries it
        joints[START, "system"], joints["system", "user"] = joints[START, "user"], "\n\n"
    joints |= _bare(probe, joints)
    split = _Splitter(vocabulary)
    openings = {role: probe.opening(path) for role, path in _OPENINGS.items()} | {"user": opening}
    closing = split(probe.closing() or joints["assistant", "user"] or "")
    return Frames(
        joints={f"{before}>{after}": split(text) for (before, after), text in joints.items() if text is not None},
        openings={role: split(text) for role, text in openings.items() if text is not None},
        trims=probe.trims(),
        close=next((piece[0] for piece in closing if isinstance(piece, tuple)), None),
        spaced=joints["user", "assistant"] == f"{opening} ",
    )


def marked(vocabulary: Vocabulary) -> Vocabulary:
    """Make control tokens of all that the chat template writes as single tokens, so that no text can become them."""
    frames = cut(vocabulary)
    if frames is None:
        return vocabulary
    written = (piece for pieces in (*frames.joints.values(), *frames.openings.values()) for piece in pieces)
    used = {piece[0] for piece in written if isinstance(piece, tuple)}
    kinds = tuple(CONTROL if id in used else kind for id, kind in enumerate(vocabulary.kinds))
    return replace(vocabulary, kinds=kinds)


_OPENINGS = {"system": ("system",), "assistant": ("user", "assistant")}

_WORD = "MARKER"
_MARKER = _WORD + "{}ENDS"


_FOR_TRAINING = re.compile(r"\{%(-?)\s*(end)?generation\s*(-?)%\}")
"""A block that transformers adds to Jinja: it marks what is trained on and changes nothing that is written."""


class _Probe:
    """A template that can be run on dialogues of markers."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        from jinja2 import TemplateError
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
        )
        environment.globals["raise_exception"] = _refused
        self._known = {name: _spelled(vocabulary, id) for name, id in _named(vocabulary).items()}
        self._template: Any = None
        with suppress(TemplateError):  # a template that is no program is as good as none
            self._template = environment.from_string(_FOR_TRAINING.sub(_always, vocabulary.chat_template or ""))

    def joint(self, before: str, after: str) -> str | None:
        """Give what stands between two turns, None where the template refuses them."""
        path = _PATHS[before, after]
        texts = self._between(path, opened=False)
        place = 0 if before == START else next(i for i in range(1, len(path)) if path[i - 1 : i + 1] == (before, after))
        return None if texts is None else texts[place]

    def opening(self, path: tuple[str, ...]) -> str | None:
        """Give what ends a dialogue so that the assistant speaks next.

        A template without such an ending is taken to write a whole turn: what it puts before what is said then.
        """
        opened, closed = self._between(path, opened=True), self._between(path, opened=False)
        if opened is None or closed is None:
            return None
        if opened[-1] != closed[-1]:
            return opened[-1]
        said = self.joint(path[-1], "assistant")
        return opened[-1] if said is None or path[-1] == "assistant" else said.rstrip(" ")

    def closing(self) -> str | None:
        """Give what ends what the assistant says."""
        found = self._between(("user", "assistant"), opened=False)
        return None if found is None else found[-1]

    def trims(self) -> bool:
        """Tell whether white space around what is said is taken off."""
        plain, padded = self._rendered(("user",), "{}", True), self._rendered(("user",), " {}\n ", True)
        return plain == padded

    def _between(self, path: tuple[str, ...], opened: bool) -> list[str] | None:
        text = self._rendered(path, "{}", opened)
        if text is None:
            return None
        found: list[str] = []
        for index in range(len(path)):
            before, marker, text = text.partition(_MARKER.format(index))
            if not marker:
                return None
            found.append(before)
        found.append(text)
        return found if _WORD not in "".join(found) else None  # a text written twice has no one place

    def _rendered(self, path: tuple[str, ...], content: str, opened: bool) -> str | None:
        if self._template is None:
            return None
        said = (content.format(_MARKER.format(index)) for index in range(len(path)))
        messages = [{"role": role, "content": text} for role, text in zip(path, said, strict=True)]
        try:
            return str(
                self._template.render(
                    messages=messages, add_generation_prompt=opened, enable_thinking=False, **self._known
                )
            )
        except Exception:  # a template is a program: one that fails on a dialogue has no place for it
            return None


def _bare(probe: _Probe, joints: dict[tuple[str, str], str | None]) -> dict[tuple[str, str], str | None]:
    """Find the beginnings without the system line that the template adds by itself."""
    closing, begin = probe.closing(), str(probe._known.get("bos_token", ""))
    found: dict[tuple[str, str], str | None] = {}
    for role in ("user", "assistant"):
        joint, start = joints["assistant", role], joints[START, role]
        if closing is None or joint is None or start is None or not joint.startswith(closing):
            continue
        alone = joint.removeprefix(closing)
        found[BARE, role] = begin + alone if begin and start.startswith(begin) else alone
    return found


class _Splitter:
    """Parts text into control tokens and what stands between them."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        kinds = zip(vocabulary.tokens, vocabulary.kinds, strict=True)
        self._ids = {token: id for id, (token, kind) in enumerate(kinds) if _may_mark(token, kind)}
        longest_first = sorted(self._ids, key=len, reverse=True)
        self._marks = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def __call__(self, text: str) -> Pieces:
        found: list[Mark | str] = []
        at = 0
        for mark in self._marks.finditer(text):
            found += [text[at : mark.start()], (self._ids[mark[0]], mark[0])]
            at = mark.end()
        return tuple(piece for piece in (*found, text[at:]) if piece)


def _may_mark(token: str, kind: int) -> bool:
    """Tell whether a token may be a mark: a model's own texts are tokens too, of white space for instance."""
    return bool(token) and (kind == CONTROL or (kind == OWN and token.isascii() and not re.search(r"\s", token)))


def _named(vocabulary: Vocabulary) -> dict[str, int]:
    named = {"bos_token": vocabulary.begin, "eos_token": vocabulary.end}
    return {name: id for name, id in named.items() if id is not None}


def _spelled(vocabulary: Vocabulary, id: int) -> str:
    return vocabulary.tokens[id] if 0 <= id < len(vocabulary.tokens) else ""


def _always(tag: re.Match[str]) -> str:
    return f"{{%{tag[1]} {'endif' if tag[2] else 'if true'} {tag[3]}%}}"


def _refused(reason: Any = "") -> None:
    raise ValueError(str(reason))


def read_pieces(stored: Sequence[Any]) -> Pieces:
    """Read pieces back from JSON."""
    return tuple(piece if isinstance(piece, str) else (int(piece[0]), str(piece[1])) for piece in stored)
