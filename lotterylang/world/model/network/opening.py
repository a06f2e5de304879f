"""Opening: the folder of a built model in, a network on the best device that can run it out."""

from __future__ import annotations

from pathlib import Path

from lotterylang.recipe import Window
from lotterylang.world.model.build import card
from lotterylang.world.model.build.folder import CARD
from lotterylang.world.model.network.cpu import CpuNetwork
from lotterylang.world.model.network.interface import Network


def opened(folder: Path, window: Window | None = None) -> Network:
    """Open a built model, seeing no more than a window if there is one. Errors: `LOT-E0724` if it is damaged."""
    try:
        precision = card.read(folder / CARD).precision
    except (OSError, ValueError, KeyError, TypeError):  # the network says what is damaged
        precision = "int8"
    if precision != "fp16":
        return CpuNetwork(folder, window)
    from lotterylang.world.model.network.cuda import CudaNetwork

    return CudaNetwork(folder, window)
