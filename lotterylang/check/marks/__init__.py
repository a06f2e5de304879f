"""Marks: what strangers wrote, followed through a checked program: it neither feeds nor decides an outside action.

Enters: a program. Leaves: LOT-E0524 for every action that is fed or decided so. `origins.py` has the marks; `values.py`
follows them through values and branches of one function, `function.py` on through memory, the world and calls, and
`program.py` through all functions, until nothing changes. Next door: `endorse.py`, which judges what ends a mark.
"""
