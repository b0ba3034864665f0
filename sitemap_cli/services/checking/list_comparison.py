"""Compare the URLs of a job with a list that another program wrote: a crawl, a report or a log."""

from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.causes import find_section
from sitemap_cli.audit.entry_batch import SEPARATOR, Batch, Columns
from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.gathered_facts import Difference, ListComparison, OtherSpelling, SpellingDifference
from sitemap_cli.audit.utility_urls import find_utility_urls
from sitemap_cli.crawl.url_scope import UrlScope
from sitemap_cli.model.compared_list import ComparedList
from sitemap_cli.model.url_spellings import find_host, list_variants
from sitemap_cli.model.values import Verdict
from sitemap_cli.services.checking.fact import FactSource, fact
from sitemap_cli.services.recording import job_sitemaps
from sitemap_cli.services.shared.grouped_examples import OTHERS, ExampleGroup, GroupedExamples
from sitemap_cli.services.shared.url_keys import UrlKeys, load_locs
from sitemap_cli.storage.models import Job
from sitemap_cli.urls import textual_host

OTHER_HOST, OUTSIDE = "on other hosts", "outside the checked part"
UTILITY, PARAMETERS = "for a cart, login, search, sorting or a later page", "with parameters"


@dataclass(frozen=True, slots=True)
class UrlPage:
    """Some URLs: as they are spelled, in canonical spelling, and what identifies their pages."""

    locs: Sequence[str]
    cleaned: Sequence[str]
    pages: Sequence[str]

    def select(self, indexes: Sequence[int]) -> "UrlPage":
        """Return some of the URLs."""
        return UrlPage(*([column[at] for at in indexes] for column in (self.locs, self.cleaned, self.pages)))


@dataclass(slots=True)
class _Side:
    """The URLs of one side: keys of their pages and of their spellings, and their number.

    ``with_query`` has the paths of those with parameters, if that matters.
    """

    pages: UrlKeys = field(default_factory=UrlKeys)
    spellings: UrlKeys = field(default_factory=UrlKeys)
    with_query: UrlKeys = field(default_factory=UrlKeys)
    count: int = 0

    def add(self, urls: UrlPage) -> None:
        self.count += len(urls.pages)
        self.pages.add_keys(map(hash, urls.pages))
        self.spellings.add_keys(map(hash, urls.cleaned))


@dataclass(slots=True)
class _Comparer:
    """A comparison at work: the URLs of the sitemaps and of the list, and what of the list is left out."""

    session: AsyncSession
    source: FactSource
    compared: ComparedList
    here: Collection[int]
    there: Collection[int]
    hosts: set[str]
    ours: _Side = field(default_factory=_Side)
    theirs: _Side = field(default_factory=_Side)
    left_out: Counter[str] = field(default_factory=Counter)

    async def load(self) -> None:
        """Load the keys of both sides; those of the sitemaps first, whose hosts decide what is compared."""
        async for urls in self._load_urls(self.here):
            self.ours.add(urls)
            self.hosts.update(map(find_host, urls.pages))
            if self.compared.is_log:
                self.ours.with_query.add_keys(
                    hash(each.partition("?")[0]) for each in urls.pages if "?" in each
                )
        self.ours.with_query = self.ours.with_query.subtract()
        async for urls in self._load_comparable():
            self.theirs.add(urls)

    async def find_missing(self) -> tuple[Difference, ...]:
        """Return the URLs that only the list has, by section, without those that belong in no sitemap."""
        only = self.theirs.pages.subtract(self.ours.pages)
        found = GroupedExamples(self.source.spool, str)
        async for urls in self._load_comparable() if only.count() else _nothing():
            places = [at for at, page in enumerate(urls.pages) if only.take_key(hash(page))]
            left = self._drop_unwanted(urls.select(places))
            pairs = zip(left.locs, left.cleaned, strict=True)
            # The URL to list has neither parameters for tracking nor a fragment.
            self._add_by_section(found, [url if "?" in loc or "#" in loc else loc for loc, url in pairs])
        return tuple(_make_section(each) for each in found.build())

    async def find_extra(self) -> tuple[Difference, ...]:
        """Return the URLs that only the sitemaps list, by section."""
        known = (_make_keys(each.pages) for each in self.compared.left_out.values())
        only = self.ours.pages.subtract(self.theirs.pages, *known)
        found = GroupedExamples(self.source.spool, str)
        async for urls in self._load_urls(self.here) if only.count() else _nothing():
            pairs = zip(urls.locs, urls.pages, strict=True)
            self._add_by_section(found, [loc for loc, page in pairs if only.take_key(hash(page))])
        return tuple(_make_section(each) for each in found.build())

    async def find_unlistable(self) -> tuple[Difference, ...]:
        """Return the URLs that the sitemaps list and the list has only as not indexable, by reason."""
        ours, theirs = self.ours, self.theirs
        wanted = dict[str, tuple[UrlKeys, UrlKeys]]()
        for what, rows in self.compared.left_out.items():
            if rows.is_unlistable:
                pages = _make_keys(rows.pages).intersect(ours.pages).subtract(theirs.pages)
                # One spelling of a page may redirect to another one, which is fine.
                spellings = _make_keys(rows.spellings).intersect(ours.spellings).subtract(theirs.spellings)
                if pages.count() or spellings.count():
                    wanted[what] = pages, spellings
        found, once = GroupedExamples(self.source.spool, str), ours.spellings.subtract()
        async for urls in self._load_urls(self.here) if wanted else _nothing():
            for loc, url, page in zip(urls.locs, urls.cleaned, urls.pages, strict=True):
                for what, (pages, spellings) in wanted.items():
                    is_wanted = spellings.has_key(hash(url)) or pages.has_key(hash(page))
                    if is_wanted and once.take_key(hash(url)):
                        found.add(what, [(loc,)])
        return tuple(Difference(each.count, each.examples, each.cause) for each in found.build())

    async def find_respelled(self) -> tuple[SpellingDifference, ...]:
        """Return pages that the two sides spell differently, by difference."""
        both = self.ours.pages.intersect(self.theirs.pages)
        same = self.ours.spellings.intersect(self.theirs.spellings)
        found = GroupedExamples(self.source.spool, OtherSpelling)
        if both.count() == same.count():
            return ()
        spelled_alike = UrlKeys()
        # What redirects is reported as not indexable.
        refused = (
            _make_keys(each.spellings) for each in self.compared.left_out.values() if each.is_unlistable
        )
        spellings = self.ours.spellings.subtract(*refused)
        async for urls in self._load_comparable():
            pairs = zip(urls.cleaned, urls.pages, strict=True)
            spelled_alike.add_keys(hash(page) for url, page in pairs if same.has_key(hash(url)))
        wanted = both.subtract(spelled_alike)
        async for urls in self._load_comparable() if wanted.count() else _nothing():
            for loc, url, page in zip(urls.locs, urls.cleaned, urls.pages, strict=True):
                if wanted.take_key(hash(page)):
                    for other, what in list_variants(url):
                        if spellings.has_key(hash(other)):
                            found.add(what, [(loc, other)])
                            break
        return tuple(
            SpellingDifference(each.cause or "", each.count, each.examples) for each in found.build()
        )

    async def _load_urls(self, documents: Collection[int]) -> AsyncIterator[UrlPage]:
        spellings = self.compared.spellings
        async for page in load_locs(self.session, documents):
            cleaned = spellings.clean(page.locs)
            yield UrlPage(page.locs, cleaned, spellings.identify(cleaned))

    async def _load_comparable(self) -> AsyncIterator[UrlPage]:
        """Yield the URLs of the list that concern the site or its part; count the others the first time."""
        scope = None if self.source.job.scope is None else UrlScope(self.source.job.scope)
        is_first = not self.theirs.count
        async for urls in self._load_urls(self.there):
            hosts = list(map(find_host, urls.pages))
            if scope is None and self.hosts.issuperset(hosts):
                yield urls
                continue
            own = [at for at, host in enumerate(hosts) if host in self.hosts]
            inside = own if scope is None else [at for at in own if scope.includes(urls.cleaned[at])]
            if is_first:
                self.left_out[OTHER_HOST] += len(hosts) - len(own)
                self.left_out[OUTSIDE] += len(own) - len(inside)
            yield urls.select(inside)

    def _drop_unwanted(self, urls: UrlPage) -> UrlPage:
        """Return URLs that only the list has, without those that belong in no sitemap; count these."""
        kinds = find_utility_urls(self._make_batch(urls.cleaned)) if urls.pages else ()
        utility = {at for kind, found in kinds if not kind.may_be_usual for at in found}
        self.left_out[UTILITY] += len(utility)
        left = [at for at in range(len(urls.pages)) if at not in utility]
        if self.compared.is_log:
            kept = [at for at in left if self._may_be_listed(urls.pages[at])]
            self.left_out[PARAMETERS] += len(left) - len(kept)
            left = kept
        return urls.select(left)

    def _make_batch(self, urls: Sequence[str]) -> Batch:
        site, empty = self.source.site, SEPARATOR * (len(urls) + 1)
        locs = SEPARATOR.join(["", *urls, ""])
        return Batch(site, SitemapFact(site.url), Columns(1, len(urls), locs, empty, empty, empty))

    def _may_be_listed(self, page: str) -> bool:
        """Return whether a page has no parameters, or the sitemaps list its path with parameters."""
        path, mark, _ = page.partition("?")
        return not mark or self.ours.with_query.has_key(hash(path))

    def _add_by_section(self, found: "GroupedExamples[str]", locs: Sequence[str]) -> None:
        if self.source.spool is not None:
            found.add(None, [(loc,) for loc in locs])
            return
        for loc in locs:
            found.add(find_section(loc), [(loc,)])


@fact("list_comparison")
async def gather_list_comparison(session: AsyncSession, source: FactSource) -> ListComparison | None:
    """Return how a job differs from the list of URLs to compare with; None without one.

    URLs of hosts on which the sitemaps list no page are left out, and so is what belongs in no sitemap.
    """
    site, compared = source.site, source.compared
    other = await session.get(Job, site.other_job) if site.other_job else None
    if other is None or compared is None:
        return None
    here, there = [
        set(await job_sitemaps.count_entries_by_document(session, each.id)) for each in (source.job, other)
    ]
    comparer = _Comparer(session, source, compared, here, there, {textual_host(site.url)})
    await comparer.load()
    found = ListComparison(
        other.target,
        is_complete=other.verdict == Verdict.OK,
        pages=comparer.theirs.pages.count(),
        rows_left_out={reason: rows.count for reason, rows in compared.left_out.items()},
    )
    if found.pages:
        found = replace(
            found,
            missing=await comparer.find_missing(),
            extra=await comparer.find_extra(),
            respelled=await comparer.find_respelled(),
            unlistable=await comparer.find_unlistable(),
        )
    return replace(found, left_out={what: count for what, count in comparer.left_out.items() if count})


def _make_section(group: ExampleGroup[str]) -> Difference:
    """Return the URLs of a section; those of many sections together have a cause of their own."""
    return Difference(group.count, group.examples, group.cause if group.cause == OTHERS else None)


def _make_keys(hashes: "Sequence[int]") -> UrlKeys:
    keys = UrlKeys()
    keys.add_keys(hashes)
    return keys


async def _nothing() -> AsyncIterator[UrlPage]:
    """Yield nothing."""
    for each in tuple[UrlPage, ...]():
        yield each
