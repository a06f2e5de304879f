"""Bench: which tool, with which arguments, and when none: `LOT_DATA=… python -m bench.tools [--items N]`."""
