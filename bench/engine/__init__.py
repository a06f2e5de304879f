"""The engine's bench: `LOT_DATA=… python -m bench.engine [--check] [--only PART …]`, one run, arms take turns.

Every part is a module with `measure` (a stage in, figures out), `rows` (the figures as a table) and `bars`; the
performance page is made of the same tables.
"""
