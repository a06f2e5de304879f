"""Matchers: a constraint in, which tokens may come next out, token after token; one matcher a row.

llguidance matches grammars; what it says of small closed ones is kept (`closed.py`). Next door: `constraint.py` writes
grammars; `decoding/row.py` asks and consumes.
"""

from __future__ import annotations

import copy
from typing import Any, Protocol

from lotterylang.world.model.constraint.legal import Legal, few, of_bits
from lotterylang.world.model.tokenizer import Tokens

NONE = few([])

STEP_FUEL = 20_000_000
"""Expressions that llguidance may build for one token. In a vocabulary of 49,000 a text of at most 400 characters on
several lines takes more than the 200,000 that it allows by itself, one of 1,000 more than 2 million. A step that spends
all takes half a second."""


class Matcher(Protocol):
    """What a row asks of its grammar."""

    def prepare(self) -> None:
        """Work out what may come next, so that `legal` has it at once. May run in another thread: it frees this one."""

    def legal(self, vocabulary: int) -> Legal:
        """Give the tokens that may come next: none where no reply is left."""

    def consume(self, token: int) -> None:
        """Go on behind a legal token that is no end."""

    @property
    def is_stopped(self) -> bool:
        """Tell that nothing may come any more."""

    def forced(self) -> bytes:
        """Give the bytes that must come next, whatever the tokens."""

    def closes(self, forced: bytes) -> bool:
        """Tell whether nothing may come any more once these bytes have come."""

    def copied(self) -> Matcher:
        """Give a matcher that goes on from here, whatever becomes of this one."""


class GrammarMatcher:
    """llguidance's matcher of a grammar. Errors: ValueError for a grammar that it refuses."""

    def __init__(self, guide: Any, grammar: str, tokens: Tokens) -> None:
        from llguidance import LLMatcher, LLParserLimits

        limits = LLParserLimits(step_lexer_fuel=STEP_FUEL)
        self._matcher = LLMatcher(guide, grammar, log_level=0, limits=limits)
        self._tokens = tokens
        self._bits: bytes | None = None
        if self._matcher.is_error():
            raise ValueError(self._matcher.get_error())

    def prepare(self) -> None:
        """Work out what may come next; llguidance lets other threads run meanwhile."""
        if self._bits is None:
            self._bits = self._matcher.compute_bitmask()

    def legal(self, vocabulary: int) -> Legal:
        """Give the tokens that may come next; none where a grammar outgrew llguidance's limits."""
        self.prepare()
        assert self._bits is not None
        if self._matcher.is_error():
            return NONE
        return of_bits(self._bits, vocabulary)

    def consume(self, token: int) -> None:
        """Go on behind a token."""
        self._bits = None
        self._matcher.consume_token(token)

    @property
    def is_stopped(self) -> bool:
        """Tell that nothing may come any more. A grammar that outgrew llguidance's limits has not come to an end."""
        return _is_over(self._matcher)

    def forced(self) -> bytes:
        """Give the bytes that must come next."""
        forced: bytes = self._matcher.compute_ff_bytes()
        return forced

    def closes(self, forced: bytes) -> bool:
        """Tell whether nothing may come any more once these bytes have come."""
        ids = self._matcher.compute_ff_tokens()
        if self._tokens.decode(ids) != forced:
            return False
        ahead = self._matcher.deep_copy()
        return bool(ahead.consume_tokens(ids)) and _is_over(ahead)

    def copied(self) -> GrammarMatcher:
        """Give a matcher that goes on from here."""
        found = copy.copy(self)
        found._matcher = self._matcher.deep_copy()
        return found


def _is_over(matcher: Any) -> bool:
    return bool(matcher.is_stopped()) and not matcher.is_error()
