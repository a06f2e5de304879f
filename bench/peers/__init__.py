"""Peers: other engines on the same model, each a process in an environment of its own, asked over lines of JSON."""
