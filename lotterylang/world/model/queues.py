"""Queues: who is next. Askers take turns; of one asker's items the first goes first.

Next door: `scheduling.py`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item", bound=Hashable)


class Queues(Generic[Item]):
    """One queue for each asker who has something in it."""

    def __init__(self) -> None:
        self._queues: OrderedDict[Hashable, OrderedDict[Item, None]] = OrderedDict()  # whose turn is next is first

    def __len__(self) -> int:
        return sum(map(len, self._queues.values()))

    def holds(self, asker: Hashable) -> bool:
        """Tell whether an asker has something in its queue."""
        return asker in self._queues

    def add(self, asker: Hashable, item: Item, is_first: bool = False) -> None:
        """Put an item at the end of its asker's queue, or at its beginning."""
        queue = self._queues.setdefault(asker, OrderedDict())
        queue[item] = None
        if is_first:
            queue.move_to_end(item, last=False)

    def firsts(self) -> Iterator[Item]:
        """Yield the first item of every queue, in the order of the askers' turns. They stay there."""
        return (next(iter(queue)) for queue in self._queues.values())

    def pass_on(self, asker: Hashable) -> None:
        """Say that an asker had its turn."""
        if asker in self._queues:
            self._queues.move_to_end(asker)

    def remove(self, asker: Hashable, item: Item) -> bool:
        """Take an item out of its queue; tell whether it was there."""
        queue = self._queues.get(asker, OrderedDict())
        if item not in queue:
            return False
        del queue[item]
        if not queue:
            del self._queues[asker]
        return True
