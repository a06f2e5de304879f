"""Sources: where weights come from, and how they get into the cache."""
