"""Documents and their index: who will answer FIND."""
