"""How a file points at an article: by its id, or by an address that ends in it."""

from urllib.parse import quote, unquote

URN = "urn:kenmerk:"


def address(id: str) -> str:
    """Give an address of an article that holds its id, whatever signs that has."""
    return URN + quote(id, safe="")


def ids_of(address: str) -> list[str]:
    """Give the ids an address may mean, the likeliest first."""
    if address.startswith(URN):
        return [unquote(address.removeprefix(URN))]
    return [id for id in dict.fromkeys((address, address.rstrip("/").rsplit("/", 1)[-1])) if id]
