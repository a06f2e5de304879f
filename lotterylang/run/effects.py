"""Effects and replies: everything a program asks of the world, as data.

The machine yields an effect and is sent a reply; `world/` answers; neither knows the other. An effect names its path
(`answer/for[3]/think/ask#2`), which depends on the program and never on time. Next door: `shapes.py` says what may fill
a hole, `needs.py` what metadata must be; `journal.py` writes both down; `world/model/` answers `Ask`, `Choose` and
`Score`, `world/tools/` `Call`, `world/knowledge/` `Find` and `world/logic/` `Deduce`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal, Protocol, runtime_checkable

from lotterylang.run.needs import Need
from lotterylang.run.shapes import Hole

Data = Any
"""A value of the language as plain data, for those who know nothing of the language; `Call` says which."""

Role = Literal["system", "user", "assistant"]
"""Who speaks in a chat. A turn without a role is text to be continued as it stands."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn: literal text and holes in order. Text here is data: it never becomes a role or a control token."""

    role: Role | None
    parts: tuple[str | Hole, ...]


@dataclass(frozen=True, slots=True)
class Prompt:
    """One plain turn without a role, or a chat: turns with roles, `system` first if there is one.

    In a chat, text in the last `assistant` turn is the beginning of the reply; if the last turn is another's, the model
    opens its own. One space before a hole belongs to the hole and is not sent with the text before it.
    """

    turns: tuple[Turn, ...]

    @property
    def is_chat(self) -> bool:
        """Tell whether the model's chat template frames the prompt."""
        return self.turns[0].role is not None

    @property
    def holes(self) -> tuple[Hole, ...]:
        """List the holes in the order of the text."""
        return tuple(part for turn in self.turns for part in turn.parts if isinstance(part, Hole))


@dataclass(frozen=True, slots=True)
class Sampling:
    """How tokens are drawn. Temperature 0 is greedy, and then neither `top_p` nor `seed` matters."""

    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0


GREEDY = Sampling()


@dataclass(frozen=True, slots=True)
class Ask:
    """Fill the holes of a prompt. Units: `tokens_left` (prompt and reply together) in tokens, None for no limit."""

    path: str
    model: str
    prompt: Prompt
    sampling: Sampling = GREEDY
    tokens_left: int | None = None


@dataclass(frozen=True, slots=True)
class Choose:
    """Score every option as the continuation of the prompt, its end included (the turn's end or a newline).

    Options are complete continuations: a space that joins one to the prompt is already there. Each option's score is
    its log-probability given `prompt`, minus its mean log-probability given each prompt of `contrast` (if any).
    `per_token` divides each log-probability by the number of the option's tokens (its end counts as one) first.
    `only_best` says that nothing but the two best is looked at: the scores of others may be upper bounds.
    """

    path: str
    model: str
    prompt: Prompt
    options: tuple[str, ...]
    contrast: tuple[Prompt, ...] = ()
    per_token: bool = False
    tokens_left: int | None = None
    only_best: bool = field(default=False, repr=False)


@dataclass(frozen=True, slots=True)
class Score:
    """Give the log-probability of a text as the continuation of the prompt, and of the `blank` prompt if there is one.

    The text's end is not counted. `text` is a complete continuation: a space that joins it is already there.
    """

    path: str
    model: str
    prompt: Prompt
    text: str
    blank: Prompt | None = None
    tokens_left: int | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """Run a tool. `arguments` are data by the tool's parameters, in their order.

    Data: None, bool, int, `Fraction` for other numbers, str (a case by its name), list, and dict for records and maps.
    A tool that `acts` changes something outside: it runs at most once for its path.
    """

    path: str
    tool: str
    arguments: tuple[tuple[str, Data], ...]
    acts: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that may be found. `score` is how near it is to the query; it is 0 before a search.

    `meta` is what its document says of itself, as keys with texts.
    """

    text: str
    title: str = ""
    score: float | int | Fraction = 0
    source: str = ""
    meta: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Find:
    """Give the `count` passages of an index (or of `passages`, where it is None) nearest to a query, best first.

    Only passages that `keeps` takes count: whatever is asked for `needs` is part of the question.
    """

    path: str
    index: str | None
    passages: tuple[Hit, ...]
    count: int
    query: str
    needs: tuple[Need, ...] = ()

    def keeps(self, hit: Hit) -> bool:
        """Tell whether a passage's metadata are as they must be."""
        held = dict(hit.meta) if self.needs else {}
        return all(need.key in held and need.holds(held[need.key]) for need in self.needs)


@dataclass(frozen=True, slots=True)
class Symbol:
    """A constant of logic: a case of an enum, `true` or `false`. Texts are strings there."""

    name: str


Term = str | int | Symbol
Row = tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Deduce:
    """Derive relations from facts by rules (clingo's language). `facts` are rows by predicate, as are `relations` out.

    `mode` None is any answer set; `must` what all of them share, `could` what any has, `best` the optimum, `models` up
    to `most` of them. Whole numbers have 32 bits.
    """

    path: str
    logic: str
    rules: str
    facts: tuple[tuple[str, tuple[Row, ...]], ...]
    relations: tuple[tuple[str, int], ...]
    mode: Literal["must", "could", "best", "models"] | None = None
    most: int | None = None


ModelEffect = Ask | Choose | Score
Effect = ModelEffect | Find | Call | Deduce


@dataclass(frozen=True, slots=True)
class Observed:
    """What is recorded of a reply but never hashed, since machines and batches may differ in it.

    Units: log-probabilities and `margin` in nats, `entropy` in nats a token, times in seconds. `margin` is the smallest
    gap, over the reply's free choices, between the token taken and the best other legal one (None: nothing was free).
    """

    prompt_tokens: int = 0
    cached_tokens: int = 0
    reply_tokens: int = 0
    mean_logprob: float | None = None
    margin: float | None = None
    entropy: float | None = None
    seconds: float = 0.0


UNOBSERVED = Observed()


@dataclass(frozen=True, slots=True)
class Asked:
    """The text of each hole, in order, as the shape writes it (without the joining space, without the stop)."""

    texts: tuple[tuple[str, str], ...]
    token_ids: tuple[int, ...] = ()
    observed: Observed = field(default=UNOBSERVED, compare=False)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The score of every option, in nats and in the order of the options, contrast already subtracted.

    `bounds` are the places of the scores that are only upper bounds, each below the two best, which are exact.
    """

    scores: tuple[float, ...]
    observed: Observed = field(default=UNOBSERVED, compare=False)
    bounds: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Scored:
    """Log-probabilities in nats. `lift` is `sum` minus the same under the blank prompt (None without one)."""

    sum: float
    mean: float
    lift: float | None
    observed: Observed = field(default=UNOBSERVED, compare=False)


@dataclass(frozen=True, slots=True)
class Called:
    """What a tool gave, as data; the machine sees whether it is of the tool's type."""

    value: Data
    observed: Observed = field(default=UNOBSERVED, compare=False)


@dataclass(frozen=True, slots=True)
class Found:
    """Passages, best first; no more than were asked for."""

    hits: tuple[Hit, ...]
    observed: Observed = field(default=UNOBSERVED, compare=False)


@dataclass(frozen=True, slots=True)
class Deduced:
    """`sat` with one answer (several for `models`), each the rows of every relation; `unsat` with facts that
    contradict each other, as positions among the rows of each predicate; or `unknown`, and `why`: then the answers are
    those by then: of `best` the best one, of `models` any. A symbol comes back as its name.
    """

    outcome: Literal["sat", "unsat", "unknown"]
    answers: tuple[tuple[tuple[str, tuple[Row, ...]], ...], ...] = ()
    core: tuple[tuple[str, tuple[int, ...]], ...] = ()
    why: str = ""
    observed: Observed = field(default=UNOBSERVED, compare=False)


FailureKind = Literal[
    "Truncated", "Impossible", "ContextFull", "Timeout", "BudgetSpent", "ToolFailed", "Denied", "NotFound", "Rejected"
]


@dataclass(frozen=True, slots=True)
class Failed:
    """The world could not answer; the machine raises this as the language's failure of the same name."""

    kind: FailureKind
    message: str
    observed: Observed = field(default=UNOBSERVED, compare=False)


Reply = Asked | Chosen | Scored | Found | Called | Deduced | Failed


@runtime_checkable
class Counts(Protocol):
    """A model that can say how long a text is, without being asked anything: `fit` needs it."""

    def count_tokens(self, text: str) -> int:
        """Count the tokens of a text: always the same for the same model, and no effect."""
        ...


@runtime_checkable
class Measures(Protocol):
    """A model that says how it went about its answers; none of it changes one. `lot run --stats` shows it."""

    @property
    def counts(self) -> Mapping[str, int]:
        """Count what was done since it was opened. `most_rows` is the most at any time."""
        ...


class Model(Protocol):
    """Who answers model effects: the engine on a real model, the dice, a puppet, a remote server."""

    @property
    def name(self) -> str:
        """Name the model as the catalogue, `--model` and error messages do."""
        ...

    @property
    def identity(self) -> str:
        """Identify what answers, for the journal: content hash, graph, kind of processor."""
        ...

    def submit(self, effects: Sequence[ModelEffect]) -> list[Future[Reply]]:
        """Take effects to be answered in any order, one future each, and return at once.

        Errors: a reply that the world cannot give is `Failed`; an exception in a future is a defect.
        """
        ...

    def close(self) -> None:
        """Release threads and memory. Futures not yet answered are cancelled."""
        ...


class Index(Protocol):
    """Who answers searches: of one declared index, or of lists."""

    @property
    def identity(self) -> str:
        """Identify what answers, for the journal: the documents' hash, how they are compared."""
        ...

    def submit(self, effects: Sequence[Find]) -> list[Future[Reply]]:
        """Take searches to be answered in any order, one future each, and return at once.

        Errors: `Failed` (NotFound where there are no documents, Timeout); an exception in a future is a defect.
        """
        ...

    def close(self) -> None:
        """Release what is held. Futures not yet answered are cancelled."""
        ...


class Logic(Protocol):
    """Who derives."""

    @property
    def identity(self) -> str:
        """Identify what answers, for the journal: the solver and its version."""
        ...

    def submit(self, effects: Sequence[Deduce]) -> list[Future[Reply]]:
        """Take deductions to be answered in any order, one future each, and return at once.

        What takes too long is `unknown`. Errors: `Failed` (Rejected for rules that can't be read, Timeout); an
        exception in a future is a defect.
        """
        ...

    def close(self) -> None:
        """Release what is held. Futures not yet answered are cancelled."""
        ...


class Tool(Protocol):
    """Who answers the calls of one declared tool: what it runs, or a stand-in."""

    @property
    def identity(self) -> str:
        """Identify what answers, for the journal."""
        ...

    def submit(self, effects: Sequence[Call]) -> list[Future[Reply]]:
        """Take calls to be answered in any order, one future each, and return at once.

        Errors: what the tool can't do is `Failed` (ToolFailed, Denied, NotFound, Timeout); an exception in a future is
        a defect.
        """
        ...

    def close(self) -> None:
        """Release what is held. Futures not yet answered are cancelled."""
        ...
