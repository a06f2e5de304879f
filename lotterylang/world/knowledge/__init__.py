"""Documents and their index: who will answer FIND. Doors: `read` in `sources.py`, `EmbeddedIndex` in `index.py`."""
