"""Chunks: a text in, the spans of its passages out.

A passage ends where a paragraph ends, or in long ones a sentence, or in long ones a word, and repeats the last words of
the one before. Next door: `index.py` gives the text and what counts tokens.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

Span = tuple[int, int]
"""From the first code point to the one after the last."""

Count = Callable[[str], int]

_WORD = re.compile(r"\S+")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’)\]]*$")

PARAGRAPH, SENTENCE, WORD, INSIDE = range(4)
"""What ends after a word; INSIDE a word so long that it had to be cut."""

REMEMBERED_WORDS = 100_000


@dataclass(frozen=True, slots=True)
class Chunking:
    """How long passages are, and how much of the one before each repeats at most. Units: tokens of the embedder."""

    size: int = 160
    overlap: int = 32

    def __post_init__(self) -> None:
        if not (self.size >= 1 and 0 <= self.overlap <= self.size // 2):
            raise ValueError(f"passages of {self.size} tokens can't repeat {self.overlap}: at most half")

    def __str__(self) -> str:
        return f"passages of {self.size} tokens that repeat {self.overlap}"


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    ends: int


def spans(text: str, count: Count, chunking: Chunking) -> list[Span]:
    """Give the spans of the passages of a text, in order. Only spaces are left out; none is longer than `size` tokens.

    A single character is never cut, however many tokens it takes. `count` is called for words and for whole passages.
    """
    counted = lru_cache(REMEMBERED_WORDS)(count)
    words = [part for word in _words(text) for part in _cut(text, word, counted, chunking.size)]
    return _Packing(text, count, chunking, words, counted).packed()


class _Packing:
    """Fills passages with words. `_sums[n]` is about how many tokens the first n words have."""

    def __init__(self, text: str, count: Count, chunking: Chunking, words: list[_Word], counted: Count) -> None:
        self._text, self._count, self._words = text, count, words
        self._size, self._overlap = chunking.size, chunking.overlap
        self._sums = [0, *accumulate(counted(text[word.start : word.end]) for word in words)]

    def packed(self) -> list[Span]:
        found: list[Span] = []
        first = done = 0  # words before `done` are in a passage; the next one begins with word `first`
        while done < len(self._words):
            last = self._reach(first, self._size)
            if last <= done:
                if first < done:  # what is repeated leaves no room for a new word
                    first = done
                    continue
                last = done + 1
            done = self._best(first, done, last)
            found.append((self._words[first].start, self._words[done - 1].end))
            first = self._back(first, done)
        return found

    def _tokens(self, first: int, after: int) -> int:
        return self._count(self._text[self._words[first].start : self._words[after - 1].end]) if after > first else 0

    def _reach(self, first: int, limit: int) -> int:
        """Give the word after the last one that fits. Sums of words are near; the whole passage is counted at last."""
        after = min(bisect_right(self._sums, self._sums[first] + limit) - 1, len(self._words))
        while after > first and self._tokens(first, after) > limit:
            after -= 1
        return after

    def _best(self, first: int, done: int, last: int) -> int:
        """Choose where to end, after `done` and at `last` at most."""
        if last == len(self._words):
            return last
        half = self._sums[first] + self._size // 2
        paragraph = self._end(PARAGRAPH, done, last)
        if paragraph and (self._sums[paragraph] >= half or self._fits(paragraph)):
            return paragraph
        sentence = self._end(SENTENCE, done, last)
        if sentence and self._sums[sentence] >= half:
            return sentence
        return self._end(WORD, done, last) or last

    def _end(self, kind: int, done: int, last: int) -> int:
        """Give the last place at which a paragraph, sentence or word ends; 0 where none does."""
        return next((after for after in range(last, done, -1) if self._words[after - 1].ends <= kind), 0)

    def _fits(self, first: int) -> bool:
        """Tell whether the paragraph that begins here fits into a passage: if not, it is begun in this one."""
        after = first
        while after < len(self._words) and self._sums[after] - self._sums[first] <= self._size:
            after += 1
            if self._words[after - 1].ends == PARAGRAPH:
                break
        return self._sums[after] - self._sums[first] <= self._size

    def _back(self, first: int, done: int) -> int:
        """Give the word with which what is repeated begins; a passage never begins where the one before does."""
        start = done
        while start - 1 > first and self._sums[done] - self._sums[start - 1] <= self._overlap:
            start -= 1
        while start < done and self._tokens(start, done) > self._overlap:
            start += 1
        return start


def _words(text: str) -> list[_Word]:
    found = [match.span() for match in _WORD.finditer(text)]
    starts = [start for start, _ in found[1:]] + [len(text)] * bool(found)
    return [
        _Word(start, end, _ending(text, start, end, after)) for (start, end), after in zip(found, starts, strict=True)
    ]


def _ending(text: str, start: int, end: int, after: int) -> int:
    between = text[end:after]
    if _BLANK_LINE.search(between):
        return PARAGRAPH
    return SENTENCE if "\n" in between or _SENTENCE_END.search(text, max(start, end - 8), end) else WORD


def _cut(text: str, word: _Word, counted: Count, size: int) -> list[_Word]:
    """Cut a word in halves until every part fits."""
    if word.end - word.start == 1 or counted(text[word.start : word.end]) <= size:
        return [word]
    middle = (word.start + word.end) // 2
    halves = _Word(word.start, middle, INSIDE), _Word(middle, word.end, word.ends)
    return [part for half in halves for part in _cut(text, half, counted, size)]
