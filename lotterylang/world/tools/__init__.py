"""Tools and their registry: who will answer CALL."""
