"""Compares the order of an entry's elements with the schema of the protocol.

See https://www.sitemaps.org/schemas/sitemap/0.9/sitemap.xsd and siteindex.xsd beside it
"""

from functools import lru_cache

from sitemap_cli.parse.protocol import FIELDS


class Disorder:
    """The number of entries in a document in which an element comes too late, and the first of them.

    This is not a problem of the document: everything that reads sitemaps accepts the elements in any order.
    """

    __slots__ = ("entries", "entry", "line", "message")

    def __init__(self) -> None:
        self.entries = 0
        self.line = self.entry = 0
        self.message = ""

    def check_entry(self, names: tuple[str, ...], line: int, entry: int) -> None:
        """Check the order of an entry's elements, given their canonical names, and line and number of it."""
        found = _match_late_element(names)
        if found is None:
            return
        if not self.entries:
            self.line, self.entry = line, entry
            self.message = f"{found[0]} comes after {found[1]}; in the schema it comes before"
        self.entries += 1

    def describe(self) -> dict[str, int | str]:
        """Return the number of entries, and line, number and message of the first one."""
        return {
            "entries": self.entries,
            "line": self.line,
            "entry": self.entry,
            "message": self.message,
        }


@lru_cache(maxsize=1024)
def _match_late_element(names: tuple[str, ...]) -> tuple[str, str] | None:
    """Return the first element that comes too late, and the first one that it should come before."""
    # An element that the protocol does not know has no place that could be wrong.
    known = [(_get_rank(name), name) for name in names if name in FIELDS or ":" in name]
    for at, (rank, name) in enumerate(known):
        for other, previous in known[:at]:
            if other > rank:
                return name, previous
    return None


def _get_rank(name: str) -> int:
    """Return the place of an element in the schema; extensions come last, in any order."""
    return FIELDS.index(name) if name in FIELDS else len(FIELDS)
