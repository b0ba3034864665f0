"""Finds the sitemaps of a target: robots.txt, then the well-known paths, then the page's own links."""

from urllib.parse import urljoin

from sitemap_cli.fetch.fetcher import Fetched, Purpose
from sitemap_cli.model import DiscoveredBy
from sitemap_cli.services import addresses
from sitemap_cli.services.crawl import Crawler
from sitemap_cli.services.homepage import sitemap_links
from sitemap_cli.services.known_paths import GROUPS
from sitemap_cli.services.robots import RobotsFile
from sitemap_cli.services.targets import Target, TargetKind
from sitemap_cli.services.verdicts import BLOCKING, Answer

# After these, plain http is worth a try: nothing listens there, or something that speaks no TLS.
# A bad certificate is not among them: it would be an invitation to downgrade.
TRY_NEXT = frozenset(
    {"connection-refused", "connection-failed", "connection-closed", "connection-reset", "timeout-connect"}
)
NO_TLS = "tls-not-spoken"


class Discovery:
    """One search: the crawler is asked to read whatever may be a sitemap, until something was read."""

    def __init__(self, crawler: Crawler, target: Target) -> None:
        self._crawler = crawler
        self._target = target
        self._origins: set[str] = set()

    async def run(self) -> None:
        """Search at the first address behind which something listens; https comes before http."""
        url = await self._answering()
        if self._target.kind is TargetKind.SITEMAP:
            await self._crawler.crawl([url], DiscoveredBy.USER)
        else:
            await self._site(url)

    async def _answering(self) -> str:
        """The first of the target's addresses that is not mute, else the last."""
        for url in self._target.urls[:-1]:
            file = await self._crawler.robots.of(url)
            if not self._is_mute(file):
                return url
            self._note(file.fetched, DiscoveredBy.ROBOTS)
        return self._target.urls[-1]

    def _is_mute(self, file: RobotsFile) -> bool:
        fault = file.fetched.fault
        if fault is None or file.fetched.status_code is not None:
            return False
        names_port = ":" in self._target.domain.rpartition("]")[2]
        return fault.reason in TRY_NEXT or (fault.reason == NO_TLS and names_port)

    async def _site(self, url: str) -> None:
        """Search one site, beginning at ``url``; a redirect to another host moves the search there."""
        origin = addresses.origin(url)
        if origin in self._origins:
            return
        self._origins.add(origin)
        file = await self._crawler.robots.of(origin)
        self._note(file.fetched, DiscoveredBy.ROBOTS)
        if file.unreachable and not self._crawler.settings.no_robots:
            return
        home = addresses.origin(file.fetched.final_url)
        if self._target.kind is TargetKind.PAGE and await self._named(url):
            return
        if await self._listed(file) or self._target.kind is TargetKind.ROBOTS:
            return
        if await self._guessed(urljoin(home, _path(url))):
            return
        await self._linked(urljoin(home, _path(url)))

    async def _named(self, url: str) -> int:
        """Read the address that the user named, if it is a sitemap after all: content decides, not names."""
        return await self._crawler.crawl([url], DiscoveredBy.USER, promised=False)

    async def _listed(self, file: RobotsFile) -> int:
        """Read what robots.txt lists."""
        if file.rules is None:
            return 0
        return await self._crawler.crawl((each.loc for each in file.rules.sitemaps), DiscoveredBy.ROBOTS)

    async def _guessed(self, url: str) -> int:
        """Try the well-known paths, below the sub-path first, as long as the host lets us."""
        if self._crawler.settings.no_known_paths:
            return 0
        folders = dict.fromkeys((urljoin(url, "./"), addresses.origin(url)))
        for group in GROUPS:
            asked = len(self._crawler.answers)
            paths = [urljoin(folder, path) for folder in folders for path in group]
            if read := await self._crawler.crawl(paths, DiscoveredBy.KNOWN_PATH, promised=False):
                return read
            answers = self._crawler.answers[asked:]
            if answers and all(map(_is_hopeless, answers)):
                break
        return 0

    async def _linked(self, page: str) -> None:
        """Look for links in the page; if it lies on another host, search that one instead."""
        if self._crawler.settings.no_html or await self._crawler.robots.refusal(page, by_user=False):
            return
        fetched = await self._crawler.fetch(page, Purpose.PAGE)
        try:
            links = _links(fetched)
        finally:
            if fetched.body is not None:
                fetched.body.close()
        self._note(fetched, DiscoveredBy.HTML)
        if await self._crawler.crawl(links, DiscoveredBy.HTML):
            return
        if addresses.host(fetched.final_url) != addresses.host(page):
            await self._site(fetched.final_url)

    def _note(self, fetched: Fetched, source: DiscoveredBy) -> None:
        """Keep what a robots.txt or a page answered, for the verdict and for whoever asks why."""
        reason = _reason(fetched, source)
        answer = Answer(fetched.url, source, expected=False, status_code=fetched.status_code, reason=reason)
        self._crawler.answers.append(answer)


def _reason(fetched: Fetched, source: DiscoveredBy) -> str | None:
    if fetched.fault is not None:
        return fetched.fault.reason
    if source is DiscoveredBy.ROBOTS and (fetched.status_code or 0) >= 500:
        return "robots-unreachable"
    return None if fetched.status_code == 200 else "http-status"


def _links(fetched: Fetched) -> list[str]:
    return [] if fetched.body is None else sitemap_links(fetched.body.chunks(), fetched.final_url)


def _path(url: str) -> str:
    """The path of an address, so that a moved site is searched at the same place."""
    return "/" + url.removeprefix(addresses.origin(url)).partition("?")[0]


def _is_hopeless(answer: Answer) -> bool:
    """Whether an answer says that further guesses at this host are in vain and impolite."""
    return answer.status_code in BLOCKING or (answer.status_code is None and answer.reason is not None)
