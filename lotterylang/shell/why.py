"""`lot why`: the reasons of a run, read from its journal: every question, its reply, and how sure the model was."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lotterylang.run import journal
from lotterylang.run.paths import in_program_order
from lotterylang.shell import margin
from lotterylang.shell.session import runs_folder
from lotterylang.syntax.diagnostics import error

MOST_OPTIONS = 4
"""Options of a choice that are shown: the best ones."""

LAST_CHARACTERS = 200
"""How much of a prompt's end is shown."""


@dataclass(frozen=True, slots=True)
class Story:
    """A run as its journal tells it."""

    file: Path
    header: Mapping[str, Any]
    records: Sequence[Mapping[str, Any]]
    end: Mapping[str, Any] | None


def load(path: Path | None) -> Story:
    """Read a journal, or that of the last run. Errors: LOT-E0619 where there is none, those of `journal.read`."""
    if path is None:
        found = sorted(runs_folder().glob("*.jsonl"))
        if not found:
            raise error("LOT-E0619", "there is no run to explain yet", help="`lot run FILE` makes one")
        path = found[-1]
    header, records, end = journal.read(path)
    records.sort(key=lambda record: in_program_order(record["path"]))
    return Story(path, header, records, end)


def as_json(story: Story) -> dict[str, Any]:
    """Give the story as JSON data."""
    return {"journal": str(story.file), "run": story.header, "effects": story.records, "end": story.end}


def as_lines(story: Story) -> Iterator[str]:
    """Write the story for a person, in program order; the same question asked twice is told once."""
    header = story.header
    arguments = ", ".join(_short(argument) for argument in header.get("arguments", []))
    call = header.get("call")
    yield f"{header.get('program')}  {call if header.get('program') == 'repl' else f'{call}({arguments})'}"
    told: dict[str, str] = {}
    for record in story.records:
        earlier = told.setdefault(record["arguments"], record["path"])
        if earlier != record["path"]:
            yield f"├ {record['path']}: asked before, at {earlier}"
            continue
        yield f"├ {record['path']}"
        for line in _told(record):
            yield f"│   {line}"
        for _, size in margin.untold(header.get("models", {}), [record]):
            yield f"│   the model can't tell: a margin of {size:.2f}, under {margin.CANNOT_TELL}"
    yield f"└ {_ending(story.end)}"


def _told(record: Mapping[str, Any]) -> Iterator[str]:
    effect, reply, observed = record["effect"], record["reply"], record["observed"]
    if "prompt" in effect:
        yield f"prompt  …{_prompt_end(effect['prompt'])}"
    elif effect["kind"] == "find":
        needs = " and ".join(_need(*need) for need in effect.get("needs", ()))
        where = f" where {needs}" if needs else ""
        yield f"find  {effect['count']} in {effect['index'] or 'a list'} for {_short(effect['query'], 200)}{where}"
    elif effect["kind"] == "deduce":
        counts = ", ".join(f"{len(rows)} {name}" for name, rows in effect["facts"])
        yield f"deduce  {effect['logic']} from {counts}"
    else:
        given = ", ".join(f"{name} = {_short(value)}" for name, value in effect["arguments"])
        yield f"call  {effect['tool']}({given})"
    if reply["kind"] == "asked":
        for name, text in reply["texts"]:
            yield f"{name}  {_short(text, LAST_CHARACTERS)}"
    elif reply["kind"] == "chosen":
        yield from _choice(effect["options"], reply["scores"], set(reply.get("bounds", ())))
    elif reply["kind"] == "scored":
        lift = f"  lift {reply['lift']}" if reply["lift"] is not None else ""
        text = _short(effect["text"].strip(), LAST_CHARACTERS)
        yield f"score of {text}  sum {reply['sum']}  mean {reply['mean']}{lift}"
    elif reply["kind"] == "found":
        for text, title, score, *_ in reply["hits"][:MOST_OPTIONS]:
            yield f"hit  {_short(score)}  {_short(f'{title} {text}'.strip(), LAST_CHARACTERS)}"
    elif reply["kind"] == "deduced":
        yield f"gave  {reply['outcome']}  {reply['why']}".rstrip()
    elif reply["kind"] == "called":
        yield f"gave  {_short(reply['value'], 200)}"
    else:
        yield f"failed {reply['failure']}: {reply['message']}"
    sure = [f"{name} {observed[name]:.2f}" for name in ("margin", "mean_logprob", "entropy") if name in observed]
    sizes = [
        f"{observed[name]} {name.replace('_', ' ')}" for name in ("prompt_tokens", "reply_tokens") if name in observed
    ]
    if sure or sizes:
        yield "  ".join(sure + sizes)


def _need(key: str, sign: str, values: list[str]) -> str:
    """Write what metadata must be as a program says it."""
    return f"{key} {sign} {_short(values if sign == 'in' else values[0])}"


def _choice(options: list[str], scores: list[float], bounds: set[int]) -> Iterator[str]:
    best = max(scores)
    total = sum(math.exp(score - best) for score in scores)
    order = sorted(range(len(options)), key=lambda i: (-scores[i], i))
    for place in order[:MOST_OPTIONS]:
        probability = math.exp(scores[place] - best) / total
        mark = "chose" if place == order[0] else "not  "
        most = "at most " if place in bounds else ""
        yield f"{mark}  {probability:6.1%}  {scores[place]:9.3f}  {most}{options[place].strip()}"
    if len(order) > MOST_OPTIONS:
        yield f"       and {len(order) - MOST_OPTIONS} more"


def _ending(end: Mapping[str, Any] | None) -> str:
    if end is None:
        return "the run did not end"
    outcome = end["end"]
    return f"failed {outcome['failure']}" if "failure" in outcome else f"answer  {_short(outcome['value'], 400)}"


def _prompt_end(turns: list[Any]) -> str:
    text = " ".join(p if isinstance(p, str) else f"@{{{p['name']}}}" for _, parts in turns for p in parts)
    folded = " ".join(text.split())
    return folded[-LAST_CHARACTERS:]


def _short(data: Any, most: int = 60) -> str:
    """Write canonical data as a person would."""
    match data:
        case {"/": str(text)} | {"number": text} | {"case": text}:
            written = str(text)
        case {"record": fields}:
            written = "(" + ", ".join(f"{name} = {_short(value)}" for name, value in fields.items()) + ")"
        case {"map": pairs}:
            written = "{" + ", ".join(f"{_short(key)}: {_short(value)}" for key, value in pairs) + "}"
        case list():
            written = "[" + ", ".join(map(_short, data)) + "]"
        case None:
            written = "none"
        case _:
            written = json.dumps(data, ensure_ascii=False)
    return written if len(written) <= most else written[: most - 1] + "…"
