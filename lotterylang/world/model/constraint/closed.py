"""Closed grammars: a constraint with few values in, a trie of its tokens out, which is the same for every row.

`yes`, `no` and `none`, the cases of an enum, small ranges of whole numbers: what may come after each beginning of a
reply is worked out once, by llguidance, and looked up from then on. So the trie allows what llguidance allows, which
is not every way to write a reply in tokens: bytes that must come are tokens as the tokenizer has them. Next door:
`matcher.py` matches what is open.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from lotterylang.run.shapes import Maybe, OneOf, Shape, Whole
from lotterylang.world.model.constraint.constraint import Constraint
from lotterylang.world.model.constraint.legal import Legal
from lotterylang.world.model.constraint.matcher import GrammarMatcher, Matcher

MOST_VALUES = 256
"""Values of a closed grammar; one with more is matched anew for every reply."""

MOST_NODES = 4096
"""Beginnings of replies that a trie keeps."""

MOST_TRIES = 256
"""Grammars whose tries are kept; the least recently used goes first."""


@dataclass(slots=True, eq=False)
class _Node:
    """What is known after some tokens; None where nobody has asked yet."""

    next: dict[int, _Node] = field(default_factory=dict)
    legal: Legal | None = None
    is_stopped: bool | None = None
    forced: bytes | None = None
    closes: bool | None = None


class TokenTrie:
    """The beginnings of replies that were met; `make` gives a matcher at the beginning of a reply."""

    def __init__(self, make: Callable[[], GrammarMatcher]) -> None:
        self.make = make
        self.root = _Node()
        self.nodes = 1

    def child(self, node: _Node, token: int) -> _Node:
        """Give the node after a token; one that is not kept where there are too many."""
        found = node.next.get(token)
        if found is None:
            found = _Node()
            if self.nodes < MOST_NODES:
                node.next[token] = found
                self.nodes += 1
        return found


class TrieMatcher:
    """A row's place in a trie. A matcher of its own is made only where the trie knows nothing yet."""

    def __init__(self, trie: TokenTrie, matcher: GrammarMatcher | None = None) -> None:
        self._trie = trie
        self._node = trie.root
        self._matcher = matcher
        self._behind: list[int] = []  # tokens that the matcher has not seen

    def prepare(self) -> None:
        """Work out what may come next where nobody has been yet."""
        if self._node.legal is None:
            self._here().prepare()

    def legal(self, vocabulary: int) -> Legal:
        """Give the tokens that may come next."""
        if self._node.legal is None:
            self._node.legal = self._here().legal(vocabulary)
        return self._node.legal

    def consume(self, token: int) -> None:
        """Go on behind a token."""
        self._node = self._trie.child(self._node, token)
        self._behind.append(token)

    @property
    def is_stopped(self) -> bool:
        """Tell that nothing may come any more."""
        if self._node.is_stopped is None:
            self._node.is_stopped = self._here().is_stopped
        return self._node.is_stopped

    def forced(self) -> bytes:
        """Give the bytes that must come next."""
        if self._node.forced is None:
            self._node.forced = self._here().forced()
        return self._node.forced

    def closes(self, forced: bytes) -> bool:
        """Tell whether nothing may come any more once what is forced has come."""
        if self._node.closes is None:
            self._node.closes = self._here().closes(forced)
        return self._node.closes

    def copied(self) -> TrieMatcher:
        """Give a matcher that goes on from here."""
        found = TrieMatcher(self._trie, None if self._matcher is None else self._matcher.copied())
        found._node, found._behind = self._node, list(self._behind)
        return found

    def _here(self) -> GrammarMatcher:
        """Give a matcher that stands where the row does."""
        if self._matcher is None:
            self._matcher = self._trie.make()
        for token in self._behind:
            self._matcher.consume(token)
        self._behind.clear()
        return self._matcher


class Matchers:
    """Makes the matchers of one model's rows. `make` compiles a grammar. Errors: ValueError for one that is refused."""

    def __init__(self, make: Callable[[str], GrammarMatcher]) -> None:
        self._make = make
        self._tries: OrderedDict[Constraint, TokenTrie] = OrderedDict()

    def of(self, constraint: Constraint) -> Matcher:
        """Give a matcher at the beginning of a reply."""
        if not is_closed(constraint.shape):
            return self._make(constraint.grammar())
        if constraint in self._tries:
            self._tries.move_to_end(constraint)
            return TrieMatcher(self._tries[constraint])
        grammar = constraint.grammar()
        matcher = self._make(grammar)  # a grammar that is refused has no trie
        trie = self._tries[constraint] = TokenTrie(lambda: self._make(grammar))
        if len(self._tries) > MOST_TRIES:
            self._tries.popitem(last=False)
        return TrieMatcher(trie, matcher)


def is_closed(shape: Shape) -> bool:
    """Tell whether a shape has few values."""
    match shape:
        case OneOf(options):
            return len(options) <= MOST_VALUES
        case Whole(low, high):
            return low is not None and high is not None and high - low < MOST_VALUES
        case Maybe(inner):
            return is_closed(inner)
        case _:
            return False
