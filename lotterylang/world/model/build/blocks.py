"""Blocks: matrices in, small codes and what turns them back into numbers out. Every 32 weights of a row are a block.

Next door: `graph.py` says which way a matrix is stored, `tensors.py` puts it on the disk.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lotterylang.world.model.arrays import Floats

BLOCK = 32
"""Weights that share one scale. Larger blocks lose quality, and 576 is no multiple of 128."""

ZERO_POINT = 128
"""What the ONNX operators take as zero of an unsigned 8-bit weight unless told otherwise."""

_HIGHEST = 127  # of a signed code of 8 bits
_MOST_PARTS = 2 * _HIGHEST // 15  # of a step of 4 bits, so that fifteen of them fit into 8 bits

MOST, MIDDLE = 15, 8
"""The largest code of 4 bits, and what the operators take as zero of one."""

_SAMPLE = 8  # rows that are tried first, since looking for a grid that is not there takes long
_NEVER_ZERO = np.float32(1e-8)
_OFF_GRID = 1e-3  # of a step: a file's own blocks are off by 1e-6 after rounding, others by up to half a step

Codes = NDArray[np.uint8]


def eight_bits(matrix: Floats) -> tuple[Codes, Floats]:
    """Quantise to 8 bits, weight = (code - 128) · scale. Weights that had 4 bits keep them nearly exactly.

    Shapes: (rows, columns) -> codes (rows, columns), scales (rows, columns / 32).
    """
    own = own_four_bits(matrix)
    if own is not None:
        return _on_a_finer_grid(*own)
    blocks = _blocks(matrix)
    scales = np.abs(blocks).max(axis=-1) / np.float32(_HIGHEST)
    scales[scales == 0] = _NEVER_ZERO
    codes = np.round(blocks / scales[..., None]) + ZERO_POINT  # (rows, blocks, 32)
    return codes.astype(np.uint8).reshape(matrix.shape), scales.astype(np.float32)


def _on_a_finer_grid(codes: Codes, steps: Floats, centres: Floats) -> tuple[Codes, Floats]:
    """Write 4-bit codes in 8 bits: a step is as many scales as bring the centre nearest to a whole number of them.

    Rounding to the largest weight of the block instead loses 2.8 times as much of SmolLM2's weights.
    Shapes: as `own_four_bits` gives them -> as `eight_bits`.
    """
    levels = codes.reshape(*steps.shape, BLOCK).astype(np.int16) - MIDDLE  # (rows, blocks, 32)
    low, high, ratio = levels.min(axis=-1), levels.max(axis=-1), centres / steps
    least = np.full(steps.shape, np.inf, np.float32)
    parts, shift = np.zeros(steps.shape, np.int16), np.zeros(steps.shape, np.float32)
    for count in range(_MOST_PARTS, 0, -1):
        whole = np.round(ratio * count)
        off = np.abs(ratio * count - whole) / count
        is_better = (low * count + whole >= -_HIGHEST) & (high * count + whole <= _HIGHEST) & (off < least)
        least[is_better], parts[is_better], shift[is_better] = off[is_better], count, whole[is_better]
    far = parts == 0  # a centre so far away that the steps do not fit
    scales = steps / np.maximum(parts, 1)
    scales[far] = (np.maximum(abs(low), abs(high)) * steps + np.abs(centres))[far] / np.float32(_HIGHEST)
    whole_codes = levels * parts[..., None] + shift[..., None]
    if far.any():
        weights = levels[far] * steps[far][..., None] + centres[far][..., None]
        whole_codes[far] = np.round(weights / scales[far][..., None])
    return (whole_codes + ZERO_POINT).astype(np.uint8).reshape(codes.shape), scales.astype(np.float32)


def four_bits(matrix: Floats) -> tuple[Codes, Floats, Codes]:
    """Quantise to 4 bits over each block's range, zero included: weight = (code - zero) · scale.

    Shapes: (rows, columns) -> codes (rows, columns), scales and zeros (rows, columns / 32).
    """
    blocks = _blocks(matrix)
    low = np.minimum(blocks.min(axis=-1), 0)
    scales = ((np.maximum(blocks.max(axis=-1), 0) - low) / MOST).astype(np.float32)
    scales[scales == 0] = _NEVER_ZERO
    zeros = np.clip(np.round(-low / scales), 0, MOST)
    codes = np.clip(np.round(blocks / scales[..., None]) + zeros[..., None], 0, MOST)
    return codes.astype(np.uint8).reshape(matrix.shape), scales, zeros.astype(np.uint8)


def own_four_bits(matrix: Floats) -> tuple[Codes, Floats, Floats] | None:
    """Find the blocks of 4 bits that weights come from: weight = (code - 8) · step + centre. None if they have none.

    A block was one if its 32 numbers lie on at most 16 evenly spaced levels, whatever the file's format calls it. Codes
    are centred because what they are multiplied with is rounded: errors grow with the size of the code.
    Shapes: (rows, columns) -> codes (rows, columns), steps and centres (rows, columns / 32).
    """
    if len(matrix) > _SAMPLE and own_four_bits(matrix[:_SAMPLE]) is None:
        return None
    blocks = _blocks(matrix).reshape(-1, BLOCK)  # (n, 32)
    least = blocks.min(axis=-1)
    span = blocks.max(axis=-1) - least
    alone = np.where(least == 0, 1, np.abs(least))  # of a block of equal weights
    steps = np.where(span == 0, alone, span / np.float32(MOST)).astype(np.float32)
    codes = np.zeros(blocks.shape, np.uint8)
    open_blocks = np.flatnonzero(span)
    for levels in range(MOST, 0, -1):  # most blocks use the whole range, so the first pass finds nearly all
        step = span[open_blocks] / np.float32(levels)
        places = (blocks[open_blocks] - least[open_blocks, None]) / step[:, None]
        fits = (np.abs(places - np.round(places)) < _OFF_GRID).all(axis=-1)
        found = open_blocks[fits]
        codes[found], steps[found] = np.round(places[fits]).astype(np.uint8), step[fits]
        open_blocks = open_blocks[~fits]
    if len(open_blocks):
        return None
    rows = len(matrix)
    centres = least + MIDDLE * steps
    return codes.reshape(matrix.shape), steps.reshape(rows, -1), centres.reshape(rows, -1)


def packed(codes: Codes) -> Codes:
    """Put two codes of 4 bits into a byte, the first in the low half. Shapes: (…, n) -> (…, ⌈n / 2⌉)."""
    even = np.pad(codes, [(0, 0)] * (codes.ndim - 1) + [(0, codes.shape[-1] % 2)])
    return (even[..., 0::2] | (even[..., 1::2] << 4)).astype(np.uint8)


def _blocks(matrix: Floats) -> Floats:
    rows, columns = matrix.shape
    return matrix.reshape(rows, columns // BLOCK, BLOCK)
