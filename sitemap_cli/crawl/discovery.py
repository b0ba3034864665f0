"""Search for the sitemaps of a target: robots.txt, then well-known paths, then links in the page.

Only if all of that leads to nothing, links that look like sitemaps are tried, and feeds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sitemap_cli import urls
from sitemap_cli.crawl.crawl_context import CrawlContext
from sitemap_cli.crawl.crawl_report import CrawlReport
from sitemap_cli.crawl.frontier import Frontier
from sitemap_cli.crawl.html_links import (
    PageLinks,
    parse_feed_headers,
    parse_page_links,
    parse_refresh,
    parse_sitemap_headers,
)
from sitemap_cli.crawl.html_tags import join_href
from sitemap_cli.crawl.known_paths import PATH_GROUPS
from sitemap_cli.crawl.reachability import Reachability, check_reachability
from sitemap_cli.crawl.robots_cache import RobotsFile
from sitemap_cli.crawl.targets import Target, TargetKind
from sitemap_cli.crawl.user_agent_comparison import is_refusal
from sitemap_cli.crawl.verdicts import BLOCKING_CODES, UrlOutcome
from sitemap_cli.fetch.interface import Purpose, Response
from sitemap_cli.fetch.robots.robots_txt import is_root_robots
from sitemap_cli.model.values import DiscoveredBy

if TYPE_CHECKING:
    from sitemap_cli.crawl.page_hints import PageHint

# The owner of a domain can redirect endlessly from one name below it to the next.
MAX_SITES = 4
# The same goes for pages that replace themselves by others.
MAX_PAGES = 10
# Folders that are searched below a redirect of the home page, the innermost first.
MAX_FOLDERS = 3
# White space and a byte order mark.
BLANK = b" \t\r\n\xef\xbb\xbf"


class Discovery:
    """One search: passes everything that may be a sitemap to the frontier, until something was read."""

    def __init__(self, context: CrawlContext, frontier: Frontier, target: Target) -> None:
        self._context = context
        self._frontier = frontier
        self._target = target
        self._origins: set[str] = set()
        self._last_resorts: list[PageLinks] = []
        self._pages: set[str] = set()

    async def find_sitemaps(self) -> None:
        """Search at the first URL of the target that responds; https comes before http."""
        start = await check_reachability(self._context.robots, self._target, self._context.settings)
        if start.is_reachable:
            self._report_others(start)
        await self._search(start)
        await self._crawl_last_resorts()
        if not start.is_reachable:
            self._report_others(start)
        await _try_plain_http(self._context, self._target, start.url)

    async def _search(self, start: Reachability) -> None:
        """Read the sitemap that the user named, or search the site."""
        if self._target.kind is TargetKind.SITEMAP:
            await self._frontier.crawl_urls([start.url], DiscoveredBy.USER)
            await self._read_if_robots(start.url)
            return
        if self._target.kind is TargetKind.ROBOTS:
            read = self._search_site if is_root_robots(start.url) else self._read_named_robots
            await read(start.url)
            if self._context.settings.compare_user_agent and _is_refused(start.url, self._context.report):
                # As for a sitemap that is refused, the other user agent is tried.
                await self._frontier.crawl_urls([start.url], DiscoveredBy.USER)
            return
        may_be_sitemap = self._target.kind is TargetKind.PAGE and start.is_reachable
        # What the user named is read if its content is a sitemap, whatever its name.
        is_read = may_be_sitemap and await self._try_urls([start.url], DiscoveredBy.USER)
        if not (is_read or await self._read_if_robots(start.url)):
            if self._target.scope is not None:
                self._frontier.narrow(self._target.scope)
            await self._search_site(start.url)

    def _report(
        self, response: Response, source: DiscoveredBy, named: int | None, page: "PageHint | None" = None
    ) -> None:
        is_obeyed = source is DiscoveredBy.ROBOTS and not self._context.settings.no_robots
        report = self._context.report
        report.add_response(response, source, named=named, is_obeyed=is_obeyed, page=page)

    def _report_others(self, start: Reachability) -> None:
        """Report the responses of the other candidate URLs; they do not affect the verdict."""
        is_obeyed, report = not self._context.settings.no_robots, self._context.report
        for response in start.other_responses:
            report.add_response(response, DiscoveredBy.ROBOTS, decisive=False, is_obeyed=is_obeyed)

    async def _try_urls(self, found: Iterable[str], source: DiscoveredBy = DiscoveredBy.HTML) -> int:
        """Read those of some URLs whose content is a sitemap; nothing promises that."""
        return await self._frontier.crawl_urls(found, source, promised=False)

    async def _read_if_robots(self, url: str) -> bool:
        """Read what the user named like a robots.txt if that is its content; return whether it is."""
        if not self._context.report.robots_files:
            return False
        await self._read_named_robots(url)
        return True

    async def _read_named_robots(self, url: str) -> None:
        """Read the sitemaps of a robots.txt that is not at the root; its content decides what it is."""
        file = await self._context.robots.fetch_named(url)
        rules = file.rules
        if rules is None or rules.groups or rules.sitemaps or url.lower().endswith("/robots.txt"):
            self._report(file.response, DiscoveredBy.ROBOTS, len(rules.sitemaps) if rules else 0)
            await self._crawl_robots_sitemaps(file)
        else:
            await self._frontier.crawl_urls([url], DiscoveredBy.USER)

    async def _search_site(self, url: str) -> int:
        """Search one site, beginning at ``url``; return the number of readable sitemaps."""
        if not self._claim_origin(urls.url_origin(url)):
            return 0
        file = await self._context.robots.get_robots(url)
        if self._target.folder and not file.response.attempts:
            # Crawlers do not look below the root, but the rules say so.
            await self._context.robots.fetch_named(f"{urls.folder_url(url)}robots.txt")
        if file.is_unreachable and not self._context.settings.no_robots:
            file = await self._context.robots.adopt_other(file)
        named = len(file.rules.sitemaps) if file.rules else 0
        self._report(file.response, DiscoveredBy.ROBOTS, named, _describe_page(file))
        if file.is_unreachable and not self._context.settings.no_robots:
            return 0
        read = await self._crawl_robots_sitemaps(file) or await self._crawl_link_headers(file.response)
        read = read or await self._crawl_robots_sitemaps(await self._context.robots.fetch_as_other(file))
        if read or self._target.kind is TargetKind.ROBOTS:
            return read
        # A robots.txt that redirects to another path does not move the site.
        if urlsplit(file.response.final_url).path == "/robots.txt":
            url = urls.replace_origin(url, file.response.final_url)
            self._origins.add(urls.url_origin(url))
        return await self._crawl_known_paths(url) or await self._crawl_linked_sitemaps(url)

    def _claim_origin(self, origin: str) -> bool:
        """Return whether a site is new and the limit allows it; mark it as searched."""
        if origin in self._origins:
            return False
        if len(self._origins) >= MAX_SITES:
            message = f"redirected to more than {MAX_SITES} sites, last to {origin}"
            self._context.report.add_limit("redirect-sites", message)
            return False
        self._origins.add(origin)
        return True

    async def _crawl_robots_sitemaps(self, file: RobotsFile) -> int:
        if file.rules is None:
            return 0
        listed = [*file.rules.sitemaps, *file.rules.unusable_sitemaps]
        return await self._frontier.crawl_urls((each.loc for each in listed), DiscoveredBy.ROBOTS)

    async def _crawl_link_headers(self, response: Response) -> int:
        """Read the sitemaps that the headers of a response name."""
        listed = parse_sitemap_headers(response.links, response.final_url)
        return await self._frontier.crawl_urls(listed, DiscoveredBy.HTML)

    async def _crawl_known_paths(self, url: str, groups: Sequence[Sequence[str]] = PATH_GROUPS) -> int:
        """Try the well-known paths, likely ones first, below the sub-path and then below the root."""
        if self._context.settings.no_known_paths:
            return 0
        outcomes = self._context.report.outcomes
        folders = _list_places(urls.folder_url(url), is_local=self._target.is_local)
        for group in groups:
            for folder in tuple(folders):
                previous = len(outcomes)
                paths = [f"{folder}{path}" for path in group]
                if read := await self._frontier.crawl_urls(paths, DiscoveredBy.KNOWN_PATH, promised=False):
                    return read
                if _are_all_failures(outcomes[previous:]):
                    folders.remove(folder)
        return 0

    async def _crawl_linked_sitemaps(self, url: str) -> int:
        """Look for links in the page, then in the home page."""
        if self._context.settings.no_html:
            return 0
        for page in _list_places(url, is_local=self._target.is_local):
            if self._frontier.is_stopped:
                return 0
            if read := await self._crawl_page_links(page):
                return read
        return 0

    async def _crawl_page_links(self, page: str, begin: str = "") -> int:
        """Read the sitemaps that a page names, or search where it redirects to, by its status or its content.

        If that is another host, the host is searched; if it is a folder, the likely paths there are.
        ``begin`` is the page that led here, if it is another one.
        """
        self._pages.add(page)
        refusal = await self._context.robots.check_allowed(page, by_user=False)
        if refusal is not None:
            self._report(Response(page, page, fault=refusal), DiscoveredBy.HTML, None)
            return 0
        response = await self._context.requester.fetch_url(page, Purpose.PAGE)
        try:
            links = _read_links(response)
        finally:
            response.release()
        named = [*links.sitemaps, *parse_sitemap_headers(response.links, response.final_url)]
        self._report(response, DiscoveredBy.HTML, len(named))
        if read := await self._frontier.crawl_urls(named, DiscoveredBy.HTML):
            return read
        if urls.host_and_port(response.final_url) != urls.host_and_port(page):
            return await self._search_site(response.final_url)
        feeds = parse_feed_headers(response.links, response.final_url)
        self._last_resorts.append(replace(links, feeds=(*links.feeds, *feeds)))
        begin = begin or page
        if response.ok and _get_folder(response.final_url) != _get_folder(begin):
            for folder in _list_folders(response.final_url):
                if read := await self._crawl_known_paths(folder, PATH_GROUPS[:1]):
                    return read
        return await self._follow_refresh(links.refresh or _read_refresh(response), begin)

    async def _follow_refresh(self, url: str, begin: str) -> int:
        """Search the page that replaces another one, or its host if that is another one."""
        if not urls.is_web_url(url) or url in self._pages or len(self._pages) >= MAX_PAGES:
            return 0
        if urls.host_and_port(url) != urls.host_and_port(begin):
            return await self._search_site(url)
        return await self._crawl_page_links(url, begin)

    async def _crawl_last_resorts(self) -> None:
        """Try links that look like sitemaps, then those of pages named so, then feeds, until one is read."""
        searched = tuple(self._last_resorts)
        if self._frontier.read.count or await self._try_urls(_join(each.anchors for each in searched)):
            return
        for url in dict.fromkeys(_join(each.pages for each in searched)):
            if await self._try_urls([url]) or await self._crawl_page_links(url, url):
                return
        linked = self._last_resorts[len(searched) :]
        if not await self._try_urls(_join(each.anchors for each in linked)):
            await self._try_urls(_join(each.feeds for each in searched))


def _list_places(url: str, *, is_local: bool) -> list[str]:
    """Return a URL and the root of its site, unless the root lies outside a local folder."""
    here = [url, urls.url_origin(url)]
    return here[:1] if is_local else list(dict.fromkeys(here))


def _join(found: Iterable[Sequence[str]]) -> list[str]:
    return list(chain.from_iterable(found))


async def _try_plain_http(context: CrawlContext, target: Target, url: str) -> None:
    """Find out whether http responds where https is refused; what it sends is not read."""
    if not url.startswith("https://") or target.has_port or context.settings.https_only:
        return
    outcomes = context.report.outcomes
    refused = {urls.url_origin(each.url) for each in outcomes if each.reason == "connection-refused"}
    if urls.url_origin(url) in refused | context.requester.refusing:
        file = await context.robots.get_robots(url.replace("https://", "http://", 1))
        if file.response.status_code is not None:
            context.report.add_response(file.response, DiscoveredBy.ROBOTS, decisive=False)


def _describe_page(file: RobotsFile) -> "PageHint | None":
    """Return what the body of a robots.txt is if it is a page that names no sitemap, else None."""
    body = file.body
    if body is None or not body.lstrip(BLANK).startswith(b"<") or (file.rules and file.rules.sitemaps):
        return None
    from sitemap_cli.crawl.page_hints import describe_page

    return describe_page(file.response, [body])


def _read_links(response: Response) -> PageLinks:
    if response.body is None:
        return PageLinks()
    return parse_page_links(response.body.read_chunks(), response.final_url, response.content_type)


def _read_refresh(response: Response) -> str:
    """Return the absolute URL of the ``Refresh`` header of a page, or ""."""
    refresh = parse_refresh(response.refresh or "")
    return join_href(response.final_url, refresh) if refresh else ""


def _list_folders(url: str) -> list[str]:
    """Return the folder of a URL and those above it, except the root."""
    names = [name for name in _get_folder(url).split("/") if name]
    ends = range(len(names), max(len(names) - MAX_FOLDERS, 0), -1)
    return [f"{urls.url_origin(url)}{'/'.join(names[:end])}/" for end in ends]


def _is_refused(url: str, report: CrawlReport) -> bool:
    return any(each.url == url and is_refusal(each.status_code, each.reason) for each in report.outcomes)


def _get_folder(url: str) -> str:
    return urlsplit(urls.folder_url(url)).path


def _are_all_failures(outcomes: Sequence[UrlOutcome]) -> bool:
    """Return whether other guesses at this place are pointless and impolite."""
    return bool(outcomes) and all(map(_is_failure, outcomes))


def _is_failure(outcome: UrlOutcome) -> bool:
    code = outcome.status_code
    return code is None or code in BLOCKING_CODES or code >= 500 or outcome.reason == "challenge"
