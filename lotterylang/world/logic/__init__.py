"""Clingo in workers that can be killed: who answers DEDUCE. The door is `Clingo` in `open.py`."""
