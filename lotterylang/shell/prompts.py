"""`lot prompt`: exactly what a run sends to its models, control tokens included, with token counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

from lotterylang.check.program import ModelDeclaration
from lotterylang.run.effects import Ask, Asked, Choose, Model, ModelEffect, Prompt, Reply, Score
from lotterylang.run.paths import in_program_order
from lotterylang.shell import session
from lotterylang.testing.puppet import prompt_text
from lotterylang.world.model.progress import Progress


class Overheard:
    """A model that notes what it is asked and how that is written, and lets another answer."""

    def __init__(self, model: Model, heard: list[tuple[ModelEffect, Future[Reply], Model]]) -> None:
        self.model = model
        self.heard = heard
        self.name = model.name
        self.identity = model.identity

    def submit(self, effects: Sequence[ModelEffect]) -> list[Future[Reply]]:
        """Pass effects on."""
        futures = self.model.submit(effects)
        self.heard += [(effect, future, self.model) for effect, future in zip(effects, futures, strict=True)]
        return futures

    def close(self) -> None:
        """Close the model that answers."""
        self.model.close()


def sent(request: session.Request, progress: Progress) -> list[dict[str, Any]]:
    """Run a request and list what was sent, in program order; the same question is listed once."""
    heard: list[tuple[ModelEffect, Future[Reply], Model]] = []
    session.execute(request, progress, overhear=lambda open_model: _overhearing(open_model, heard))
    heard.sort(key=lambda each: in_program_order(each[0].path))
    return [_described(effect, future.result(), model) for effect, future, model in heard]


def as_text(each: dict[str, Any]) -> str:
    """Write one prompt for a person."""
    tokens = f"  {each['tokens']} tokens" if each["tokens"] is not None else ""
    head = f"── {each['path']}  {each['model']}{tokens}"
    lines = [head, each["text"]]
    if "options" in each:
        lines += [f"   option: {option!r}" for option in each["options"]]
    lines += [f"   contrast: {other!r}" for other in each.get("contrast", [])]
    return "\n".join(lines)


def _overhearing(
    open_model: Callable[[ModelDeclaration], Model], heard: list[tuple[ModelEffect, Future[Reply], Model]]
) -> Callable[[ModelDeclaration], Model]:
    return lambda declaration: Overheard(open_model(declaration), heard)


def _described(effect: ModelEffect, reply: Reply, model: Model) -> dict[str, Any]:
    filled = tuple(text for _, text in reply.texts) if isinstance(effect, Ask) and isinstance(reply, Asked) else ()
    text, tokens = _written(effect.prompt, filled, model)
    data: dict[str, Any] = {"path": effect.path, "model": model.name, "text": text, "tokens": tokens}
    if isinstance(effect, Choose):
        data["options"] = list(effect.options)
        data["contrast"] = [_written(prompt, (), model)[0] for prompt in effect.contrast]
    elif isinstance(effect, Score):
        data["options"] = [effect.text]
        data["contrast"] = [_written(effect.blank, (), model)[0]] if effect.blank is not None else []
    return data


def _written(prompt: Prompt, filled: tuple[str, ...], model: Model) -> tuple[str, int | None]:
    """Write a prompt as its model reads it; dice and puppets read no tokens."""
    reader = getattr(model, "reader", None)
    if reader is None:
        return prompt_text(prompt), None
    from lotterylang.world.model.template import sent as framed

    found = framed(prompt, filled, reader.network.card, reader.tokens)
    return found.text, len(found.ids)
