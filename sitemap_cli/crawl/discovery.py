"""Finds the sitemaps of a target: robots.txt, then the well-known paths, then the page's own links."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from sitemap_cli import urls
from sitemap_cli.crawl.frontier import Frontier
from sitemap_cli.crawl.html_links import parse_sitemap_links
from sitemap_cli.crawl.known_paths import PATH_GROUPS
from sitemap_cli.crawl.reachability import Reachability, check_reachability
from sitemap_cli.crawl.robots_cache import RobotsFile
from sitemap_cli.crawl.targets import Target, TargetKind
from sitemap_cli.crawl.verdicts import BLOCKING_CODES, UrlOutcome
from sitemap_cli.fetch.interface import Purpose, Response
from sitemap_cli.model.values import DiscoveredBy, Fault

# Whoever owns a domain can redirect from one name below it to the next for ever.
MAX_SITES = 4


class Discovery:
    """One search: the crawler is asked to read whatever may be a sitemap, until something was read."""

    def __init__(self, crawler: Frontier, target: Target) -> None:
        self._crawler = crawler
        self._target = target
        self._origins: set[str] = set()

    async def find_sitemaps(self) -> None:
        """Search at the first address behind which something listens; https comes before http."""
        https_only = self._crawler.settings.https_only
        reached = await check_reachability(
            self._crawler.requester.robots, self._target, https_only=https_only
        )
        if reached.is_reachable:
            self._note_vain(reached)
        await self._begin(reached)
        if not reached.is_reachable:
            self._note_vain(reached)

    async def _begin(self, reached: Reachability) -> None:
        """Read what the user named, or search the site that it is."""
        if self._target.kind is TargetKind.SITEMAP:
            await self._crawler.crawl_urls([reached.url], DiscoveredBy.USER)
            return
        asks_page = self._target.kind is TargetKind.PAGE and reached.is_reachable
        if not (asks_page and await self._named(reached.url)):
            await self._site(reached.url)

    def _note_vain(self, reached: Reachability) -> None:
        """Keep what the other addresses said; it counts for nothing."""
        for fetched in reached.other_responses:
            self._note(fetched, DiscoveredBy.ROBOTS, decisive=False)

    async def _named(self, url: str) -> int:
        """Read the address that the user named, if it is a sitemap after all: content decides, not names."""
        return await self._crawler.crawl_urls([url], DiscoveredBy.USER, promised=False)

    async def _site(self, url: str) -> int:
        """Search one site, beginning at ``url``; return how many sitemaps were readable."""
        if not self._is_new(urls.url_origin(url)):
            return 0
        file = await self._crawler.requester.robots.get_robots(url)
        self._note(file.response, DiscoveredBy.ROBOTS, named=len(file.rules.sitemaps) if file.rules else 0)
        if file.is_unreachable and not self._crawler.settings.no_robots:
            return 0
        read = await self._listed(file)
        if read or self._target.kind is TargetKind.ROBOTS:
            return read
        # A robots.txt that is kept elsewhere under another name moves nothing but itself.
        if urlsplit(file.response.final_url).path == "/robots.txt":
            url = urls.replace_origin(url, file.response.final_url)
            self._origins.add(urls.url_origin(url))
        return await self._guessed(url) or await self._linked(url)

    def _is_new(self, origin: str) -> bool:
        """Whether a site was not searched yet, and may be."""
        if origin in self._origins:
            return False
        if len(self._origins) >= MAX_SITES:
            self._crawler.add_limit("redirect-sites", f"redirected from site to site, last to {origin}")
            return False
        self._origins.add(origin)
        return True

    async def _listed(self, file: RobotsFile) -> int:
        """Read what robots.txt lists."""
        if file.rules is None:
            return 0
        listed = [*file.rules.sitemaps, *file.rules.unusable_sitemaps]
        return await self._crawler.crawl_urls((each.loc for each in listed), DiscoveredBy.ROBOTS)

    async def _guessed(self, url: str) -> int:
        """Try the well-known paths, the likely ones first, below the sub-path and then below the root."""
        if self._crawler.settings.no_known_paths:
            return 0
        folders = self._places(urls.folder_url(url))
        for group in PATH_GROUPS:
            for folder in tuple(folders):
                asked = len(self._crawler.outcomes)
                paths = [f"{folder}{path}" for path in group]
                if read := await self._crawler.crawl_urls(paths, DiscoveredBy.KNOWN_PATH, promised=False):
                    return read
                if _are_hopeless(self._crawler.outcomes[asked:]):
                    folders.remove(folder)
        return 0

    async def _linked(self, url: str) -> int:
        """Look for links in the page, then in the home page."""
        if self._crawler.settings.no_html:
            return 0
        for page in self._places(url):
            if read := 0 if self._crawler.stopped else await self._links_of(page):
                return read
        return 0

    def _places(self, url: str) -> list[str]:
        """An address and the root of its site; what lies above a local folder is not ours."""
        here = [url, urls.url_origin(url)]
        return here[:1] if self._target.folder else list(dict.fromkeys(here))

    async def _links_of(self, page: str) -> int:
        """Read the sitemaps that a page links to; if it lies on another host, search that one instead."""
        refusal = await self._crawler.requester.robots.check_allowed(page, by_user=False)
        if refusal is not None:
            self._note(Response(page, page, fault=refusal), DiscoveredBy.HTML)
            return 0
        fetched = await self._crawler.requester.fetch_url(page, Purpose.PAGE)
        try:
            links = _links(fetched)
        finally:
            fetched.release()
        self._note(fetched, DiscoveredBy.HTML, named=len(links))
        if read := await self._crawler.crawl_urls(links, DiscoveredBy.HTML):
            return read
        moved = urls.host_and_port(fetched.final_url) != urls.host_and_port(page)
        return await self._site(fetched.final_url) if moved else 0

    def _note(
        self, fetched: Response, source: DiscoveredBy, *, named: int | None = None, decisive: bool = True
    ) -> None:
        """Keep what a robots.txt or a page answered, for the verdict and for whoever asks why."""
        fault = _fault(fetched, obeyed=source is DiscoveredBy.ROBOTS and not self._crawler.settings.no_robots)
        answer = UrlOutcome(
            fetched.url,
            source,
            expected=False,
            status_code=fetched.status_code,
            reason=fault.reason if fault else None,
            named=named if fetched.body else None,
            decisive=decisive,
            message=fault.message if fault else None,
        )
        self._crawler.outcomes.append(answer)


def _fault(fetched: Response, *, obeyed: bool) -> Fault | None:
    """What is wrong with a robots.txt or page; of a long one the beginning is all we want."""
    if fetched.fault is not None and fetched.fault.reason != "too-large":
        return fetched.fault
    if obeyed and (fetched.status_code or 0) >= 500:
        return Fault("robots-unreachable", "")
    return None if fetched.status_code == 200 else Fault("http-status", "")


def _links(fetched: Response) -> list[str]:
    return [] if fetched.body is None else parse_sitemap_links(fetched.body.read_chunks(), fetched.final_url)


def _are_hopeless(answers: Sequence[UrlOutcome]) -> bool:
    """Whether all answers say that further guesses at this place are in vain and impolite."""
    return bool(answers) and all(map(_is_hopeless, answers))


def _is_hopeless(answer: UrlOutcome) -> bool:
    code = answer.status_code
    return code is None or code in BLOCKING_CODES or code >= 500 or answer.reason == "challenge"
