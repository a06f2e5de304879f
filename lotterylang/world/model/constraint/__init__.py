"""Constraints: what may be written in a hole, as a grammar (`notation.py`) and token by token (`matcher.py`)."""
