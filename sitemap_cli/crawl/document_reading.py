"""One reading of a body: batches of rows to store, and then the facts of the whole document."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from operator import floordiv
from typing import NamedTuple

import msgspec

from sitemap_cli import urls
from sitemap_cli.crawl.entry_redaction import redact_entries
from sitemap_cli.crawl.read_timeout import ReadTimeout
from sitemap_cli.crawl.url_scope import UrlScope
from sitemap_cli.model.item_batch import EntryColumns, ItemBatch
from sitemap_cli.model.site_sections import SectionCounter
from sitemap_cli.model.values import Child, Fault, Kind, StrictReading
from sitemap_cli.parse.reader import DocumentReader, read_document
from sitemap_cli.w3c_time import DAY

MAX_CHILDREN = 50_000
"""Sitemaps of one document that are followed."""
MAX_DISTINCT = 200_000
"""Different URLs of one document that are held in memory."""


class UrlRange(msgspec.Struct, frozen=True):
    """The number of different URLs of a document, and the first and last of them in alphabetical order."""

    unique: int
    first: str
    last: str


class DocumentFacts(msgspec.Struct, frozen=True):
    """What a reading found in a document, besides its rows.

    ``urls`` and ``children`` are the numbers of rows, ``left_out`` that of the entries outside the scope.
    ``days`` counts entries by the day of their lastmod (days since 1970), or by ``missing`` or ``invalid``;
    ``extensions`` counts them by extension, ``codes`` the problems by code. ``respelled`` is the number of
    URLs that are not in their canonical spelling. ``url_range`` is None if there are no URLs, or more than
    :data:`MAX_DISTINCT` different ones. ``sections`` counts entries by section of the site. ``disorder`` says
    how many entries are not in the order of the schema, and where the first one is. ``strict`` says how much
    a strict parser reads. ``is_relative`` says that some URLs were relative. ``fault`` says why the reading
    stopped early. ``followed`` are the sitemaps to crawl next: one more than :data:`MAX_CHILDREN` if there
    are too many.
    """

    complete: bool
    encoding: str | None
    generator: str | None
    urls: int
    left_out: int
    children: int
    problems: int
    codes: dict[str, int]
    days: dict[str, int]
    extensions: dict[str, int]
    respelled: int
    url_range: UrlRange | None
    sections: dict[str, int]
    disorder: dict[str, int | str] | None
    strict: StrictReading | None
    is_relative: bool
    fault: Fault | None
    followed: list[Child]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingOptions:
    """How to read a body.

    ``base_url`` is what relative URLs are resolved against, ``charset`` the encoding according to the
    response. ``is_cut`` says that the end of the body is missing. ``follows_listed`` says that entries whose
    names are those of sitemaps are followed, too. Entries outside ``scope`` are left out.
    """

    base_url: str
    charset: str | None = None
    is_cut: bool = False
    kind: Kind | None = None
    follows_listed: bool = False
    scope: UrlScope | None = None
    timeout: ReadTimeout = field(default_factory=ReadTimeout)


class ReadDocument(NamedTuple):
    """A small document that was read as a whole: its rows in batches, and its facts."""

    batches: Sequence[ItemBatch]
    facts: DocumentFacts


class DocumentReading:
    """One reading of a body; iterate it once, to its end, and then :meth:`build_facts`."""

    def __init__(self, chunks: Iterable[bytes], options: ReadingOptions) -> None:
        self._options = options
        self._reader: DocumentReader = read_document(
            options.timeout.limit_chunks(chunks),
            base_url=options.base_url,
            charset=options.charset,
            is_truncated=lambda: options.is_cut or options.timeout.fault is not None,
        )
        self._urls = self._left_out = self._children = self._redactions = self._respelled = 0
        self._is_relative = False
        self._locs: set[str] | None = set()
        self._ends: list[str] = []
        self._sections = SectionCounter()
        self._days = Counter[str]()
        self._extensions = Counter[str]()
        self._followed: list[Child] = []

    def __iter__(self) -> Iterator[ItemBatch]:
        """Yield the rows in document order, some batches empty: redacted, and without those out of scope."""
        for batch in self._options.timeout.measure_reading(iter(self._reader)):
            self._collect_followed(batch)
            yield self._count_rows(self._narrow(batch))

    def read_all(self) -> ReadDocument:
        """Read a document that is small enough to be kept in memory."""
        return ReadDocument(list(self), self.build_facts())

    def build_facts(self) -> DocumentFacts:
        """Return the facts of the document; only after the iteration has ended."""
        reader = self._reader
        return DocumentFacts(
            complete=reader.complete,
            encoding=reader.encoding,
            generator=reader.generator,
            urls=self._urls,
            left_out=self._left_out,
            children=self._children,
            problems=reader.problems + self._redactions,
            codes=dict(reader.codes),
            days=dict(self._days),
            extensions=dict(self._extensions),
            respelled=self._respelled,
            url_range=UrlRange(len(self._locs), min(self._ends), max(self._ends)) if self._locs else None,
            sections=self._sections.build_counts(),
            disorder=self._describe_disorder(),
            strict=reader.strict,
            is_relative=self._is_relative,
            fault=self._options.timeout.fault,
            followed=self._followed,
        )

    def _describe_disorder(self) -> dict[str, int | str] | None:
        found = self._reader.disorder.describe() if self._reader.disorder.entries else None
        if found and self._left_out:
            # Entries before that one may have been left out.
            del found["entry"]
        return found

    def _narrow(self, batch: ItemBatch) -> ItemBatch:
        """Leave out the entries outside the scope."""
        if self._options.scope is None:
            return batch
        narrowed = self._options.scope.select_items(batch, self._left_out)
        self._left_out += len(batch) - len(narrowed)
        return narrowed

    def _count_rows(self, batch: ItemBatch) -> ItemBatch:
        """Return a batch without names and passwords, and count what is in it."""
        redacted = redact_entries(batch, self._urls)
        self._redactions += len(redacted) - len(batch)
        entries = redacted.entries
        self._urls += len(entries)
        self._children += len(redacted.children)
        self._days.update(_count_days(entries))
        joined = urls.join_urls(entries.locs)
        self._respelled += _count_respelled(entries.locs, joined)
        self._collect_locs(entries.locs, joined)
        if any(entries.extensions):
            self._extensions.update(key for each in entries.extensions if each for key in each)
        self._is_relative = self._is_relative or any(each.code == "loc-relative" for each in batch.problems)
        return redacted

    def _collect_locs(self, locs: list[str], joined: str) -> None:
        """Count sections; collect the first and last URL of each batch, and different URLs up to a limit."""
        if not locs:
            return
        ends = min(locs), max(locs)
        self._sections.add_urls(locs, *ends, joined)
        if self._locs is not None:
            self._locs.update(locs)
            self._ends += ends
            if len(self._locs) > MAX_DISTINCT:
                self._locs = None

    def _collect_followed(self, batch: ItemBatch) -> None:
        """Keep the sitemaps of a batch: one more than the limit, which shows that the limit was exceeded."""
        found = batch.children
        if self._options.follows_listed and self._options.kind is not Kind.INDEX:
            found += _list_named_sitemaps(batch.entries)
        self._followed += found[: MAX_CHILDREN + 1 - len(self._followed)]


def _list_named_sitemaps(entries: EntryColumns) -> list[Child]:
    """Return the entries that are sitemaps by their names."""
    columns = entries.locs, entries.lastmods, entries.lastmod_utcs, entries.lines
    return [Child(*row) for row in zip(*columns, strict=True) if urls.is_sitemap_name(row[0])]


def _count_days(entries: EntryColumns) -> dict[str, int]:
    """Count entries by the day of their lastmod, or as missing or invalid."""
    moments = entries.lastmod_utcs
    if undated := moments.count(None):
        moments = [each for each in moments if each is not None]
    days = {str(day): count for day, count in Counter(map(floordiv, moments, repeat(DAY))).items()}
    if undated:
        missing = entries.lastmods.count(None)
        days |= {"missing": missing, "invalid": undated - missing}
    return days


def _count_respelled(locs: list[str], joined: str) -> int:
    """Count the URLs that are not in their canonical spelling."""
    return 0 if urls.are_canonical(locs, joined) else sum(urls.canonical_url(loc) != loc for loc in locs)
