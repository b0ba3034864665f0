"""The order in which the schema of the protocol wants the elements of an entry.

Source: https://www.sitemaps.org/schemas/sitemap/0.9/sitemap.xsd and siteindex.xsd beside it
"""

from functools import lru_cache

FIELDS = ("loc", "lastmod", "changefreq", "priority")


class Disorder:
    """In how many entries of a document an element stands too late, and what that is in the first one.

    It is no problem of the document: all that read sitemaps take the elements in any order.
    """

    __slots__ = ("entries", "line", "message")

    def __init__(self) -> None:
        self.entries = 0
        self.line = 0
        self.message = ""

    def note(self, names: tuple[str, ...], line: int) -> None:
        """Look at the canonical names of an entry's elements, in their order."""
        found = _late(names)
        if found is None:
            return
        if not self.entries:
            self.line = line
            self.message = f"{found[0]} stands after {found[1]}; in the schema it comes before that"
        self.entries += 1


@lru_cache(maxsize=1024)
def _late(names: tuple[str, ...]) -> tuple[str, str] | None:
    """The first element that stands too late, and the first that it should stand before."""
    # What the protocol does not know has no place that could be wrong.
    known = [(_rank(name), name) for name in names if name in FIELDS or ":" in name]
    for at, (rank, name) in enumerate(known):
        for other, before in known[:at]:
            if other > rank:
                return name, before
    return None


def _rank(name: str) -> int:
    """Elements of extensions come last, in any order."""
    return FIELDS.index(name) if name in FIELDS else len(FIELDS)
