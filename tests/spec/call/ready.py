"""A function that the program declares itself."""


def ready(item: str) -> bool:
    return True
