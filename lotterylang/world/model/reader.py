"""The reader: what it takes to read prompts and to constrain replies, of one model.

Next door: `engine.py` makes it; `decoding/` and `scoring/` work with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from lotterylang.world.model.constraint.closed import Matchers
from lotterylang.world.model.constraint.matcher import GrammarMatcher
from lotterylang.world.model.network.interface import Network
from lotterylang.world.model.prefix.cache import PrefixCache
from lotterylang.world.model.tokenizer import Tokens


@dataclass(frozen=True, eq=False)
class Reader:
    """What it takes to read and to constrain: one model's network, prefix cache and tokenizer."""

    network: Network
    prefixes: PrefixCache
    tokens: Tokens

    @cached_property
    def matchers(self) -> Matchers:
        """Make what matches replies, with llguidance's view of the tokenizer, when the first hole is filled."""
        guide = self.tokens.guide(list(self.network.card.ends))
        return Matchers(lambda grammar: GrammarMatcher(guide, grammar, self.tokens))
