"""Checked program to effects and back to an answer: no input or output, no clock, no randomness."""
