"""The CUDA runtime library: copies of strided blocks between places on the device, which ONNX Runtime has no call for.

ONNX Runtime's CUDA provider has loaded the library into the process; this asks it for one function. Next door:
`cuda.py`.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass

_DEVICE_TO_DEVICE = 3


@dataclass(frozen=True, slots=True)
class Block:
    """A block of `planes` × `rows` × `width` bytes somewhere in memory.

    Rows begin `pitch` bytes after one another, planes `tall` rows.
    """

    address: int
    pitch: int
    tall: int


Copy = Callable[[Block, Block, tuple[int, int, int]], None]
"""Copies a block to another; the extent is (width in bytes, rows, planes)."""


class _Pos(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in ("x", "y", "z")]


class _Pitched(ctypes.Structure):
    _fields_ = [("address", ctypes.c_void_p), *((name, ctypes.c_size_t) for name in ("pitch", "width", "tall"))]


class _Extent(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in ("width", "height", "depth")]


class _Parameters(ctypes.Structure):
    """`cudaMemcpy3DParms`."""

    _fields_ = [
        ("source_array", ctypes.c_void_p),
        ("source_place", _Pos),
        ("source", _Pitched),
        ("target_array", ctypes.c_void_p),
        ("target_place", _Pos),
        ("target", _Pitched),
        ("extent", _Extent),
        ("kind", ctypes.c_int),
    ]


def copier(library: str) -> Copy:
    """Give the function that copies on the device. Errors: OSError if the library is not there."""
    runtime = ctypes.CDLL(library)

    def copy(source: Block, target: Block, extent: tuple[int, int, int]) -> None:
        width = extent[0]
        parameters = _Parameters(
            source=_Pitched(source.address, source.pitch, width, source.tall),
            target=_Pitched(target.address, target.pitch, width, target.tall),
            extent=_Extent(*extent),
            kind=_DEVICE_TO_DEVICE,
        )
        code = runtime.cudaMemcpy3D(ctypes.byref(parameters)) or runtime.cudaDeviceSynchronize()
        if code:
            raise RuntimeError(f"copying on the CUDA device failed with code {code}")

    return copy


def free_bytes(library: str) -> int:
    """Give the memory of the device that nobody uses now; 0 where the library can't say."""
    free, total = ctypes.c_size_t(), ctypes.c_size_t()
    code = ctypes.CDLL(library).cudaMemGetInfo(ctypes.byref(free), ctypes.byref(total))
    return 0 if code else free.value
