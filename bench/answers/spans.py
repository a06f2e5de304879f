"""Spans: a text in, the parts of it that may answer a question out. No model here."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lotterylang.run.prelude import FUNCTIONS

LONGEST = 5
"""Words of an answer at most."""

EDGES = ".,;:!?\"“”‘’'()[]…–—-«»`*"
"""What is cut off both ends of a part of the text."""

_BROKEN = re.compile(r"""[;:!?)"”] | [("“]""")
"""What does not stand inside an answer: the end of a clause, a bracket, a quotation."""

_SMALL = """
a an the of in on at to for from by with and or but nor as is are was were be been being has have had do does did it its
he she they his her their them him this that these those which who whom whose what when where why how here there than
then so not no into about also such can could may might will would shall should must if while during after before
between through over under up out i you we my your our me us
"""
SMALL_WORDS = frozenset(_SMALL.split())
"""Words that neither begin nor end an answer, and that do not count as shared with a question."""


def sentences(text: str) -> list[str]:
    """Split a text as the prelude does."""
    return list(FUNCTIONS["sentences"](text))


def parts(sentence: str) -> list[str]:
    """List the runs of words in a sentence that may be an answer, in order, each once."""
    words = sentence.split()
    ends = [(i, j) for i in range(len(words)) for j in range(i + 1, min(len(words), i + LONGEST) + 1)]
    runs = (" ".join(words[i:j]).strip(EDGES) for i, j in ends)
    return list(dict.fromkeys(run for run in runs if _may_answer(run)))


def names(sentence: str, question: str) -> list[str]:
    """List the runs of words with a capital or a digit that the question does not hold: the cheap rule's spans."""
    asked = {bare(word) for word in question.split()}
    found: list[list[str]] = [[]]
    for word in sentence.split():
        start = word.strip(EDGES)[:1]
        if (start.isupper() or start.isdigit()) and bare(word) not in asked | SMALL_WORDS:
            found[-1].append(word)
        elif found[-1]:
            found.append([])
    return [" ".join(run).strip(EDGES) for run in found if run]


def shared(text: str, question: str) -> int:
    """Count the words of a question that a text holds, small words aside."""
    return len(content(text) & content(question))


def nearest(texts: Sequence[str], question: str) -> str:
    """Give the first of the texts that share most words with the question."""
    return max(texts, key=lambda text: shared(text, question))


def bare(word: str) -> str:
    """Drop case and marks at the ends."""
    return word.strip(EDGES).lower()


def _may_answer(run: str) -> bool:
    words = run.split()
    return bool(words) and not {bare(words[0]), bare(words[-1])} & SMALL_WORDS and not _BROKEN.search(run)


def content(text: str) -> set[str]:
    """Give the words that count as shared."""
    return {bare(word) for word in text.split()} - SMALL_WORDS - {""}
