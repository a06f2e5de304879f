"""The bench: every published figure, one command each. A bench prints its table, then one last line of JSON."""
