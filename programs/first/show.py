"""The main job on one screen: the model alone, the program with dice, the program; then why.

python programs/first/show.py [TEXT [QUESTION]]
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import lotterylang as lot

HERE = Path(__file__).parent
QUESTIONS = ("how high is the tower", "who won the world cup in 1998")
NUMBERS = "Which is larger, 9.11 or 9.9?"
WIDTH = 17


def main(words: list[str]) -> int:
    """Answer the questions that are given, or those of the example text."""
    file = Path(words[0]) if words else HERE / "lighthouse.txt"
    questions = words[1:2] or QUESTIONS
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        print(f"{file} can't be read: {getattr(problem, 'strerror', None) or 'it is not UTF-8 text'}", file=sys.stderr)
        return 2
    alone, answer, compare = (lot.load(HERE / f"{name}.lot") for name in ("alone", "answer", "compare"))
    print(f"\nQuestions about {file.name}: {answer_lines()}")
    told = None
    for question in questions:
        print(f"\n{question}")
        line("the model alone", lambda q=question: alone.run(text=text, question=q).value)
        line("with dice", lambda q=question: answer.run(text=text, question=q, model="random").value["answer"])
        answered = answer.run(text=text, question=question)
        line("the program", lambda a=answered: a.value["answer"])
        if answered.value["evidence"]:
            line("evidence", lambda a=answered: a.value["evidence"])
            told = answered
    print(f"\n{NUMBERS}")
    line("the model alone", lambda: alone.run("plain", question=NUMBERS).value)
    line("with dice", lambda: float(compare.run(question=NUMBERS, model="random").value))
    line("the program", lambda: float(compare.run(question=NUMBERS).value))
    if told is not None:
        print(f"\nWhy {told.value['answer']!r} (`lot why` tells the last run of `lot run`):\n{told.why()}")
    return 0


def answer_lines() -> str:
    """Say where the program stands, that it may be opened."""
    return f"programs/first/answer.lot, {len((HERE / 'answer.lot').read_text(encoding='utf-8').splitlines())} lines"


def line(label: str, answer: Callable[[], object]) -> None:
    """Print one answer, or the failure that came instead."""
    try:
        print(f"  {label:<{WIDTH}} {answer()}")
    except lot.LotError as problem:
        print(f"  {label:<{WIDTH}} {problem.diagnostics[0].message}")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
