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
) -> list[tuple[tree.Place, tree.Mov]]:
    """List the reads without a default of a place that a MOV of the same block has emptied.

    After a MOV the start of a store does not come back. A write to any place of a store, a call and a label make it
    unknown again.
    """
    found: list[tuple[tree.Place, tree.Mov]] = []
    empty: dict[tree.Place, tree.Mov] = {}
    for statement in statements:
        read = _read_by(statement)
        if read is not None and read in empty:
            found.append((read, empty[read]))
        for part in below(statement):
            if isinstance(part, _STOPS):
                empty.clear()
            elif isinstance(part, tree.Write | tree.Copy | tree.Mov):
                target = part.place if isinstance(part, tree.Write) else part.target
                empty = {place: by for place, by in empty.items() if place.name != target.name}
        if isinstance(statement, tree.Mov) and _is_emptied(statement, memories):
            empty[statement.source] = statement
    return found


def _read_by(statement: Node) -> tree.Place | None:
    if isinstance(statement, tree.Read):
        return statement.place if statement.default is None else None
    return statement.source if isinstance(statement, tree.Copy | tree.Mov) else None


def _is_emptied(statement: tree.Mov, memories: Mapping[str, MemoryDeclaration]) -> bool:
    place = statement.source
    memory = memories.get(place.name)
    if memory is None or place == statement.target:
        return False
    return memory.key is None or place.key is not None
