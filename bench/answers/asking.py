"""Asking: the effects of the program that answers a question about a text.

Evidence by SCORE: how likely a sentence makes the question. Answer by CHOOSE among the parts of the two best sentences,
end included, after three solved examples. Confidence by SCORE: the lift of the question given that evidence.
"""

from __future__ import annotations

from collections.abc import Sequence

from bench.answers.spans import parts
from bench.prompts import prompt
from lotterylang.run.effects import Ask, Choose, Prompt, Score, Turn
from lotterylang.run.shapes import Free, Hole

SOLVED = (
    (
        "The lighthouse at Port Ellen was built in 1832 by Walter Campbell in memory of his wife. It is still in use.",
        "who built the lighthouse at port ellen",
        "Walter Campbell",
    ),
    (
        "Basil needs warm soil and plenty of sun. In cool regions it is sown indoors in April and planted out in late "
        "May, when frost is no longer a risk.",
        "when is basil planted outdoors",
        "late May",
    ),
    (
        "The Aletsch Glacier is the largest glacier in the Alps. It covers about 80 square kilometres in the Swiss "
        "canton of Valais.",
        "how large is the aletsch glacier",
        "about 80 square kilometres",
    ),
)
SHOTS = "".join(f"Passage: {text}\nQuestion: {question}\nAnswer: {answer}\n\n" for text, question, answer in SOLVED)
TURNED = "".join(f"Passage: {text}\nAnswer: {answer}\nQuestion: {question}\n\n" for text, question, answer in SOLVED)

ASKED = SHOTS + "Passage: ${text}\nQuestion:"
ANSWERED = SHOTS + "Passage: ${text}\nQuestion: ${question}\nAnswer:"
EXPLAINED = TURNED + "Passage: ${text}\nAnswer: ${answer}\nQuestion:"
CHAT = "user: ${text}\n\nQuestion: ${question}?\nAnswer in at most 12 words, with words from the text."

EVIDENCE = 2
"""Sentences that an answer is looked for in."""

READ = 5
"""Sentences that are scored at most: those that share most words with the question. It bounds the cost."""

WEIGHED = 8
"""Answers that are weighed again by how likely each makes the question."""

SHARE = 0.25
"""What the question's likelihood counts beside the answer's."""


def likelihood(sentence: str, question: str) -> Score:
    """Ask how likely the sentence makes the question; within one question its sum ranks as the lift does."""
    return Score("evidence", "small", prompt(ASKED, {"text": sentence}), f" {question}")


def lift(text: str, question: str) -> Score:
    """Ask how much likelier the text makes the question."""
    return Score("lift", "small", prompt(ASKED, {"text": text}), f" {question}", blank=prompt(ASKED, {"text": ""}))


def choice(evidence: Sequence[str], question: str) -> Choose | None:
    """Let the model choose a part of the evidence; none where it has no part that may be an answer."""
    options = dict.fromkeys(part for sentence in evidence for part in parts(sentence))
    here = prompt(ANSWERED, {"text": " ".join(evidence), "question": question})
    return Choose("choice", "small", here, tuple(f" {option}" for option in options)) if options else None


def explained(evidence: Sequence[str], answer: str, question: str) -> Score:
    """Ask how likely the answer makes the question."""
    return Score("turned", "small", prompt(EXPLAINED, {"text": " ".join(evidence), "answer": answer}), f" {question}")


def plain(text: str, question: str, part: bool, shots: bool) -> Ask:
    """Ask for the answer: freely or for a part of the text, in a chat or after solved examples."""
    shape = Free(shortest=1, longest=60, parts_of=(text,)) if part else Free()
    hole = Hole("answer", shape, stops=("\n",), max_tokens=24)
    here = prompt(ANSWERED if shots else CHAT, {"text": text, "question": question})
    if shots:
        return Ask("plain", "small", Prompt((Turn(None, (*here.turns[0].parts, " ", hole)),)))
    return Ask("plain", "small", Prompt((*here.turns, Turn("assistant", (hole,)))))
