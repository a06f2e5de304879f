"""Flows: a checked program in; every outside action that a stranger's words decide or feed, refused.

The marks of `origins.py` are followed through values, branches, memory and calls, of all functions again and again
until nothing changes. What a value is made of marks it, and so does what decided that it is this one. `endorse` ends a
mark. Programs without a tool that acts are not looked at. Next door: `function.py` follows one function.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from lotterylang.check.marks.function import Follower
from lotterylang.check.marks.origins import NONE, Act, Flow, Marks, Origin
from lotterylang.check.program import Program
from lotterylang.check.report import Report
from lotterylang.check.standard import acts_outside
from lotterylang.syntax import tree

_SAID = {
    "document": "what a document says",
    "tool": "what a tool has read",
    "memory": "what a stranger's words left in a file",
}
_FOUND = {
    "document": "the document is found here",
    "tool": "the tool is called here",
    "memory": "its file holds what an earlier run was told",
}
_HELP = "act on what the user and the program say, or judge it: `endorse … as bool`, a bounded number or a choice"


@dataclass(slots=True)
class Flows:
    """What is known of all functions so far, and of what every place of memory may hold."""

    program: Program
    known: dict[str, Flow] = field(default_factory=dict)
    held: dict[str, Marks] = field(default_factory=dict)

    def settle(self) -> None:
        """Follow every function until nothing new is found."""
        before = None
        while before != (self.known, self.held):
            before = (dict(self.known), dict(self.held))
            for name, signature in self.program.functions.items():
                found = self.follow(name, signature.node.body, signature.node.params)
                if id(signature.node) in self.program.conditions:  # what the result promises may fail
                    found = replace(found, fails=found.fails | found.result, may_fail=True)
                self.known[name] = found

    def follow(self, name: str, body: tree.Block, params: tuple[tree.Param, ...] = ()) -> Flow:
        """Follow one function, or statements that stand alone."""
        found = Follower(self.program, self.known, self.held, name).flow(body, params)
        for place, marks in found.writes:
            self.held[place] = self.held.get(place, NONE) | {each for each in marks if isinstance(each, Origin)}
        return found


def refuse_fed(program: Program, report: Report, entry: tree.Block | None = None) -> None:
    """Refuse outside actions that a stranger's words decide or feed. Errors: LOT-E0524."""
    if not any(acts_outside(tool) for tool in program.tools.values()):
        return
    flows = Flows(program)
    flows.settle()
    _refuse_all(flows, [flows.follow("", entry)] if entry is not None else [], report)


def fed_memories(program: Program, kept: Collection[str]) -> frozenset[str]:
    """Tell which memories strangers' words may reach, those included that a file says hold them already.

    Errors: LOT-E0524 where an outside action would be decided or fed by what the file holds.
    """
    nodes = {name: program.memories[name].node for name in kept}
    flows = Flows(program, held={name: frozenset({Origin("memory", node.span)}) for name, node in nodes.items()})
    flows.settle()
    report = Report()
    _refuse_all(flows, [], report)
    report.raise_any()
    return frozenset(name for name in program.memories if flows.held.get(name))


def _refuse_all(flows: Flows, more: list[Flow], report: Report) -> None:
    found = [*flows.known.values(), *more]
    acts = {act: act.origins for flow in found for act in flow.acts if act.origins}
    fed = {act.span for act in acts if act.way == "given"}
    for act, origins in acts.items():
        if act.way == "given" or act.span not in fed:  # of one CALL one thing is said
            _refuse(act, origins[0], report)


def _refuse(act: Act, origin: Origin, report: Report) -> None:
    if act.way == "given":
        message, label = f"`{act.tool}` acts on the world, and is given {_SAID[origin.kind]}", "a stranger's words"
    else:
        message = f"`{act.tool}` acts on the world, and {_SAID[origin.kind]} decides whether it does"
        label = "a stranger decides"
    report.add("LOT-E0524", act.span, message, label, help=_HELP, others=((origin.span, _FOUND[origin.kind]),))
