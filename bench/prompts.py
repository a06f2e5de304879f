"""Prompts as programs write them: `${name}` slots, and role lines for a chat. Text in, `Prompt` out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import Template

from lotterylang.run.effects import Prompt, Role, Turn

ROLES: dict[str, Role] = {"system": "system", "user": "user", "assistant": "assistant"}


def prompt(template: str, slots: Mapping[str, str]) -> Prompt:
    """Fill in the slots. Roles come from the template's own lines, never from a slot's value."""
    turns: list[tuple[Role | None, str]] = []
    for line in template.split("\n"):
        role = re.match(r"(system|user|assistant):(?: |$)", line)
        if role:
            turns.append((ROLES[role[1]], line[role.end() :]))
        elif turns:
            turns[-1] = (turns[-1][0], f"{turns[-1][1]}\n{line}")
        else:
            turns.append((None, line))
    return Prompt(tuple(Turn(role, (_filled(text, slots),)) for role, text in turns))


def blank(template: str) -> Prompt:
    """Leave every slot empty."""
    return prompt(template, dict.fromkeys(names(template), ""))


def names(template: str) -> tuple[str, ...]:
    """List the slots in order."""
    return tuple(dict.fromkeys(re.findall(r"\$\{(\w+)\}", template)))


def _filled(text: str, slots: Mapping[str, str]) -> str:
    return Template(text).substitute(slots) if "${" in text else text
