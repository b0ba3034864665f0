"""A list of URLs that a site is compared with: how URLs are compared, and which rows of it are left out."""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sitemap_cli.model.url_spellings import UrlSpellings


@dataclass(slots=True)
class LeftOutRows:
    """The rows of a list that are left out for one reason: their number, and hashes of their URLs.

    ``pages`` are those of :meth:`~sitemap_cli.model.url_spellings.UrlSpellings.identify`, ``spellings`` those
    of :meth:`~sitemap_cli.model.url_spellings.UrlSpellings.clean`, in this process. ``is_unlistable`` says
    that such pages are not indexable, so that no sitemap should list them.
    """

    is_unlistable: bool = False
    count: int = 0
    pages: "array[int]" = field(default_factory=lambda: array("q"))
    spellings: "array[int]" = field(default_factory=lambda: array("q"))

    def add(self, urls: Sequence[str], by: UrlSpellings) -> None:
        """Add the hashes of some URLs."""
        cleaned = by.clean(urls) if urls else []
        self.spellings.extend(map(hash, cleaned))
        self.pages.extend(map(hash, by.identify(cleaned) if cleaned else ()))


@dataclass(frozen=True, slots=True)
class ComparedList:
    """How a site is compared with a list of URLs.

    Attributes:
        spellings: which spellings are one page.
        left_out: the rows that are left out, by reason.
        is_log: whether it is the log of a web server, which has any parameters that clients send.
    """

    spellings: UrlSpellings = field(default_factory=UrlSpellings)
    left_out: Mapping[str, LeftOutRows] = field(default_factory=dict)
    is_log: bool = False
