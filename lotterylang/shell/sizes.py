"""Sizes on disk, and how a person reads them."""

from __future__ import annotations

from pathlib import Path


def bytes_of(path: Path) -> int:
    """Add up the bytes of a file, or of all files of a folder."""
    if path.is_dir():
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return path.stat().st_size


def megabytes(count: int) -> str:
    """Write a number of bytes for a person."""
    return f"{count / 1e6:.0f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"
