"""Templated English as typed facts, by a parser and no model: what is the ceiling of whoever reads it by a model.

python -m bench.theories [--check]. `LOT_DATA` has logic/prontoqa.jsonl, proofwriter.jsonl and logical_deduction.jsonl.
Claims and rules go to `std.logic.open_world`, rows to the rules of `programs/logic/seating.lot`. Figures are counts.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lotterylang
from bench.table import aligned

Claim = dict[str, Any]
Problem = dict[str, Any]

ANYONE = "?"
_ANYONE = ("someone", "something", "it", "they", "things", "people")
_BE = re.compile(r"(?:the )?([\w ]+?) (?:is|are) (not )?(?:an? )?(\w+)")
_VERB = re.compile(r"(?:the )?([\w ]+?) (does not |do not )?(\w+) the ([\w ]+)")
_EVERY = re.compile(r"(?:all |every |each )?([\w, ]+?)( things| people)? (?:is|are) (not )?(?:an? )?(\w+)")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh")
_AFTER = re.compile(r"(.+?) (?:is|are|finished) (?:to the right of|more expensive than|newer than|below) (.+)")
_BEFORE = re.compile(r"(.+?) (?:is|are|finished) (?:to the left of|less expensive than|older than|above) (.+)")
_PLACE = re.compile(r"(.+?) (?:is|are|finished) (?:the )?(.+)")


def claim(text: str, subject: str = "") -> Claim:
    """Read `the cat does not see the dog`, `Bob is kind`; what names nobody speaks of `subject`."""
    words = text.strip().rstrip(".").lower()
    be, verb = _BE.fullmatch(words), _VERB.fullmatch(words)
    if be is not None:
        return _claim(_one(be[1]), "is", _one(be[3]), be[2] is None)
    if verb is not None:
        does = verb[3] if verb[2] or verb[1] in ("they", "people") else verb[3].removesuffix("s")
        return _claim(_one(verb[1]), does, _one(verb[4]), verb[2] is None)
    return _claim(subject, "is", _one(words.removeprefix("not ")), not words.startswith("not "))


def _claim(who: str, does: str, what: str, so: bool) -> Claim:
    return {"who": who, "does": does, "what": what, "so": so}


def _one(word: str) -> str:
    """Give the one form of a name: `?` for anyone, `rompus` for rompuses."""
    return ANYONE if word in _ANYONE else word.removesuffix("es") if word.endswith("uses") else word


def rule(sentence: str) -> dict[str, Any] | None:
    """Read `If someone is kind and not big then they are red.`, `All kind, big things are red.`, `Every cat is red.`"""
    words = sentence.strip().rstrip(".").lower()
    if words.startswith("if "):
        conditions, _, then = words.removeprefix("if ").partition(" then ")
        needs: list[Claim] = []
        for part in conditions.split(" and "):
            needs.append(claim(part, needs[-1]["who"] if needs else ""))
        return {"needs": needs, "gives": claim(then)}
    every = _EVERY.fullmatch(words)
    named = sentence[0].isupper() and not re.match(r"(?:All|Every|Each)\b|\w+uses\b", sentence)
    if every is None or (named and not every[2]):
        return None
    needs = [_claim(ANYONE, "is", _one(kind.strip()), True) for kind in every[1].split(",")]
    return {"needs": needs, "gives": _claim(ANYONE, "is", _one(every[4]), every[3] is None)}


def judged(program: lotterylang.Program, problem: Problem) -> str:
    """Answer whether a claim is true, false or unknown."""
    facts, rules = [], []
    for sentence in re.split(r"(?<=\.)\s+", problem["context"].strip()):
        found = rule(sentence)
        facts.append(claim(sentence)) if found is None else rules.append(found)
    asked = claim(problem["question"].rpartition("?")[2])
    truth = program.run("judged", facts=facts, rules=rules, asked=asked).value
    return {"holds": "A", "fails": "B", "unknown": "C"}[truth]


def place(words: str, size: int) -> int:
    """Give the place in a row, from 1: left, cheap, old and fast are its beginning."""
    ends = {"leftmost": 1, "cheapest": 1, "oldest": 1, "rightmost": size, "most expensive": size, "newest": size}
    if words in ends or words == "last":
        return ends.get(words, size)
    number = next(n for n, ordinal in enumerate(_ORDINALS, 1) if words.startswith(ordinal))
    is_from_end = re.search(r"right|expensive|newest|to-last", words) is not None
    return size + 1 - number if is_from_end else number


def placed(program: lotterylang.Program, problem: Problem) -> str:
    """Answer which option is so."""
    first, *sentences = re.split(r"(?<=\.)\s+", problem["context"].split("\n\n")[1])
    names = [_bare(name) for name in re.split(r", (?:and )?| and ", first.rstrip(".").split(": ")[1])]
    at, before = [], []
    for number, sentence in enumerate(sentences):
        words = sentence.rstrip(".")
        if (pair := _BEFORE.fullmatch(words)) is not None:
            before.append([number, _bare(pair[1]), _bare(pair[2]), True])
        elif (pair := _AFTER.fullmatch(words)) is not None:
            before.append([number, _bare(pair[2]), _bare(pair[1]), True])
        elif (found := _PLACE.fullmatch(words)) is not None:
            at.append([number, _bare(found[1]), place(found[2], len(names)), True])
    sits = dict(program.run("placed", of=names, at=at, before=before).value)
    options = [(option[0], _PLACE.fullmatch(option[3:].rstrip("."))) for option in problem["options"]]
    so = [letter for letter, o in options if o and sits.get(_bare(o[1])) == place(o[2], len(names))]
    return "".join(so)


def _bare(name: str) -> str:
    return re.sub(r"^(?:the|an?) ", "", name.strip(), flags=re.IGNORECASE)


SETS: dict[str, Callable[[lotterylang.Program, Problem], str]] = {
    "prontoqa": judged,
    "proofwriter": judged,
    "logical_deduction": placed,
}


def main() -> int:
    """Answer all problems, print, and with `--check` see that all are right."""
    parser = argparse.ArgumentParser(prog="python -m bench.theories", description=__doc__)
    parser.add_argument("--check", action="store_true")
    checked = parser.parse_args().check
    folder = Path(os.environ.get("LOT_DATA", "../shared/data")) / "logic"
    if not folder.is_dir():
        sys.exit(f"there is no {folder}: set LOT_DATA to the folder of data sets")
    program = lotterylang.load(Path(__file__).with_suffix(".lot"))
    rows, figures = [["data set", "problems", "right", "wrong", "seconds"]], {}
    for name, answer in SETS.items():
        problems = [json.loads(line) for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
        begun = time.perf_counter()
        wrong = [problem["id"] for problem in problems if answer(program, problem) != problem["answer"]]
        seconds = time.perf_counter() - begun
        right = len(problems) - len(wrong)
        rows.append([name, str(len(problems)), str(right), " ".join(wrong[:3]), f"{seconds:.1f}"])
        figures[name] = {"problems": len(problems), "right": right}
    print(aligned(rows))
    good = all(each["problems"] == each["right"] for each in figures.values())
    print(json.dumps({"bench": "theories", "arm": "parser, no model", **figures, "good": good}))
    return 0 if good or not checked else 1


if __name__ == "__main__":
    raise SystemExit(main())
