"""Tree to checked program. Nothing runs here and no model is loaded; this room knows `syntax` only."""
