"""A checkpoint in, the same one with other values in some of its tensors out.

Next door: `adapter.py` adds to matrices, `pruned.py` sets some of their values to zero.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path

from lotterylang.world.model.arrays import Floats
from lotterylang.world.model.weights.checkpoint import Architecture, Checkpoint, Vocabulary


class Changed(ABC):
    """A checkpoint whose tensors are those of another one, changed."""

    def __init__(self, weights: Checkpoint) -> None:
        self._weights = weights

    @property
    def path(self) -> Path:
        """Give the file or folder it is read from."""
        return self._weights.path

    @property
    def architecture(self) -> Architecture:
        """Give the shape of the decoder."""
        return self._weights.architecture

    @property
    def vocabulary(self) -> Vocabulary:
        """Give what is said of the tokenizer."""
        return self._weights.vocabulary

    def has(self, name: str) -> bool:
        """Tell whether there is a tensor of this name."""
        return self._weights.has(name)

    def shapes(self) -> Mapping[str, tuple[int, ...]]:
        """List the tensors and their shapes, rows first."""
        return self._weights.shapes()

    def tensor(self, name: str) -> Floats:
        """Give a tensor as it is after the change."""
        return self.changed(name, self._weights.tensor(name))

    @abstractmethod
    def changed(self, name: str, values: Floats) -> Floats:
        """Give what a tensor is changed to. Shapes: as they are."""
