"""Places in memory that are known to be empty: a READ right after a MOV.

Where it can't be seen on a straight line, the failure `Empty` says it at run time.
"""

from __future__ import annotations

from collections.abc import Mapping

from lotterylang.check.program import MemoryDeclaration
from lotterylang.check.walk import below
from lotterylang.syntax import tree
from lotterylang.syntax.tree.node import Node

_STOPS = (tree.Label, tree.Call, tree.Memory)


def emptied_reads(
    statements: tuple[Node, ...], memories: Mapping[str, MemoryDeclaration]
) -> list[tuple[tree.Read | tree.Copy | tree.Mov, tree.Mov]]:
    """List the reads of one block, without a default, of a place that a MOV of that block has emptied.

    A store with a start is never empty. A write to any place of a store, a call and a label make it unknown again.
    """
    found: list[tuple[tree.Read | tree.Copy | tree.Mov, tree.Mov]] = []
    empty: dict[tree.Place, tree.Mov] = {}
    for statement in statements:
        read = _read_by(statement)
        if read is not None and read in empty:
            found.append((statement, empty[read]))  # type: ignore[arg-type]
        for part in below(statement):
            if isinstance(part, _STOPS):
                empty.clear()
            elif isinstance(part, tree.Write | tree.Copy | tree.Mov):
                target = part.place if isinstance(part, tree.Write) else part.target
                empty = {place: by for place, by in empty.items() if place.name != target.name}
        if isinstance(statement, tree.Mov) and _may_be_empty(statement.source, memories):
            if statement.source != statement.target:
                empty[statement.source] = statement
    return found


def _read_by(statement: Node) -> tree.Place | None:
    if isinstance(statement, tree.Read):
        return statement.place if statement.default is None else None
    return statement.source if isinstance(statement, tree.Copy | tree.Mov) else None


def _may_be_empty(place: tree.Place, memories: Mapping[str, MemoryDeclaration]) -> bool:
    memory = memories.get(place.name)
    if memory is None:
        return False
    if memory.key is not None and place.key is None:
        return False
    return memory.kind == "map" or memory.start is None
