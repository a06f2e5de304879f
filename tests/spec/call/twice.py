"""A function that has the name of one of the library."""


def total(basket: dict[str, int]) -> int:
    return sum(basket.values())
