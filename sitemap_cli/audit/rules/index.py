"""Indexes, and what they say of the sitemaps they list."""

from collections import defaultdict
from collections.abc import Iterator
from statistics import median

from sitemap_cli.audit.entry_batch import shown
from sitemap_cli.audit.facts import SiteFact, SitemapFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Child, Kind, Severity
from sitemap_cli.urls import textual_host, textual_origin
from sitemap_cli.w3c_time import DAY

MAX_CHILDREN = 50_000
MAX_BYTES = 52_428_800
FEW_URLS, MANY_CHILDREN = 100, 50
FEWEST = 10
TOGETHER = 60


@rule("SM401", "index-too-many", Severity.ERROR, Scope.DOCUMENT)
def index_too_many(sitemap: SitemapFact) -> Hits:
    """An index lists more sitemaps than crawlers read.

    Criterion: more than 50,000 sitemaps in one index, or more than 52,428,800 bytes of it.
    Why: Search engines refuse the index, or read its beginning only.
    Mend: Write fuller sitemaps (50,000 addresses each), or several indexes.
    Bad: an index of 60,000 sitemaps with ten pages each
    Good: an index of 12 sitemaps with 50,000 pages each
    Source: https://www.sitemaps.org/protocol.html#index
    """
    if sitemap.children > MAX_CHILDREN:
        yield Hit(f"{sitemap.children:,} sitemaps; the limit is {MAX_CHILDREN:,}")
    elif sitemap.kind == Kind.INDEX and sitemap.bytes > MAX_BYTES:
        yield Hit(f"{sitemap.bytes:,} bytes; the limit is {MAX_BYTES:,}")


@rule("SM402", "nested-index", Severity.ERROR, Scope.SITE)
def nested_index(site: SiteFact) -> Hits:
    """An index lists another index.

    Criterion: a child of an index turns out to be an index itself.
    Why: The protocol has one level; search engines do not follow the second.
    Mend: List all sitemaps in one index, or name each index in robots.txt.
    Bad: ``index.xml`` lists ``shop-index.xml``, which lists ``shop-1.xml``
    Good: ``index.xml`` lists ``shop-1.xml``
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/large-sitemaps
    """
    for parent, child, line in _children(site):
        if child.kind == Kind.INDEX and parent.kind == Kind.INDEX:
            yield Hit(f"{shown(child.url)} is an index, too", loc=child.url, line=line, sitemap=parent.url)


@rule("SM403", "index-loop", Severity.ERROR, Scope.SITE)
def index_loop(site: SiteFact) -> Hits:
    """An index lists itself, or an index above it.

    Criterion: the address of a child, or where it redirects to, is that of the index or of one that it is
        below.
    Why: A crawler that does not watch out goes round for ever; one that does reads nothing there.
    Mend: Take the entry out of the index.
    Bad: ``sitemap.xml`` lists ``https://example.com/sitemap.xml``
    Good: ``sitemap.xml`` lists ``https://example.com/pages.xml``
    Source: own (see https://www.sitemaps.org/protocol.html#index: an index lists sitemaps)
    """
    for index in _indexes(site):
        above = _above(site, index)
        for child in index.listed:
            if child.loc in above:
                yield Hit(f"lists {shown(child.loc)}", loc=child.loc, line=child.line, sitemap=index.url)
    for parent, below, line in _children(site):
        if below.final_url != below.url and below.final_url in _above(site, parent):
            message = f"{shown(below.url)} redirects to {shown(below.final_url)}"
            yield Hit(message, loc=below.url, line=line, sitemap=parent.url)


@rule("SM404", "index-dup-child", Severity.WARNING, Scope.SITE)
def index_dup_child(site: SiteFact) -> Hits:
    """An index lists the same sitemap more than once.

    Criterion: two entries of an index have the same ``loc``; each beyond the first counts.
    Why: Crawlers may read the sitemap twice.
    Mend: List each sitemap once.
    Bad: ``pages.xml`` in two entries
    Good: ``pages.xml`` in one entry
    Source: own (an entry says something of one sitemap)
    """
    for index in _indexes(site):
        seen = set[str]()
        for child in index.listed:
            if child.loc in seen:
                message = f"listed more than once: {shown(child.loc)}"
                yield Hit(message, loc=child.loc, line=child.line, sitemap=index.url)
            seen.add(child.loc)


@rule("SM405", "index-child-broken", Severity.ERROR, Scope.SITE)
def index_child_broken(site: SiteFact) -> Hits:
    """An index lists a sitemap that cannot be read.

    Criterion: a child does not answer 200 with a sitemap, a feed or a list of addresses.
    Why: The pages that only this sitemap lists are missing for every crawler.
    Mend: Restore the sitemap, or take it out of the index.
    Bad: ``index.xml`` lists ``posts-7.xml``, which answers 404
    Good: every sitemap of the index answers 200
    Source: https://support.google.com/webmasters/answer/7451001
    """
    for parent, child, line in _children(site):
        if child.error and not child.readable:
            why = child.error_message or child.error
            yield Hit(f"{shown(child.url)}: {why}", loc=child.url, line=line, sitemap=parent.url)


@rule("SM406", "index-foreign-child", Severity.ERROR, Scope.SITE)
def index_foreign_child(site: SiteFact) -> Hits:
    """An index lists a sitemap on another host.

    Criterion: host and port of the child are not those of the index, and no robots.txt of that host, as far
        as one was asked for, lists the child or the index.
    Why: An index speaks for sitemaps of its own site; search engines ignore others.
    Mend: Name the sitemap in the robots.txt of its own host, or move it.
    Bad: ``https://example.com/index.xml`` lists ``https://cdn.example.net/pages.xml``
    Good: ``https://example.com/index.xml`` lists ``https://example.com/pages.xml``
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/large-sitemaps
    """
    for index in _indexes(site):
        for child in index.listed:
            root = textual_origin(child.loc)
            if textual_host(root) != textual_host(index.own) and not _is_proven(site, index, child, root):
                why = "" if root in site.proven else ", whose robots.txt was not asked for"
                message = f"on another host{why}: {shown(child.loc)}"
                yield Hit(message, loc=child.loc, line=child.line, sitemap=index.url)


@rule("SM407", "index-child-above", Severity.WARNING, Scope.SITE)
def index_child_above(site: SiteFact) -> Hits:
    """An index lists a sitemap that is not below its own folder.

    Criterion: the child is on the host of the index, and its address does not begin with that of the
        index's folder.
    Why: Google wants sitemaps in the folder of their index or below it.
    Mend: Put the index into the root of the site.
    Bad: ``https://example.com/sitemaps/index.xml`` lists ``https://example.com/pages.xml``
    Good: ``https://example.com/index.xml`` lists ``https://example.com/sitemaps/pages.xml``
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/large-sitemaps
    """
    for index in _indexes(site):
        for child in index.listed if index.folder != index.own else ():
            if textual_origin(child.loc) == index.own and not child.loc.startswith(index.folder):
                message = f"not below {shown(index.folder)}: {shown(child.loc)}"
                yield Hit(message, loc=child.loc, line=child.line, sitemap=index.url)


@rule("SM408", "index-lastmod-wrong", Severity.WARNING, Scope.SITE)
def index_lastmod_wrong(site: SiteFact) -> Hits:
    """An index says something untrue about when its sitemaps changed.

    Criterion: the ``lastmod`` of a sitemap lies more than a day before the newest ``lastmod`` in it; or ten
        sitemaps and more all have the same one, unless it is a day of which each has an entry; or all are
        the time of the fetch, give or take a minute.
    Why: Crawlers skip a sitemap that has not changed: with a date that is too old they miss pages, with
        one that is always new they read everything each time.
    Mend: Write the newest ``lastmod`` of the sitemap's own entries.
    Bad: ``<sitemap>`` with ``<lastmod>2026-01-01</lastmod>`` for a file with a page of today
    Good: ``<lastmod>`` of a sitemap is that of its newest page
    Source: https://blogs.bing.com/webmaster/february-2023/The-Importance-of-Setting-the-lastmod-Tag-in-Your-Sitemap
    """
    for index in _indexes(site):
        known = [child.lastmod_utc for child in index.listed if child.lastmod_utc is not None]
        if len(known) >= FEWEST and len(set(known)) == 1 and not _changed_that_day(site, index):
            message = f"all {len(known):,} sitemaps have the same lastmod"
            yield Hit(message, count=len(known), sitemap=index.url)
        elif len(known) > 1 and all(abs(each - index.fetched_at) <= TOGETHER for each in known):
            yield Hit("every lastmod is the time of the fetch", count=len(known), sitemap=index.url)
        yield from _outdated(site, index)


@rule("SM409", "index-fragmented", Severity.INFO, Scope.SITE)
def index_fragmented(site: SiteFact) -> Hits:
    """An index has one sitemap only, or very many very small ones.

    Criterion: one child; or more than 50 children of which half have fewer than 100 entries.
    Why: Each file is a request, for the crawler and for whoever looks for a fault.
    Mend: Fill sitemaps with up to 50,000 entries; a single one needs no index.
    Bad: 400 sitemaps with 20 pages each
    Good: a sitemap with 8,000 pages
    Source: own (the protocol has indexes for more than one full sitemap)
    """
    urls: dict[str, list[int]] = {}
    for parent, child, _ in _children(site):
        urls.setdefault(parent.url, []).append(child.urls)
    for index in _indexes(site):
        sizes = urls.get(index.url, [])
        if index.children == 1:
            yield Hit("an index of one sitemap", sitemap=index.url)
        elif len(sizes) > MANY_CHILDREN and median(sizes) < FEW_URLS:
            message = f"{len(sizes):,} sitemaps, half of them with fewer than {FEW_URLS} entries"
            yield Hit(message, sitemap=index.url)


def _indexes(site: SiteFact) -> Iterator[SitemapFact]:
    return (each for each in site.sitemaps if each.kind == Kind.INDEX)


def _children(site: SiteFact) -> Iterator[tuple[SitemapFact, SitemapFact, int | None]]:
    """Every sitemap below another, after that one, with its line there.

    Several indexes may list it, and robots.txt as well: only one of them is its parent.
    """
    below = defaultdict[str, list[SitemapFact]](list)
    for child in site.sitemaps:
        below[child.parent or ""].append(child)
    for index in (each for each in site.sitemaps if each.listed or each.url in below):
        lines = {each.loc: each.line for each in reversed(index.listed)}
        known = {loc: site.by_url[loc] for loc in reversed(lines) if loc in site.by_url}
        known |= {child.url: child for child in below[index.url]}
        yield from ((index, child, lines.get(url)) for url, child in known.items() if child is not index)


def _above(site: SiteFact, index: SitemapFact) -> set[str]:
    """The addresses of an index and of those that it is below."""
    found, each = set[str](), index
    while each.url not in found:
        found |= {each.url, each.final_url}
        each = site.by_url.get(each.parent or "", each)
    return found


def _changed_that_day(site: SiteFact, index: SitemapFact) -> bool:
    """Whether the dates of an index are days, without a time, and each sitemap has an entry of its day."""
    dated = [child for child in index.listed if child.lastmod_utc is not None]
    if any("T" in (child.lastmod or "") for child in dated):
        return False
    known = [(site.by_url.get(child.loc), str((child.lastmod_utc or 0) // DAY)) for child in dated]
    return all(sitemap is not None and day in sitemap.days for sitemap, day in known)


def _outdated(site: SiteFact, index: SitemapFact) -> Iterator[Hit]:
    for child in index.listed:
        sitemap = site.by_url.get(child.loc)
        if sitemap is None or child.lastmod_utc is None:
            continue
        days = [int(day) for day in sitemap.days if day.lstrip("-").isdigit()]
        # Days may be written in another zone, and a day of the future is a matter of SM323.
        newest = max((day for day in days if day * DAY <= sitemap.fetched_at), default=0)
        if newest > child.lastmod_utc // DAY + 1:
            message = f"{shown(child.loc)} has pages newer than {shown(child.lastmod or '')}"
            yield Hit(message, loc=child.loc, line=child.line, sitemap=index.url)


def _is_proven(site: SiteFact, index: SitemapFact, child: Child, root: str) -> bool:
    return child.loc in site.proven.get(root, ()) or site.may_list(index, root)
