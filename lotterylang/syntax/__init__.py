"""Text to tree and back. This room knows nothing of the others; every room may use it."""
