"""Walks a site made of a dictionary to its end, and sees to it that nothing is left behind."""

import asyncio
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass

from sitemap_cli.crawl.fetched_sitemap import Sitemap
from sitemap_cli.crawl.site_crawl import walk
from sitemap_cli.crawl.targets import parse
from sitemap_cli.crawl.verdicts import Answer, decide
from sitemap_cli.model.values import Problem, Severity
from sitemap_cli.settings import Settings
from tests.fakes import DictFetcher, Reply
from tests.web import index, urlset

HOME = "https://example.com/"
URLS = urlset(f"{HOME}1", f"{HOME}2")
PAGE = b"<!doctype html><html><head><title>Hello</title></head></html>"


@dataclass
class Walked:
    """What came of a walk."""

    fetcher: DictFetcher
    sitemaps: list[Sitemap]
    answers: list[Answer]
    asked: list[Answer]
    cuts: list[str]
    verdict: str

    @property
    def urls(self) -> list[str]:
        return [each.found.url for each in self.sitemaps]

    @property
    def errors(self) -> dict[str, str]:
        return {each.found.url: each.error.reason for each in self.sitemaps if each.error}

    @property
    def paths(self) -> list[str]:
        """What was asked for, without the origin where that is the usual one."""
        return [each.removeprefix(HOME) for each in self.fetcher.urls]

    def one(self, url: str) -> Sitemap:
        (found,) = (each for each in self.sitemaps if each.found.url == url)
        return found


def site(*, robots=None, at=None):
    """Pages of example.com, by path; ``robots`` are lines."""
    lines = {} if robots is None else {f"{HOME}robots.txt": "".join(f"{each}\n" for each in robots).encode()}
    return lines | {HOME + path: page for path, page in (at or {}).items()}


def lists(*urls):
    """Lines of robots.txt that list sitemaps."""
    return [f"Sitemap: {each if '://' in each else HOME + each}" for each in urls]


def named(*names):
    """Addresses below the root."""
    return [HOME + name for name in names]


def tree(**documents):
    """Documents by name, ``.xml`` left out: an index for a list of names, otherwise what is given."""
    made = {
        name: index(*named(*(f"{each}.xml" for each in content))) if isinstance(content, list) else content
        for name, content in documents.items()
    }
    return site(robots=["User-agent: *"], at={f"{name}.xml": content for name, content in made.items()})


def recorded(sitemap):
    """Read a sitemap as a task does, and say what it says to the verdict."""
    if not sitemap.readable or sitemap.held:
        return sitemap.answer(urls=1 if sitemap.held else 0)
    problems = [each for batch in sitemap.batches() for each in batch if isinstance(each, Problem)]
    wrong = next((each.code for each in problems if each.severity is Severity.ERROR), None)
    return sitemap.answer(urls=sitemap.reading.urls, reason=None if sitemap.error else wrong)


@asynccontextmanager
async def nothing_left(fetcher):
    """Neither tasks nor bodies outlive the block."""
    before = asyncio.all_tasks()
    try:
        yield
    finally:
        assert asyncio.all_tasks() == before
        assert fetcher.open == 0, f"{fetcher.open} bodies were not closed"
        assert fetcher.in_flight == set()


@asynccontextmanager
async def walking(pages, target=HOME, progress=None, memory=None, **settings):
    """A walk in hand: the fetcher, the walk and its sitemaps."""
    fetcher = DictFetcher(pages)
    async with (
        nothing_left(fetcher),
        walk(fetcher, parse(target), Settings(**settings), progress, memory) as begun,
        aclosing(begun.sitemaps()) as found,
    ):
        yield fetcher, begun, found


def expire():
    """Let the deadline pass: the clock of the loop jumps a day ahead."""
    loop = asyncio.get_running_loop()
    now = loop.time
    loop.time = lambda: now() + 86_400


@asynccontextmanager
async def expiring(fetcher, waiting):
    """Let the deadline pass as soon as nothing but these addresses is waited for."""

    async def when_all_wait():
        await fetcher.until_only(*waiting)
        expire()

    task = asyncio.create_task(when_all_wait()) if waiting else None
    yield
    if task:
        await task


async def walked(pages, target=HOME, *, base_url=None, missing=None, waiting=(), memory=None, **settings):
    """Walk to the end; the deadline passes once only ``waiting`` are left."""
    fetcher = DictFetcher(pages, missing or Reply(status=404))
    sitemaps, answers = [], []
    async with (
        nothing_left(fetcher),
        expiring(fetcher, waiting),
        walk(fetcher, parse(target, base_url=base_url), Settings(**settings), memory=memory) as begun,
        aclosing(begun.sitemaps()) as found,
    ):
        async for each in found:
            sitemaps.append(each)
            answers.append(recorded(each))
    verdict = decide([*begun.answers, *answers], begun.cuts)
    return Walked(
        fetcher, sitemaps, answers, begun.answers, [each.reason for each in begun.cuts], verdict.value
    )
