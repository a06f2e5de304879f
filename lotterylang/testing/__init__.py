"""Stand-in models and the runner of examples."""
