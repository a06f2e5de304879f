"""The text of rules, in clingo's language: what may stand in it, and what is wrong with it. The door is `faults.py`."""
