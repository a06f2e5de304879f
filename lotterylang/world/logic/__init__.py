"""Clingo in a worker that can be killed: who will answer DEDUCE."""
