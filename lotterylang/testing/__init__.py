"""Programs under test: examples and properties, the stand-ins that answer them, and a second, plain implementation."""
