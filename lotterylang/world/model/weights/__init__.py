"""Weights: files of other tools in, one kind of checkpoint out."""
