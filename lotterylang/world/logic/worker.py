"""Worker: one process that derives, on its own and within bounds. Lines of JSON in and out; the parent may kill it.

It opens nothing: before the first rule is read it gives up files, the network, writing, and memory past
a limit. While clingo grounds it can't be interrupted, so an alarm of the system ends the process when the
parent, which should, does not. Next door: `workers.py` starts it; `solver.py` answers.
"""

from __future__ import annotations

import json
import signal
import sys
from typing import IO, Any

from lotterylang.run.effects import Deduce, Deduced, Failed
from lotterylang.world.logic import encoding

GRACE_S = 0.25
"""How long after its limit a deduction that can be interrupted has, before its process is killed."""


def main(memory_bytes: int) -> None:
    """Answer questions from standard input until it ends."""
    from lotterylang.world.logic.solver import Solver
    from lotterylang.world.logic.support import explained

    questions, replies = sys.stdin, sys.stdout
    solver = Solver()
    solver.answer(Deduce("", "", "a.", (), (("a", 0),)), 1.0)  # what is imported or opened at first use is, by now
    confine(memory_bytes)
    _say(replies, {"ready": True})
    for line in questions:
        question = json.loads(line)
        effect, seconds = effect_of(question), question["seconds"]
        signal.setitimer(signal.ITIMER_REAL, seconds + 4 * GRACE_S)
        try:
            if "why" in question:
                reply = explained(solver, effect, question, seconds)
            else:
                reply = written(
                    solver.answer(effect, seconds, lambda found: _say(replies, {**written(found), "more": True}))
                )
        except MemoryError:
            _say(replies, {"outcome": "unknown", "why": "it took too much memory", "last": True})
            return  # what is left of the memory is in pieces: a fresh process is better
        except Exception as defect:
            reply = {"defect": f"{type(defect).__name__}: {defect}"}
        signal.setitimer(signal.ITIMER_REAL, 0)
        _say(replies, reply)


def confine(memory_bytes: int) -> None:
    """Give up what deriving does not need: files, what it writes, memory past a limit."""
    import resource  # no Windows has it

    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the parent's


def question_of(effect: Deduce, seconds: float) -> dict[str, Any]:
    """Write a deduction as JSON data; its limit is in seconds."""
    return {
        "logic": effect.logic,
        "rules": effect.rules,
        "facts": [[name, encoding.packed(rows)] for name, rows in effect.facts],
        "relations": effect.relations,
        "mode": effect.mode,
        "most": effect.most,
        "seconds": seconds,
    }


def effect_of(question: dict[str, Any]) -> Deduce:
    """Read a deduction from JSON data."""
    facts = tuple((name, encoding.unpacked(rows)) for name, rows in question["facts"])
    relations = tuple((name, arity) for name, arity in question["relations"])
    return Deduce("", question["logic"], question["rules"], facts, relations, question["mode"], question["most"])


def written(reply: Deduced | Failed) -> dict[str, Any]:
    """Write a reply as JSON data."""
    if isinstance(reply, Failed):
        return {"kind": reply.kind, "message": reply.message}
    return {"outcome": reply.outcome, "answers": reply.answers, "core": reply.core, "why": reply.why}


def reply_of(data: dict[str, Any]) -> Deduced | Failed:
    """Read a reply from JSON data."""
    if "kind" in data:
        return Failed(data["kind"], data["message"])
    answers = tuple(
        tuple((name, tuple(map(tuple, rows))) for name, rows in answer) for answer in data.get("answers", ())
    )
    core = tuple((name, tuple(places)) for name, places in data.get("core", ()))
    return Deduced(data["outcome"], answers, core, data["why"])


def _say(replies: IO[str], data: dict[str, Any]) -> None:
    replies.write(json.dumps(data, separators=(",", ":")) + "\n")
    replies.flush()
