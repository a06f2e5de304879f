"""Tools: who answers CALL. `door.py` is the way in, `standard/` holds the tools of `std.tools`."""
