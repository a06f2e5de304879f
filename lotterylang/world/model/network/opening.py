"""Opening: the folder of a built model in, a network on the best device that can run it out."""

from __future__ import annotations

from pathlib import Path

from lotterylang.recipe import Window
from lotterylang.world.model.network.cpu import CpuNetwork
from lotterylang.world.model.network.exported import GRAPH, ExportedNetwork
from lotterylang.world.model.network.interface import Network


def opened(folder: Path, window: Window | None = None) -> Network:
    """Open a built model, seeing no more than a window if there is one. Errors: `LOT-E0724` if it is damaged."""
    if (folder / GRAPH).exists():
        return ExportedNetwork(folder)
    return CpuNetwork(folder, window)
