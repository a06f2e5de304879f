"""Memory on disk. Cells of a run live in the machine; what is `kept in file(…)` is read and written here."""
