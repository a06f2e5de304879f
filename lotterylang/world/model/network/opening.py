"""Opening: the folder of a built model in, a network on the device it was built for out."""

from __future__ import annotations

from pathlib import Path

from lotterylang.recipe import Window
from lotterylang.world.model.build.folder import BRANCH
from lotterylang.world.model.network.cpu import CpuNetwork
from lotterylang.world.model.network.cuda import CudaNetwork
from lotterylang.world.model.network.exported import GRAPH, ExportedNetwork
from lotterylang.world.model.network.interface import Network


def opened(folder: Path, window: Window | None = None) -> Network:
    """Open a built model, seeing no more than a window if there is one. Errors: `LOT-E0724` if it is damaged."""
    if (folder / GRAPH).exists():
        return ExportedNetwork(folder)
    if (folder / BRANCH).exists():
        return CudaNetwork(folder, window)
    return CpuNetwork(folder, window)
