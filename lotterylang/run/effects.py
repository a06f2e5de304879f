"""Effects and replies: everything a program asks of the world, as data.

The machine yields an effect and is sent a reply; `world/` answers; neither knows the other. An effect names its path
(`answer/for[3]/think/ask#2`), which depends on the program and never on time. Next door: `shapes.py` says what may fill
a hole; `journal.py` writes both down; `world/model/` answers `Ask`, `Choose` and `Score`.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

from lotterylang.run.shapes import Hole

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
    """

    path: str
    model: str
    prompt: Prompt
    options: tuple[str, ...]
    contrast: tuple[Prompt, ...] = ()
    per_token: bool = False
    tokens_left: int | None = None


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


ModelEffect = Ask | Choose | Score
Effect = ModelEffect


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
    """The score of every option, in nats and in the order of the options, contrast already subtracted."""

    scores: tuple[float, ...]
    observed: Observed = field(default=UNOBSERVED, compare=False)


@dataclass(frozen=True, slots=True)
class Scored:
    """Log-probabilities in nats. `lift` is `sum` minus the same under the blank prompt (None without one)."""

    sum: float
    mean: float
    lift: float | None
    observed: Observed = field(default=UNOBSERVED, compare=False)


FailureKind = Literal["Truncated", "Impossible", "ContextFull", "Timeout", "BudgetSpent"]


@dataclass(frozen=True, slots=True)
class Failed:
    """The world could not answer; the machine raises this as the language's failure of the same name."""

    kind: FailureKind
    message: str
    observed: Observed = field(default=UNOBSERVED, compare=False)


Reply = Asked | Chosen | Scored | Failed


@runtime_checkable
class Counts(Protocol):
    """A model that can say how long a text is, without being asked anything: `fit` needs it."""

    def count_tokens(self, text: str) -> int:
        """Count the tokens of a text: always the same for the same model, and no effect."""
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
