"""One sitemap of a walk, before anything of it is recorded."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from sitemap_cli.crawl.content_type import charset
from sitemap_cli.crawl.http_cache import Held
from sitemap_cli.crawl.read_timeout import Patience
from sitemap_cli.crawl.verdicts import Answer
from sitemap_cli.fetch.interface import Response
from sitemap_cli.model.values import Child, DiscoveredBy, Fault, Item, Kind, Problem, Severity
from sitemap_cli.parse.reader import Reading, read

MAX_CHILDREN = 50_000
# What a document does not say at its beginning it does not say in a hundred megabytes of blanks.
HEAD = 256 * 1024


@dataclass(frozen=True, slots=True)
class Found:
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

    def child(self, url: str, ordinal: int, lastmod: str | None) -> "Found":
        """An address that is listed here."""
        return Found(url, DiscoveredBy.INDEX, True, self.url, ordinal, self.depth + 1, lastmod)


@dataclass(slots=True)
class Sitemap:
    """One sitemap of a walk: where it came from, what the fetch brought, what kind it is.

    ``error`` says why it could not be read, or not wholly, as far as the fetch knows; ``reading``
    tells the rest once the body was read. ``listed`` are the sitemaps that a document names which is
    no index: those of an index are followed without the reader's help. ``held`` is the document of an
    earlier run that still stands there, in place of a body. ``patience`` bounds the time of reading.
    """

    found: Found
    fetched: Response
    kind: Kind | None
    error: Fault | None
    reading: Reading | None = None
    listed: Sequence[Child] = ()
    held: Held | None = None
    patience: Patience = field(default_factory=Patience)

    @property
    def readable(self) -> bool:
        """Whether there is a body here that a crawler would take for a sitemap."""
        return self.kind is not None and self.kind.is_sitemap

    @property
    def digest(self) -> bytes | None:
        """The digest of the document, held or just fetched."""
        return self.held.digest if self.held else self.fetched.digest

    def batches(self) -> Iterator[list[Item]]:
        """Read the body from its beginning, in batches; the sitemaps it lists are noted on the way."""
        if self.fetched.body is None:
            return
        self.reading = read(
            self.patience.supplied(self.fetched.body.read_chunks()),
            base_url=self.fetched.final_url,
            charset=charset(self.fetched.content_type),
            cut=lambda: self.fetched.fault is not None or self.patience.fault is not None,
        )
        self.listed = ()
        for batch in self.patience.measured(iter(self.reading)):
            if self.kind is not Kind.INDEX and len(self.listed) < self.reading.sitemaps:
                self._note(batch)
            yield batch
        self.error = self.error or self.patience.fault

    def answer(self, *, urls: int = 0, reason: str | None = None) -> Answer:
        """What this sitemap says towards the verdict, once ``urls`` of it were recorded."""
        return Answer(
            url=self.found.url,
            source=self.found.discovered_by,
            expected=self.found.promised or self.readable,
            kind=self.kind,
            status_code=self.fetched.status_code,
            reason=reason or (self.error.reason if self.error else None),
            urls=urls,
            message=self.error.message if self.error else None,
        )

    def release(self) -> None:
        """Give the body back."""
        self.fetched.release()

    def _note(self, batch: list[Item]) -> None:
        """Keep the sitemaps of a batch, one more than we follow: that one tells of the rest."""
        room = MAX_CHILDREN + 1 - len(self.listed)
        self.listed = [*self.listed, *children(batch)[:room]]


HTML = Fault("html-instead", "the server answered with an HTML page")
EMPTY = Fault("empty", "the body is empty")
BLANK = Fault("empty", f"nothing but white space in the first {HEAD // 1024} KiB; no more was read")
UNKNOWN = Fault("not-a-sitemap", "the body is no sitemap, feed or list of addresses")


def fetched_as(found: Found, fetched: Response, held: Held | None = None) -> Sitemap:
    """What became of an address that was asked, of which ``held`` was known."""
    if held is not None and held.is_confirmed_by(fetched):
        return Sitemap(found, fetched, held.kind, None, held=held)
    kind = _sniff(fetched)
    return Sitemap(found, fetched, kind, _error(fetched, kind))


def trusted(found: Found, held: Held) -> Sitemap:
    """What becomes of an address that need not be asked."""
    return Sitemap(found, Response(found.url, held.validators.url), held.kind, None, held=held)


def unfetched(found: Found, fault: Fault | None) -> Sitemap:
    """What becomes of an address that was not asked, or not to the end, for this reason."""
    return Sitemap(found, Response(found.url, found.url), None, fault)


def children(batch: Iterable[Item]) -> list[Child]:
    """The sitemaps among some items."""
    return [item for item in batch if isinstance(item, Child)]


def _sniff(fetched: Response) -> Kind | None:
    """What a body is, by its beginning; None when there is no body of a 200 answer."""
    if fetched.body is None or fetched.status_code != 200:
        return None
    with closing(_look(fetched, cut=False)) as reading:
        return reading.sniff()


def _look(fetched: Response, *, cut: bool) -> Reading:
    """A reading of the beginning of a body, to be closed: it may be left in the middle."""
    chunks = _beginning(fetched.body.read_chunks()) if fetched.body else ()
    return read(chunks, charset=charset(fetched.content_type), cut=lambda: cut)


def _beginning(chunks: Iterable[bytes]) -> Iterator[bytes]:
    left = HEAD
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
    if kind is Kind.EMPTY and fetched.bytes > HEAD:
        return BLANK
    return {Kind.HTML: HTML, Kind.EMPTY: EMPTY}.get(kind) if kind is not None else None


def _refusal(fetched: Response) -> Fault:
    """Why the reader makes nothing of a body: an encoding or a DTD that it refuses, for instance."""
    with closing(_look(fetched, cut=True)) as reading:
        problems = (each for batch in reading for each in batch if isinstance(each, Problem))
        worst = next((each for each in problems if each.severity is Severity.ERROR), None)
    return Fault(worst.code, worst.message) if worst else UNKNOWN
