"""Embedding: texts in, vectors out, by the encoder of a model of sentence-transformers."""
