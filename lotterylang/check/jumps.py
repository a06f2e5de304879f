"""Inference of a function's body with labels: which names are bound, and to what, on every path to each label.

The body is cut at its labels. First the names alone are followed along all paths, until nothing changes; then each
piece is judged once, after a piece that leads to it. After a label a name is usable if it is bound on every path to it,
with one type; a loop may bind it anew.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lotterylang.check.matches import Matches
from lotterylang.check.names import Binding, Level, span_of
from lotterylang.check.relations import fits
from lotterylang.check.types import NEVER, UNKNOWN, Type
from lotterylang.check.walk import below
from lotterylang.syntax import tree
from lotterylang.syntax.source import Span
from lotterylang.syntax.tree.node import Node

Names = frozenset[str]


@dataclass(frozen=True, slots=True)
class Piece:
    """The statements from one label (None: from the start) up to the next."""

    label: tree.Label | None
    statements: tuple[Node, ...]


@dataclass(slots=True)
class Flow:
    """What is known at the start of each piece that is ever reached, and an order to judge them in.

    `is_whole`: every JUMP leads to a label, so a piece that no path leads to is never reached.
    """

    usable: dict[int, Names] = field(default_factory=dict)
    before: dict[int, Names] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)
    is_whole: bool = True


class Jumps(Matches):
    """Bodies with labels."""

    def labelled(self, node: tree.Block, want: Type | None) -> Type:
        """Judge the body of a function that has labels; gives the type of its value."""
        pieces = pieces_of(node)
        flow = flow_of(pieces)
        spans = {name: span for statement in node.statements for name, span in bound_by(statement)}
        self.arrivals: dict[str, list[tuple[Span, Mapping[str, Binding]]]] = {}
        kind: Type = NEVER
        with self.scope.block() as level:
            self.body_level = level
            for i in flow.order:
                self._enter(level, pieces[i], flow.usable[i], {n: spans[n] for n in flow.before[i]}, spans)
                is_last = i + 1 == len(pieces)
                found = self.statements(pieces[i].statements, node.span, want if is_last else UNKNOWN)
                following = None if is_last else pieces[i + 1].label
                if following is not None and found != NEVER:
                    self.arrive(following.name, following.span)
                kind = found if is_last else kind
        self.frame.late = {}
        self._compare_arrivals(pieces, flow)
        return kind

    def _enter(
        self, level: Level, piece: Piece, usable: Names, before: Mapping[str, Span], spans: Mapping[str, Span]
    ) -> None:
        arrivals = self.arrivals.get(piece.label.name, []) if piece.label is not None else []
        known = arrivals[0][1] if arrivals else {}
        level.names = {name: known[name] for name in known if name in usable}
        level.shown = {}
        level.bound_before = dict(before)
        self.frame.late = {name: span for name, span in spans.items() if name not in usable}

    def arrive(self, label: str, span: Span) -> None:
        """Note that a path leads to a label from here, and what is bound on it."""
        self.arrivals.setdefault(label, []).append((span, dict(self.body_level.names)))

    def _compare_arrivals(self, pieces: list[Piece], flow: Flow) -> None:
        for i, piece in enumerate(pieces):
            if piece.label is None:
                continue
            if i not in flow.usable:
                if not flow.is_whole:
                    continue
                help = "remove it, or JUMP to it"
                self.report.add("LOT-E0505", piece.label.span, "this is never reached", "no path leads here", help=help)
                continue
            for name in sorted(flow.usable[i]):
                kinds = [names[name] for _, names in self.arrivals.get(piece.label.name, []) if name in names]
                self._compare(piece.label, name, kinds)

    def _compare(self, label: tree.Label, name: str, found: list[Binding]) -> None:
        for other in found[1:]:
            first = found[0]
            if not (fits(first.type, other.type) and fits(other.type, first.type)):
                message = f"`{name}` is `{first.type}` on one path to `{label.name}` and `{other.type}` on another"
                others = ((first.span, f"`{first.type}` here"), (other.span, f"`{other.type}` here"))
                help = "give the two different names"
                self.report.add("LOT-E0509", label.span, message, "paths meet here", help=help, others=others)
                return


def pieces_of(node: tree.Block) -> list[Piece]:
    """Cut a body at its labels."""
    found: list[Piece] = []
    label: tree.Label | None = None
    statements: list[Node] = []
    for statement in node.statements:
        if isinstance(statement, tree.Label):
            found.append(Piece(label, tuple(statements)))
            label, statements = statement, []
        else:
            statements.append(statement)
    return [*found, Piece(label, tuple(statements))]


def flow_of(pieces: list[Piece]) -> Flow:
    """Follow the names along all paths."""
    at = {piece.label.name: i for i, piece in reversed(list(enumerate(pieces))) if piece.label is not None}
    jumps = [part for piece in pieces for part in below(piece.statements) if isinstance(part, tree.Jump)]
    is_whole = all(jump.label in at for jump in jumps)
    flow = Flow(usable={0: frozenset()}, before={0: frozenset()}, is_whole=is_whole)
    waiting = deque([0])
    order: dict[int, None] = {}
    while waiting:
        i = waiting.popleft()
        order[i] = None
        for target, names in _paths(pieces, i, flow.usable[i], at):
            known = flow.usable.get(target)
            met = names if known is None else known & names
            if met != known:
                flow.usable[target] = met
                waiting.append(target)
    flow.order = list(order)
    for i in range(len(pieces)):
        if i in flow.usable:
            flow.before.setdefault(i, frozenset())
            for target, names in _paths(pieces, i, flow.before[i], at):
                if target > i:
                    flow.before[target] = flow.before.get(target, frozenset()) | names
    return flow


def _paths(pieces: list[Piece], i: int, names: Names, at: Mapping[str, int]) -> Iterator[tuple[int, Names]]:
    """Yield where a piece leads, and the names bound there, given those at its start."""
    for statement in pieces[i].statements:
        for part in below(statement, but_not=(tree.For, tree.Fold, tree.Within, tree.Lambda)):
            if isinstance(part, tree.Jump) and part.label in at:
                yield at[part.label], names
        names |= {name for name, _ in bound_by(statement)}
        if never_ends(statement):
            return
    if i + 1 < len(pieces):
        yield i + 1, names


def bound_by(statement: object) -> list[tuple[str, Span]]:
    """List the names that a statement binds for those after it."""
    if isinstance(statement, tree.Let):
        return [(name, span_of(name, statement.span, "let")) for name in statement.binder]
    if isinstance(statement, tree.Read):
        return [(name, span_of(name, statement.span, "->")) for name in statement.binder]
    return []


def never_ends(node: object) -> bool:
    """Tell whether control never goes on after a statement."""
    match node:
        case tree.Jump():
            return node.condition is None
        case tree.Return() | tree.Fail():
            return True
        case tree.Block():
            return any(never_ends(statement) for statement in node.statements)
        case tree.If():
            blocks = [block for _, block in node.branches]
            return node.otherwise is not None and all(never_ends(block) for block in (*blocks, node.otherwise))
        case tree.Match():
            return all(never_ends(arm.body) for arm in node.arms)
        case tree.Within():
            return never_ends(node.body)
    return False
