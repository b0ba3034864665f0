"""The families of rules: folders of ``audit/rules``, each with a range of ids."""

from typing import NamedTuple


class Family(NamedTuple):
    """A family of rules: the prefix of its ids, and its title in the documentation."""

    prefix: str
    title: str


FAMILIES = {
    "transport": Family("SM1", "Transport and file"),
    "structure": Family("SM2", "XML and structure"),
    "entries": Family("SM3", "Entries"),
    "indexes": Family("SM4", "Indexes and whole sites"),
    "extensions": Family("SM5", "Images, videos, news and language versions"),
    "robots": Family("SM6", "robots.txt and discovery"),
    "pages": Family("SM7", "Listed pages"),
    "history": Family("SM8", "History"),
}
"""The families by folder name."""

REQUEST_FAMILIES = frozenset({"robots", "transport"})
"""The families about requests and their responses; the others need a document that was read."""
