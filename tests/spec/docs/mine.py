"""Functions that `call_listed.lot` lists."""


def price(item: str) -> int:
    """Give the price of an item of the shop."""
    return 3


def stock(item: str, shelf: int = 1) -> list[str]:
    """List what lies on a shelf of the shop."""
    return [item] * shelf
