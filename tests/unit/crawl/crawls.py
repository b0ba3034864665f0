"""Crawl a site that is a dictionary, and check that no task or body is left behind."""

import asyncio
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass

from sitemap_cli.crawl.document_reading import DocumentFacts
from sitemap_cli.crawl.fetched_sitemap import FetchedSitemap
from sitemap_cli.crawl.site_crawl import crawl_site
from sitemap_cli.crawl.targets import parse_target
from sitemap_cli.crawl.verdicts import UrlOutcome, decide_verdict
from sitemap_cli.model.values import Severity
from sitemap_cli.settings import Settings
from tests.fakes import DictFetcher, Reply
from tests.web import index, urlset

HOME = "https://example.com/"
URLS = urlset(f"{HOME}1", f"{HOME}2")
PAGE = b"<!doctype html><html><head><title>Hello</title></head></html>"


@dataclass
class CrawlResult:
    """The sitemaps of a finished crawl, the outcomes of all URLs and the verdict.

    ``other_outcomes`` are those of robots.txt, wrong guesses and pages.
    """

    fetcher: DictFetcher
    sitemaps: list[FetchedSitemap]
    facts: dict[str, DocumentFacts | None]
    outcomes: list[UrlOutcome]
    other_outcomes: list[UrlOutcome]
    limits: list[str]
    verdict: str

    @property
    def urls(self) -> list[str]:
        return [each.discovered.url for each in self.sitemaps]

    @property
    def errors(self) -> dict[str, str]:
        return {each.discovered.url: each.error.reason for each in self.sitemaps if each.error}

    @property
    def paths(self) -> list[str]:
        """Return the requested URLs, without the origin where it is the usual one."""
        return [each.removeprefix(HOME) for each in self.fetcher.urls]

    def one(self, url: str) -> FetchedSitemap:
        (found,) = (each for each in self.sitemaps if each.discovered.url == url)
        return found


def site(*, robots=None, at=None):
    """Return pages of example.com by path; ``robots`` are the lines of its robots.txt."""
    lines = {} if robots is None else {f"{HOME}robots.txt": "".join(f"{each}\n" for each in robots).encode()}
    return lines | {HOME + path: page for path, page in (at or {}).items()}


def lists(*urls):
    """Return the ``Sitemap`` lines of a robots.txt."""
    return [f"Sitemap: {each if '://' in each else HOME + each}" for each in urls]


def named(*names):
    """Return URLs below the root."""
    return [HOME + name for name in names]


def tree(**documents):
    """Return documents by name without ``.xml``: an index for a list of names, else the given bytes."""
    made = {
        name: index(*named(*(f"{each}.xml" for each in content))) if isinstance(content, list) else content
        for name, content in documents.items()
    }
    return site(robots=["User-agent: *"], at={f"{name}.xml": content for name, content in made.items()})


def read_sitemap(sitemap):
    """Read a sitemap as a task does; return its outcome, and its facts if there is a body to read."""
    if not sitemap.is_readable or sitemap.cached:
        return sitemap.to_outcome(urls=1 if sitemap.cached else 0), None
    reading = sitemap.open_reading()
    problems = [each for batch in reading for each in batch.problems]
    wrong = next((each.code for each in problems if each.severity is Severity.ERROR), None)
    facts = reading.build_facts()
    reason = None if sitemap.error or facts.fault else wrong
    return sitemap.to_outcome(urls=facts.urls + facts.left_out, reason=reason, fault=facts.fault), facts


def read_outcome(sitemap):
    """Read a sitemap and return its outcome."""
    return read_sitemap(sitemap)[0]


async def deliver(running, cache=None, results=None):
    """Yield each sitemap; the request for the next one reads and finishes it, as a task does.

    The outcome and facts of each are put into ``results`` by its URL.
    """
    async with aclosing(running.iterate_sitemaps()) as found:
        async for each in found:
            yield each
            outcome, facts = read_sitemap(each)
            if results is not None:
                results[each.discovered.url] = outcome, facts
            listed = cache.lists.get(each.cached.document_id, ()) if each.cached else ()
            running.finish_sitemap(each, facts.followed if facts else listed)


@asynccontextmanager
async def nothing_left(fetcher):
    """Check that neither tasks nor bodies outlive the block."""
    before = asyncio.all_tasks()
    try:
        yield
    finally:
        assert asyncio.all_tasks() == before
        assert fetcher.open == 0, f"{fetcher.open} bodies were not closed"
        assert fetcher.in_flight == set()


@asynccontextmanager
async def open_crawl(pages, target=HOME, progress=None, cache=None, **settings):
    """Start a crawl; yield the fetcher, the crawl and its sitemaps."""
    fetcher = DictFetcher(pages)
    async with (
        nothing_left(fetcher),
        crawl_site(fetcher, parse_target(target), Settings(**settings), progress, cache) as running,
        aclosing(deliver(running, cache)) as found,
    ):
        yield fetcher, running, found


def expire():
    """Let the deadline pass: move the clock of the loop a day ahead."""
    loop = asyncio.get_running_loop()
    now = loop.time
    loop.time = lambda: now() + 86_400


@asynccontextmanager
async def expiring(fetcher, waiting):
    """Let the deadline pass as soon as only these URLs are in flight."""

    async def when_all_wait():
        await fetcher.wait_until_only(*waiting)
        expire()

    task = asyncio.create_task(when_all_wait()) if waiting else None
    yield
    if task:
        await task


async def crawl(pages, target=HOME, *, base_url=None, missing=None, waiting=(), cache=None, **settings):
    """Crawl to the end; the deadline passes when only the URLs ``waiting`` are left."""
    fetcher = DictFetcher(pages, missing or Reply(status=404))
    results = {}
    async with (
        nothing_left(fetcher),
        expiring(fetcher, waiting),
        crawl_site(
            fetcher, parse_target(target, base_url=base_url), Settings(**settings), cache=cache
        ) as running,
        aclosing(deliver(running, cache, results)) as found,
    ):
        sitemaps = [each async for each in found]
    outcomes = [outcome for outcome, _ in results.values()]
    verdict = decide_verdict([*running.outcomes, *outcomes], running.limits_reached)
    return CrawlResult(
        fetcher,
        sitemaps,
        {url: facts for url, (_, facts) in results.items()},
        outcomes,
        running.outcomes,
        [each.reason for each in running.limits_reached],
        verdict.value,
    )
