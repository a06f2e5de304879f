"""Memory on disk. Cells of a run live in the machine; what is `kept in file(…)` will be answered here."""
