"""One sitemap in memory, within the limits of the protocol and of Google."""

from collections.abc import Sequence

from sitemap_cli.output.sitemap_entries import Entries
from sitemap_cli.output.sitemap_extensions import NAMESPACES, NEWS_BEGIN

MARK = "<!-- Exported by sitemap -->"
"""Stands in each file that is written, so that a later export knows it."""
DECLARATION = f'<?xml version="1.0" encoding="UTF-8"?>\n{MARK}\n'
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_TAIL = b"</urlset>\n"

# Limits of one sitemap: https://www.sitemaps.org/protocol.html#index
MAX_URLS = 50_000
MAX_BYTES = 50 * 1024 * 1024
# https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
MAX_NEWS = 1_000


class Urlset:
    """Entries of one sitemap; ``newest`` is the last of their lastmods in seconds, or None."""

    __slots__ = ("_data", "_is_extended", "_limit", "_news", "newest", "urls")

    def __init__(self) -> None:
        self.urls = self._news = 0
        self.newest: int | None = None
        self._data = bytearray()
        self._limit = ""
        self._is_extended = False

    def add(self, entries: Entries, first: int = 0) -> int:
        """Add entries, from the one at ``first`` on, until a limit is reached; return the number of those."""
        texts, moments = entries.texts[first:], entries.moments[first:]
        joined = "".join(texts)
        news, data = joined.count(NEWS_BEGIN) if entries.are_extended else 0, joined.encode()
        size = len(texts)
        if (
            self.urls + size > MAX_URLS
            or self._news + news > MAX_NEWS
            or len(self._data) + len(data) > _MAX_DATA
        ):
            size, news, data = self._find_end(texts)
        self.urls += size
        self._is_extended |= entries.are_extended
        self._news += news
        self._data += data
        self.newest = max((each for each in (self.newest, *moments[:size]) if each is not None), default=None)
        return size

    def describe_limit(self) -> str:
        """Return the limit because of which :meth:`add` did not add all entries."""
        return self._limit

    def encode(self) -> bytes:
        """Return the sitemap as bytes; it declares the namespaces that are in it."""
        known = NAMESPACES.items() if self._is_extended else ()
        used = {prefix: name for prefix, name in known if f"<{prefix}:".encode() in self._data}
        declared = "".join(f' xmlns:{prefix}="{name}"' for prefix, name in used.items())
        head = f'{DECLARATION}<urlset xmlns="{NAMESPACE}"{declared}>\n'
        return b"".join((head.encode(), self._data, _TAIL))

    def _find_end(self, texts: Sequence[str]) -> tuple[int, int, bytes]:
        """Return how many of the entries fit, the number of news in them, and their bytes."""
        data, news = bytearray(), 0
        for at, text in enumerate(texts):
            encoded, own = text.encode(), text.count(NEWS_BEGIN)
            if self.urls + at == MAX_URLS:
                self._limit = f"the protocol allows {MAX_URLS:,} URLs"
            elif self._news + news + own > MAX_NEWS:
                self._limit = f"Google allows {MAX_NEWS:,} news articles"
            elif len(self._data) + len(data) + len(encoded) > _MAX_DATA:
                self._limit = f"the protocol allows {MAX_BYTES:,} bytes"
            else:
                data += encoded
                news += own
                continue
            return at, news, bytes(data)
        return len(texts), news, bytes(data)


_DECLARED = "".join(f' xmlns:{prefix}="{name}"' for prefix, name in NAMESPACES.items())
_MAX_DATA = MAX_BYTES - len(f'{DECLARATION}<urlset xmlns="{NAMESPACE}"{_DECLARED}>\n') - len(_TAIL)
"""What head and end leave of the limit."""
