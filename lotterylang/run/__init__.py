"""Checked program to effects and back to an answer.

What runs a program (`machine.py`, `scheduler.py`) has no input or output, no clock and no randomness. The runner around
it has a clock by `deadlines.py` and files by `journal.py`; those of `keeping.py` are opened by whoever starts the run.
"""
