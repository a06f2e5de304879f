"""Items: questions with a text that answers them, with another's, and with one that only looks as if it did."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from bench.answers import measures, spans


@dataclass(frozen=True)
class Item:
    """A question and a text; `accepted` is empty where the text is another question's."""

    question: str
    text: str
    accepted: tuple[str, ...]


def loaded(folder: Path, half: str, count: int) -> list[Item]:
    """Read questions of one half by the rank of their id; every second one gets another question's text."""
    passages = {line["id"]: line["text"] for line in _lines(folder / "qa" / "passages.jsonl")}
    questions = sorted(_lines(folder / "qa" / "nq.jsonl"), key=lambda line: int(line["qid"]))
    chosen = questions[0 if half == "even" else 1 :: 2][:count]
    random = Random(f"spans {half}")
    items: list[Item] = []
    for rank, line in enumerate(chosen):
        if rank % 2:
            others = (passages[other["gold"][0]] for other in random.sample(chosen, len(chosen)))
            text = next(text for text in others if not measures.holds(text, line["answers"]))
            items.append(Item(line["question"], text, ()))
        else:
            items.append(Item(line["question"], passages[line["gold"][0]], tuple(line["answers"])))
    return items


def look_alikes(folder: Path, items: Sequence[Item]) -> list[Item]:
    """Give each question that its text answers the passage with most of its words that holds no accepted answer."""
    texts = {line["text"]: spans.content(line["text"]) for line in _lines(folder / "qa" / "passages.jsonl")}
    found: list[Item] = []
    for item in items:
        asked = spans.content(item.question)
        ranked = sorted(texts, key=lambda text: -len(asked & texts[text])) if item.accepted else []
        found += (
            [replace(item, text=next(text for text in ranked if not measures.holds(text, item.accepted)))]
            if ranked
            else []
        )
    return found


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as opened:
        yield from map(json.loads, opened)
