"""The bench of knowledge: how well passages are found, how fast texts are embedded, how fast vectors are searched."""
