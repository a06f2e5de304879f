"""What happened, durable: one JSON record a line, one line an outside effect, in order of arrival.

Every record carries the hash of the one before it, so damage is seen. The *run's* hash does not depend on arrival: it
is over path, effect, hash of the arguments, reply and token ids of every record, sorted by path. What is `observed`
(timings, token counts, margins) is recorded and not hashed. Next door: `runner.py` writes, `shell/why.py` reads.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from pathlib import Path as FilePath
from typing import IO, Any

from lotterylang.run.effects import (
    Ask,
    Asked,
    Call,
    Called,
    Choose,
    Chosen,
    Data,
    Deduced,
    Effect,
    Failed,
    Find,
    Found,
    Hit,
    ModelEffect,
    Observed,
    Prompt,
    Reply,
    Score,
    Scored,
    Symbol,
    Term,
)
from lotterylang.run.paths import in_program_order
from lotterylang.syntax.diagnostics import error

VERSION = 1


@dataclass(frozen=True, slots=True)
class Record:
    """One effect and its reply, as data."""

    path: str
    effect: Mapping[str, Any]
    arguments: str
    reply: Mapping[str, Any]
    observed: Mapping[str, Any]

    def hashed(self) -> list[Any]:
        """Give what the run's hash covers."""
        return [self.path, self.effect["kind"], self.arguments, self.reply]


@dataclass(slots=True)
class Journal:
    """The records of a run; written line by line where there is a file."""

    header: Mapping[str, Any]
    file: IO[str] | None = None
    records: dict[str, Record] = field(default_factory=dict)
    cancelled: list[str] = field(default_factory=list)
    previous: str = ""

    def __post_init__(self) -> None:
        self._line({"journal": VERSION, **self.header})

    def add(self, effect: Effect, reply: Reply) -> Record:
        """Record an effect and its reply."""
        record = record_of(effect, reply)
        self.records[record.path] = record
        self._line({name: getattr(record, name) for name in Record.__slots__})
        return record

    def intend(self, effect: Call) -> None:
        """Record, before it is done, what acts on the world: after a crash it is known that it may have been done."""
        self._line({"intent": effect.path, "effect": described(effect)})

    def cancel(self, path: str) -> None:
        """Record that a branch was cancelled: what it was answered until then is no part of the hash."""
        self.cancelled.append(path)
        self._line({"cancelled": path})

    def keep(self, file: str, places: Mapping[str, int]) -> None:
        """Record what was committed to a file of memory: how many places of each store. It is not hashed."""
        self._line({"kept": file, "places": dict(places)})

    def counted(self) -> list[Record]:
        """List the records that were not cancelled."""
        gone = set(self.cancelled)
        return [record for record in self.records.values() if gone.isdisjoint(_prefixes(record.path))]

    def end(self, outcome: Mapping[str, Any]) -> str:
        """Record the outcome; give the run's hash."""
        found = run_hash(self.counted())
        self._line({"end": outcome, "hash": found})
        return found

    def _line(self, data: Mapping[str, Any]) -> None:
        text = json.dumps({**data, "previous": self.previous}, ensure_ascii=False, separators=(",", ":"))
        self.previous = _digest(text)
        if self.file is not None:
            self.file.write(text + "\n")
            self.file.flush()


def _prefixes(path: str) -> list[str]:
    segments = path.split("/")
    return ["/".join(segments[:size]) for size in range(1, len(segments) + 1)]


def record_of(effect: Effect, reply: Reply) -> Record:
    """Give the record of an effect and its reply."""
    asked = described(effect)
    seen = ((name, getattr(reply.observed, name)) for name in Observed.__slots__)
    observed = {name: value for name, value in seen if value not in (None, 0, 0.0)}
    return Record(effect.path, asked, _hash_of(asked), _reply_data(reply), observed)


def described(effect: Effect) -> dict[str, Any]:
    """Give an effect as JSON data, its path and what is left of the budget aside."""
    kind = type(effect).__name__.lower()
    if isinstance(effect, ModelEffect):
        return _described_model(kind, effect)
    if isinstance(effect, Call):
        return {"kind": kind, "tool": effect.tool, "arguments": [[k, packed(v)] for k, v in effect.arguments]}
    if isinstance(effect, Find):
        asked: dict[str, Any] = {"kind": kind, "index": effect.index, "query": effect.query, "count": effect.count}
        needs = {"needs": [[need.key, need.sign, list(need.values)] for need in effect.needs]} if effect.needs else {}
        return asked | needs | {"passages": _digest(json.dumps(_hits(effect.passages), ensure_ascii=False))}
    facts = [[name, [[_term(term) for term in row] for row in rows]] for name, rows in effect.facts]
    deduced: dict[str, Any] = {"kind": kind, "logic": effect.logic, "rules": _digest(effect.rules), "facts": facts}
    return deduced | {"relations": [list(pair) for pair in effect.relations], "mode": effect.mode, "most": effect.most}


def _described_model(kind: str, effect: ModelEffect) -> dict[str, Any]:
    data: dict[str, Any] = {"kind": kind, "model": effect.model}
    data["prompt"] = _prompt_data(effect.prompt)
    if isinstance(effect, Ask):
        data["sampling"] = asdict(effect.sampling)
    elif isinstance(effect, Choose):
        data |= {"options": list(effect.options), "contrast": [_prompt_data(p) for p in effect.contrast]}
        data["per_token"] = effect.per_token
        data |= {"only_best": True} if effect.only_best else {}
    elif isinstance(effect, Score):
        data |= {"text": effect.text, "blank": _prompt_data(effect.blank) if effect.blank else None}
    return data


def arguments_hash(effect: Effect) -> str:
    """Hash what an effect asks, whoever asks it: two effects with one hash and greedy sampling get one reply."""
    return _hash_of(described(effect))


def _hash_of(asked: Mapping[str, Any]) -> str:
    return _digest(json.dumps(asked, ensure_ascii=False, sort_keys=True))


def run_hash(records: Iterable[Record]) -> str:
    """Hash a run: the same for the same program, inputs, model and seed, whatever arrived first."""
    ordered = sorted(records, key=lambda record: in_program_order(record.path))
    return _digest(json.dumps([record.hashed() for record in ordered], ensure_ascii=False, sort_keys=True))


def read(path: FilePath) -> tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any] | None]:
    """Read a journal: header, records, outcome (None where the run did not end).

    Errors: LOT-E0601 for a file that is no journal, LOT-E0602 for one that was damaged. A torn last line is dropped.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError):
        raise error("LOT-E0601", f"`{path}` is no journal of a run", help="`lot run` writes one") from None
    torn = lines.pop() != ""
    found, previous = [], ""
    for number, line in enumerate(lines, 1):
        try:
            data = json.loads(line)
        except ValueError:
            data = None
        if number == 1 and not (isinstance(data, dict) and data.get("journal") == VERSION):
            raise error("LOT-E0601", f"`{path}` is no journal of this version", help="`lot run` writes one")
        if not isinstance(data, dict) or data.get("previous") != previous:
            raise error("LOT-E0602", f"line {number} of the journal `{path}` is damaged", help="run the program again")
        previous = _digest(line)
        found.append(data)
    if not found:
        raise error("LOT-E0601", f"`{path}` is no journal of this version", help="`lot run` writes one")
    end = found.pop() if len(found) > 1 and "end" in found[-1] and not torn else None
    return found[0], [data for data in found[1:] if not data.keys() & {"intent", "cancelled", "kept"}], end


def replies_of(records: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, Reply]]:
    """Give the recorded replies for a replay: by path, with the hash of the arguments that they answered."""
    return {record["path"]: (record["arguments"], _reply_of(record)) for record in records}


def _reply_data(reply: Reply) -> dict[str, Any]:
    match reply:
        case Asked(texts, token_ids):
            return {"kind": "asked", "texts": [list(pair) for pair in texts], "tokens": list(token_ids)}
        case Chosen(scores):
            return {"kind": "chosen", "scores": list(scores)} | ({"bounds": list(reply.bounds)} if reply.bounds else {})
        case Scored(total, mean, lift):
            return {"kind": "scored", "sum": total, "mean": mean, "lift": lift}
        case Called(value):
            return {"kind": "called", "value": packed(value)}
        case Found(hits):
            return {"kind": "found", "hits": _hits(hits)}
        case Deduced(outcome, answers, core, why):
            return {"kind": "deduced", "outcome": outcome, "answers": answers, "core": core, "why": why}
        case Failed(kind, message):
            return {"kind": "failed", "failure": kind, "message": message}


def _reply_of(record: Mapping[str, Any]) -> Reply:
    data, observed = record["reply"], Observed(**record["observed"])
    match data["kind"]:
        case "asked":
            texts = tuple((name, text) for name, text in data["texts"])
            return Asked(texts, tuple(data["tokens"]), observed)
        case "chosen":
            return Chosen(tuple(data["scores"]), observed, tuple(data.get("bounds", ())))
        case "scored":
            return Scored(data["sum"], data["mean"], data["lift"], observed)
        case "called":
            return Called(unpacked(data["value"]), observed)
        case "found":
            return Found(tuple(_hit(*parts) for parts in data["hits"]), observed)
        case "deduced":
            answers, core = _frozen(data["answers"]), _frozen(data["core"])
            return Deduced(data["outcome"], answers, core, data["why"], observed)
        case _:
            return Failed(data["failure"], data["message"], observed)


def _frozen(data: Any) -> Any:
    return tuple(map(_frozen, data)) if isinstance(data, list) else data


def packed(data: Data) -> Any:
    """Write data of the world as JSON that reads back exactly: a fraction is `{"/": "1/3"}`."""
    if isinstance(data, Fraction):
        return {"/": f"{data.numerator}/{data.denominator}"}
    if isinstance(data, dict):
        inner = {key: packed(value) for key, value in data.items()}
        return {"/": inner} if data.keys() == {"/"} else inner
    return [packed(item) for item in data] if isinstance(data, list | tuple) else data


def unpacked(data: Any) -> Data:
    """Read what `packed` wrote."""
    if isinstance(data, dict):
        inner = data["/"] if data.keys() == {"/"} else data
        return Fraction(inner) if isinstance(inner, str) else {key: unpacked(value) for key, value in inner.items()}
    return [unpacked(item) for item in data] if isinstance(data, list) else data


def _hits(hits: Iterable[Hit]) -> list[Any]:
    plain = (([hit.text, hit.title, packed(hit.score), hit.source], hit.meta) for hit in hits)
    return [[*parts, [list(pair) for pair in meta]] if meta else parts for parts, meta in plain]


def _hit(text: str, title: str, score: Any, source: str, meta: Iterable[tuple[str, str]] = ()) -> Hit:
    return Hit(text, title, unpacked(score), source, tuple((key, value) for key, value in meta))


def _term(term: Term) -> Any:
    return {"symbol": term.name} if isinstance(term, Symbol) else term


def _prompt_data(prompt: Prompt) -> list[Any]:
    return [[turn.role, [p if isinstance(p, str) else asdict(p) for p in turn.parts]] for turn in prompt.turns]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
