"""Progress: how whoever waits is told of long work. Imports nothing, so that every room and the shell may use it."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with a stage, how much of it is done and how much there is.

Units, by stage: bytes of `download`, `check` and `unpack`; questions of `asking`; steps of all else.
"""
