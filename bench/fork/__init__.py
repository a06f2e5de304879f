"""Programs that fork over a shared beginning: `LOT_DATA=… python -m bench.fork [--check] [--rounds N]`.

Self-consistency (k = 16), tree of thoughts (3 levels, 5 children) and divide (24 parts) over about 600 tokens,
each by our engine, by our engine one call after another without a cache, and over llama.cpp with its own prompt cache.
"""
