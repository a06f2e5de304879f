"""The prefix cache: no beginning is read twice. `cache.py` reads in slices at the `desk.py`, `tree.py` keeps."""
