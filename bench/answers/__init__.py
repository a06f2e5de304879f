"""Answers: a question about a text answered by a part of it, and which of several decimals is asked for."""
