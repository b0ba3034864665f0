"""One sitemap of a walk, before anything of it is recorded."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from sitemap_cli.crawl.content_type import parse_charset
from sitemap_cli.crawl.http_cache import CachedDocument
from sitemap_cli.crawl.read_timeout import ReadTimeout
from sitemap_cli.crawl.verdicts import UrlOutcome
from sitemap_cli.fetch.interface import Response
from sitemap_cli.model.values import Child, DiscoveredBy, Fault, Item, Kind, Problem, Severity
from sitemap_cli.parse.reader import DocumentReader, read_document

MAX_CHILDREN = 50_000
# What a document does not say at its beginning it does not say in a hundred megabytes of blanks.
SNIFFED_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class DiscoveredUrl:
    """An address that may be a sitemap, and how it became known.

    ``ordinal`` is its place among its siblings; ``promised`` is False for a mere guess, which goes
    unmentioned when it is no sitemap. ``lastmod`` is what the index says of it.
    """

    url: str
    discovered_by: DiscoveredBy
    promised: bool = True
    parent: str | None = None
    ordinal: int = 0
    depth: int = 0
    lastmod: str | None = None

    def build_child(self, url: str, ordinal: int, lastmod: str | None) -> "DiscoveredUrl":
        """An address that is listed here."""
        return DiscoveredUrl(url, DiscoveredBy.INDEX, True, self.url, ordinal, self.depth + 1, lastmod)


@dataclass(slots=True)
class FetchedSitemap:
    """One sitemap of a walk: where it came from, what the fetch brought, what kind it is.

    ``error`` says why it could not be read, or not wholly, as far as the fetch knows; ``reading``
    tells the rest once the body was read. ``listed`` are the sitemaps that a document names which is
    no index: those of an index are followed without the reader's help. ``held`` is the document of an
    earlier run that still stands there, in place of a body. ``patience`` bounds the time of reading.
    """

    discovered: DiscoveredUrl
    response: Response
    kind: Kind | None
    error: Fault | None
    reading: DocumentReader | None = None
    children: Sequence[Child] = ()
    cached: CachedDocument | None = None
    read_timeout: ReadTimeout = field(default_factory=ReadTimeout)

    @property
    def is_readable(self) -> bool:
        """Whether there is a body here that a crawler would take for a sitemap."""
        return self.kind is not None and self.kind.is_sitemap

    @property
    def digest(self) -> bytes | None:
        """The digest of the document, held or just fetched."""
        return self.cached.digest if self.cached else self.response.digest

    def read_batches(self) -> Iterator[list[Item]]:
        """Read the body from its beginning, in batches; the sitemaps it lists are noted on the way."""
        if self.response.body is None:
            return
        self.reading = read_document(
            self.read_timeout.limit_chunks(self.response.body.read_chunks()),
            base_url=self.response.final_url,
            charset=parse_charset(self.response.content_type),
            is_truncated=lambda: self.response.fault is not None or self.read_timeout.fault is not None,
        )
        self.children = ()
        for batch in self.read_timeout.measure_reading(iter(self.reading)):
            if self.kind is not Kind.INDEX and len(self.children) < self.reading.sitemaps:
                self._note(batch)
            yield batch
        self.error = self.error or self.read_timeout.fault

    def to_outcome(self, *, urls: int = 0, reason: str | None = None) -> UrlOutcome:
        """What this sitemap says towards the verdict, once ``urls`` of it were recorded."""
        return UrlOutcome(
            url=self.discovered.url,
            source=self.discovered.discovered_by,
            expected=self.discovered.promised or self.is_readable,
            kind=self.kind,
            status_code=self.response.status_code,
            reason=reason or (self.error.reason if self.error else None),
            urls=urls,
            message=self.error.message if self.error else None,
        )

    def release(self) -> None:
        """Give the body back."""
        self.response.release()

    def _note(self, batch: list[Item]) -> None:
        """Keep the sitemaps of a batch, one more than we follow: that one tells of the rest."""
        room = MAX_CHILDREN + 1 - len(self.children)
        self.children = [*self.children, *select_children(batch)[:room]]


HTML = Fault("html-instead", "the server answered with an HTML page")
EMPTY = Fault("empty", "the body is empty")
BLANK = Fault("empty", f"nothing but white space in the first {SNIFFED_BYTES // 1024} KiB; no more was read")
UNKNOWN = Fault("not-a-sitemap", "the body is no sitemap, feed or list of addresses")


def classify_response(
    discovered: DiscoveredUrl, response: Response, cached: CachedDocument | None = None
) -> FetchedSitemap:
    """What became of an address that was asked, of which ``held`` was known."""
    if cached is not None and cached.is_confirmed_by(response):
        return FetchedSitemap(discovered, response, cached.kind, None, cached=cached)
    kind = _sniff(response)
    return FetchedSitemap(discovered, response, kind, _error(response, kind))


def reuse_cached(discovered: DiscoveredUrl, cached: CachedDocument) -> FetchedSitemap:
    """What becomes of an address that need not be asked."""
    return FetchedSitemap(
        discovered, Response(discovered.url, cached.validators.url), cached.kind, None, cached=cached
    )


def build_unfetched(discovered: DiscoveredUrl, fault: Fault | None) -> FetchedSitemap:
    """What becomes of an address that was not asked, or not to the end, for this reason."""
    return FetchedSitemap(discovered, Response(discovered.url, discovered.url), None, fault)


def select_children(batch: Iterable[Item]) -> list[Child]:
    """The sitemaps among some items."""
    return [item for item in batch if isinstance(item, Child)]


def _sniff(fetched: Response) -> Kind | None:
    """What a body is, by its beginning; None when there is no body of a 200 answer."""
    if fetched.body is None or fetched.status_code != 200:
        return None
    with closing(_look(fetched, cut=False)) as reading:
        return reading.detect_kind()


def _look(fetched: Response, *, cut: bool) -> DocumentReader:
    """A reading of the beginning of a body, to be closed: it may be left in the middle."""
    chunks = _beginning(fetched.body.read_chunks()) if fetched.body else ()
    return read_document(chunks, charset=parse_charset(fetched.content_type), is_truncated=lambda: cut)


def _beginning(chunks: Iterable[bytes]) -> Iterator[bytes]:
    left = SNIFFED_BYTES
    for chunk in chunks:
        yield chunk[:left]
        left -= len(chunk)
        if left <= 0:
            return


def _error(fetched: Response, kind: Kind | None) -> Fault | None:
    """Why a sitemap cannot be read, or not wholly."""
    if fetched.fault is not None:
        return fetched.fault
    if fetched.status_code != 200:
        return Fault("http-status", f"the server answered {fetched.status_code}")
    if kind is Kind.UNKNOWN:
        return _refusal(fetched)
    if kind is Kind.EMPTY and fetched.bytes > SNIFFED_BYTES:
        return BLANK
    return {Kind.HTML: HTML, Kind.EMPTY: EMPTY}.get(kind) if kind is not None else None


def _refusal(fetched: Response) -> Fault:
    """Why the reader makes nothing of a body: an encoding or a DTD that it refuses, for instance."""
    with closing(_look(fetched, cut=True)) as reading:
        problems = (each for batch in reading for each in batch if isinstance(each, Problem))
        worst = next((each for each in problems if each.severity is Severity.ERROR), None)
    return Fault(worst.code, worst.message) if worst else UNKNOWN
