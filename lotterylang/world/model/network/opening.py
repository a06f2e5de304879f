"""Opening: the folder of a built model in, a network on the best device that can run it out."""

from __future__ import annotations

from pathlib import Path

from lotterylang.world.model.network.cpu import CpuNetwork
from lotterylang.world.model.network.interface import Network


def opened(folder: Path) -> Network:
    """Open a built model. Errors: `LOT-E0724` if what was built is damaged."""
    return CpuNetwork(folder)
