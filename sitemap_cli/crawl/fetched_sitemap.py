"""One sitemap of a crawl, before anything of it is recorded."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sitemap_cli.crawl import error_bodies
from sitemap_cli.crawl.content_type import parse_charset
from sitemap_cli.crawl.document_reading import DocumentReading, ReadingOptions
from sitemap_cli.crawl.http_cache import CachedDocument
from sitemap_cli.crawl.read_timeout import ReadTimeout
from sitemap_cli.crawl.url_scope import UrlScope
from sitemap_cli.crawl.user_agent_comparison import DIFFERS
from sitemap_cli.crawl.verdicts import UrlOutcome
from sitemap_cli.fetch.interface import Response
from sitemap_cli.fetch.robots.robots_txt import RobotsTxt
from sitemap_cli.model.values import DiscoveredBy, Fault, Kind, Severity
from sitemap_cli.parse.fast.whole_documents import detect_usual_kind
from sitemap_cli.parse.reader import DocumentReader, read_document

if TYPE_CHECKING:
    from sitemap_cli.crawl.page_hints import PageHint

# What is read first of a body that begins with a tag: its root element is nearly always among these bytes.
FIRST_BYTES = 2 * 1024
# A document whose kind is unclear after this many bytes stays unclear: more of them may be white space.
SNIFFED_BYTES = 256 * 1024

HTML = Fault("html-instead", "the response is an HTML page")
EMPTY = Fault("empty", "the body is empty")
BLANK = Fault("empty", f"only white space in the first {SNIFFED_BYTES // 1024} KiB; the rest was not read")
UNKNOWN = Fault("not-a-sitemap", "the body is not a sitemap, feed or URL list")


@dataclass(frozen=True, slots=True)
class DiscoveredUrl:
    """A URL that may be a sitemap, and how it became known.

    ``ordinal`` is its position among its siblings. ``promised`` is False for a guess, which is not reported
    if it is no sitemap. ``lastmod`` is what the index gives for it. ``page`` counts the pages of a
    feed, from 0.
    """

    url: str
    discovered_by: DiscoveredBy
    promised: bool = True
    parent: str | None = None
    ordinal: int = 0
    depth: int = 0
    lastmod: str | None = None
    page: int = 0

    def build_child(self, url: str, ordinal: int, lastmod: str | None) -> "DiscoveredUrl":
        """Return a URL that this sitemap lists."""
        return DiscoveredUrl(url, DiscoveredBy.INDEX, True, self.url, ordinal, self.depth + 1, lastmod)

    def build_next(self, url: str) -> "DiscoveredUrl":
        """Return the next page of this feed; ``ordinal`` is the number of the page."""
        page = self.page + 1
        return DiscoveredUrl(url, DiscoveredBy.FEED, True, self.url, page, self.depth, page=page)


@dataclass(slots=True)
class FetchedSitemap:
    """One sitemap of a crawl: where it came from, the response to its request, and its kind.

    ``error`` says why it could not be read completely, as far as the fetch knows. ``cached`` is the document
    of a previous job that is still current; then there is no body. ``read_timeout`` limits the time of
    reading. ``follows_listed`` says that entries whose names are those of sitemaps count as children, too.
    ``scope`` leaves out the entries outside a part of the site. ``is_robots`` says that the body is a
    robots.txt, ``page`` describes the body if it is an HTML page.
    """

    discovered: DiscoveredUrl
    response: Response
    kind: Kind | None
    error: Fault | None
    cached: CachedDocument | None = None
    read_timeout: ReadTimeout = field(default_factory=ReadTimeout)
    follows_listed: bool = False
    scope: UrlScope | None = None
    is_robots: bool = False
    page: "PageHint | None" = None

    @property
    def is_readable(self) -> bool:
        """Whether there is a body that a crawler accepts as a sitemap."""
        return self.kind is not None and self.kind.is_sitemap

    @property
    def is_worth_reporting(self) -> bool:
        """Whether this was promised, or is a guess that was right, if only for another user agent."""
        is_served_to_others = any(each.code == DIFFERS for each in self.response.problems)
        is_wanted = self.discovered.promised and not self.is_robots
        return is_wanted or self.is_readable or is_served_to_others

    @property
    def digest(self) -> bytes | None:
        """The digest of the document, cached or just fetched."""
        return self.cached.digest if self.cached else self.response.digest

    def open_reading(self) -> DocumentReading:
        """Return a reading of the body from its beginning."""
        return DocumentReading(
            self.response.body.read_chunks() if self.response.body else (),
            ReadingOptions(
                base_url=self.response.final_url,
                charset=parse_charset(self.response.content_type),
                is_cut=self.response.fault is not None,
                kind=self.kind,
                follows_listed=self.follows_listed,
                scope=self.scope,
                timeout=self.read_timeout,
            ),
        )

    def to_outcome(
        self, *, urls: int = 0, reason: str | None = None, fault: Fault | None = None
    ) -> UrlOutcome:
        """Return the outcome for the verdict, after ``urls`` entries were recorded.

        ``reason`` is why that is not all, ``fault`` why the reading stopped early.
        """
        error = self.error or fault
        return UrlOutcome(
            url=self.discovered.url,
            source=self.discovered.discovered_by,
            expected=(self.discovered.promised and not self.is_robots) or self.is_readable,
            kind=self.kind,
            status_code=self.response.status_code,
            reason=reason or (error.reason if error else None),
            urls=urls,
            message=error.message if error else None,
            page=self.page,
        )

    def release(self) -> None:
        """Release the body."""
        self.response.release()


def classify_response(
    discovered: DiscoveredUrl, response: Response, kind: Kind | None, cached: CachedDocument | None = None
) -> FetchedSitemap:
    """Return the sitemap that a response brings: the cached one if it confirms that, else its body.

    ``kind`` is what :func:`sniff_kind` found.
    """
    if cached is not None and cached.is_confirmed_by(response):
        return FetchedSitemap(discovered, response, cached.kind, None, cached=cached)
    if error_bodies.has_odd_status(response) and kind is not None:
        response = error_bodies.report_status(response)
    if discovered.discovered_by is DiscoveredBy.USER and kind is Kind.UNKNOWN and _is_robots(response):
        return FetchedSitemap(discovered, response, kind, None, is_robots=True)
    error = _explain_error(response, kind)
    if error is not HTML:
        return FetchedSitemap(discovered, response, kind, error)
    page = _describe_page(response)
    fault = Fault(HTML.reason, f"the response is {page.kind.what}")
    return FetchedSitemap(discovered, response, kind, fault, page=page)


def _describe_page(response: Response) -> "PageHint":
    from sitemap_cli.crawl.page_hints import describe_page

    return describe_page(response, response.body.read_chunks() if response.body else ())


def is_sitemap(response: Response) -> bool:
    """Return whether the body of a response is a sitemap."""
    kind = sniff_kind(response)
    return kind is not None and kind.is_sitemap


def is_blank(response: Response) -> bool:
    """Return whether a success has no content."""
    is_success = response.status_code is not None and 200 <= response.status_code < 300
    return is_success and response.fault is None and not response.bytes


def reuse_cached(discovered: DiscoveredUrl, cached: CachedDocument) -> FetchedSitemap:
    """Return the sitemap of a URL that is not requested, because its cached document is trusted."""
    response = Response(discovered.url, cached.validators.url)
    return FetchedSitemap(discovered, response, cached.kind, None, cached=cached)


def build_unfetched(discovered: DiscoveredUrl, fault: Fault | None) -> FetchedSitemap:
    """Return the sitemap of a URL that was not fetched, or not completely, for this reason."""
    return FetchedSitemap(discovered, Response(discovered.url, discovered.url), None, fault)


def sniff_kind(response: Response) -> Kind | None:
    """Return the kind of a body, judged by its beginning.

    None without a body, or with another status than 200 if it is no sitemap.
    """
    if not error_bodies.is_readable(response):
        return None
    kind = _detect_usual_kind(response)
    if kind is None:
        with closing(_open_beginning(response, is_truncated=False)) as reading:
            kind = reading.detect_kind()
    return None if error_bodies.has_odd_status(response) and not kind.is_sitemap else kind


def _detect_usual_kind(response: Response) -> Kind | None:
    """Return the kind of a body if its first bytes certainly show it; the parser decides the others."""
    return detect_usual_kind(next(response.body.read_chunks(), b"")) if response.body else None


def _is_robots(response: Response) -> bool:
    """Return whether a body is that of a robots.txt, whatever its name."""
    chunks = response.body.read_chunks() if response.body else ()
    rules = RobotsTxt(b"".join(_limit_bytes(chunks)))
    return bool(rules.groups or rules.sitemaps)


def _open_beginning(response: Response, *, is_truncated: bool) -> DocumentReader:
    """Return a reading of the beginning of a body. Close it: it may not be read to the end."""
    chunks = _limit_bytes(response.body.read_chunks()) if response.body else ()
    return read_document(
        chunks, charset=parse_charset(response.content_type), is_truncated=lambda: is_truncated
    )


def _limit_bytes(chunks: Iterable[bytes]) -> Iterator[bytes]:
    left, first = SNIFFED_BYTES, FIRST_BYTES
    for chunk in chunks:
        if first and chunk.startswith(b"<"):
            yield chunk[:first]
        else:
            first = 0
        yield chunk[first:left]
        left, first = left - len(chunk), 0
        if left <= 0:
            return


def _explain_error(response: Response, kind: Kind | None) -> Fault | None:
    """Return why a sitemap cannot be read completely; None if it can, as far as the fetch knows."""
    if response.fault is not None:
        return response.fault
    if response.status_code != 200 and (kind is None or not kind.is_sitemap):
        return Fault("http-status", f"the server responded with status {response.status_code}")
    if kind is Kind.UNKNOWN:
        return _explain_unknown(response)
    if kind is Kind.EMPTY and response.bytes > SNIFFED_BYTES:
        return BLANK
    return {Kind.HTML: HTML, Kind.EMPTY: EMPTY}.get(kind) if kind is not None else None


def _explain_unknown(response: Response) -> Fault:
    """Return why the parser rejects a body: an unsupported encoding or a forbidden DTD, for instance."""
    with closing(_open_beginning(response, is_truncated=True)) as reading:
        problems = (each for batch in reading for each in batch.problems)
        worst = next((each for each in problems if each.severity is Severity.ERROR), None)
    return Fault(worst.code, worst.message) if worst else UNKNOWN
