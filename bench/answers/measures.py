"""Measures of an answer: exact match and token F1 with SQuAD's normalisation, best over the accepted answers."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence


def normal(text: str) -> str:
    """Drop case, punctuation and articles. Source: Rajpurkar et al. 2016, the evaluation script."""
    bare = "".join(mark for mark in text.lower() if mark not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", bare).split())


def exact(answer: str, accepted: Sequence[str]) -> float:
    """Give 1 where the answer is an accepted one."""
    return float(normal(answer) in map(normal, accepted))


def overlap(answer: str, accepted: Sequence[str]) -> float:
    """Give the token F1 with the closest accepted answer."""
    return max(_f1(normal(answer).split(), normal(one).split()) for one in accepted)


def holds(text: str, accepted: Sequence[str]) -> bool:
    """Tell whether an accepted answer occurs in the text."""
    return any(f" {normal(one)} " in f" {normal(text)} " for one in accepted)


def _f1(answer: list[str], accepted: list[str]) -> float:
    if not answer or not accepted:
        return float(answer == accepted)
    shared = (Counter(answer) & Counter(accepted)).total()
    return 2 * shared / (len(answer) + len(accepted))
