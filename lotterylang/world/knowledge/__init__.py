"""Documents and their index: who will answer FIND. `opened` in `index.py` is the door."""
