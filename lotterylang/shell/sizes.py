"""Sizes on disk and on the line, and how a person reads them."""

from __future__ import annotations

from pathlib import Path

LINE_BYTES_S = 2_500_000
"""The line that waiting times are said for: 20 Mbit/s."""


def bytes_of(path: Path) -> int:
    """Add up the bytes of a file, or of all files of a folder."""
    if path.is_dir():
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return path.stat().st_size


def megabytes(count: int) -> str:
    """Write a number of bytes for a person."""
    return f"{count / 1e6:.0f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"


def waiting(count: int) -> str:
    """Say how long so many bytes take to fetch."""
    seconds = count / LINE_BYTES_S
    said = f"{seconds:.0f} seconds" if seconds < 100 else f"{seconds / 60:.0f} minutes"
    return f"{said} at 20 Mbit/s"
