"""Decoding: replies are written. `filling.py` answers an Ask, `row.py` fills a hole, `batch.py` many side by side."""
