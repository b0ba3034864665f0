"""Requests for sitemaps: subject to robots.txt, the health of hosts and the cache of previous jobs."""

import logging
from typing import NamedTuple

from sitemap_cli.crawl.crawl_context import CrawlContext
from sitemap_cli.crawl.feed_pages import may_have_next_page
from sitemap_cli.crawl.fetched_sitemap import (
    DiscoveredUrl,
    FetchedSitemap,
    build_unfetched,
    classify_response,
    is_blank,
    is_sitemap,
    reuse_cached,
    sniff_kind,
)
from sitemap_cli.crawl.http_cache import CachedDocument, HttpCache
from sitemap_cli.crawl.not_modified import NotModifiedCheck
from sitemap_cli.crawl.read_timeout import ReadTimeout
from sitemap_cli.crawl.url_scope import UrlScope
from sitemap_cli.crawl.user_agent_comparison import compare_user_agents, describe_refusal
from sitemap_cli.crawl.verdicts import GONE_CODES
from sitemap_cli.events import log_event
from sitemap_cli.fetch.interface import Purpose, Response
from sitemap_cli.model.values import DiscoveredBy, Kind

log = logging.getLogger(__name__)

# Seconds that reading a document may exceed the deadline of the site: half a batch is worth nothing.
READING_GRACE = 1.0
# A bot wall may send a page with status 200.
PAGE = "an HTML page"
NOTHING = "no content"


def _log_cache(url: str, decision: str) -> None:
    if log.isEnabledFor(logging.DEBUG):
        log_event(log, logging.DEBUG, "cache", f"{url} {decision}", url=url, decision=decision)


class SniffedResponse(NamedTuple):
    """A response and the kind of its body."""

    response: Response
    kind: Kind | None


class SitemapRequester:
    """Turns a discovered URL into a sitemap, or into the reason why it was not requested."""

    def __init__(self, context: CrawlContext, cache: HttpCache) -> None:
        self.cache = cache
        self._scope: UrlScope | None = None
        self._context = context
        self._requester = context.requester
        self._not_modified = NotModifiedCheck()

    def narrow(self, scope: str) -> None:
        """Read the sitemaps that are fetched from now on for a part of the site alone."""
        self._scope = UrlScope(scope)

    async def fetch_sitemap(self, discovered: DiscoveredUrl) -> FetchedSitemap:
        """Fetch a URL that may be a sitemap, unless there is a reason not to request it."""
        sitemap = await self._fetch_sitemap(discovered)
        sitemap.follows_listed = self._context.settings.follow_listed_sitemaps
        sitemap.scope = self._scope
        return sitemap

    async def _fetch_sitemap(self, discovered: DiscoveredUrl) -> FetchedSitemap:
        by_user = discovered.discovered_by is DiscoveredBy.USER
        if refusal := await self._context.robots.check_allowed(discovered.url, by_user=by_user):
            return build_unfetched(discovered, refusal)
        cached = self._find_cached(discovered)
        if cached is not None and cached.is_trusted_for(discovered.lastmod):
            _log_cache(discovered.url, "not requested: the index says it is unchanged")
            return reuse_cached(discovered, cached)
        fetch = self._fetch_promised if discovered.promised else self._fetch_guess
        response, kind = await fetch(discovered, cached)
        sitemap = classify_response(discovered, response, kind, cached)
        if sitemap.is_robots:
            self._context.report.robots_files.append(discovered.url)
        if cached is not None:
            _log_cache(discovered.url, "unchanged" if sitemap.cached else "changed, or not confirmed")
        seconds, until = self._context.settings.timeout, self._requester.until + READING_GRACE
        sitemap.read_timeout = ReadTimeout(seconds, until)
        return sitemap

    def _find_cached(self, discovered: DiscoveredUrl) -> CachedDocument | None:
        """Return the cached document of a URL; None if something is missing in it.

        Other sitemaps may be among the entries left out, and the next page of a feed is only in its body.
        """
        if self._scope is not None and self._context.settings.follow_listed_sitemaps:
            return None
        cached = self.cache.get_document(discovered.url, self._scope.path if self._scope else None)
        return None if cached is not None and may_have_next_page(discovered, cached) else cached

    async def _fetch_promised(
        self, discovered: DiscoveredUrl, cached: CachedDocument | None
    ) -> SniffedResponse:
        """Fetch a promised URL, and count the response for or against its host.

        The slot of the host is held for all attempts. So the first children of an index can show that the
        host fails before the others are tried.
        """
        url = discovered.url
        async with self._requester.hosts.reserve_slot(url):
            if refusal := self._requester.check_still_wanted(url):
                return SniffedResponse(Response(url, url, fault=refusal), None)
            sniffed = await self._fetch_and_compare(discovered, cached)
            if not self._requester.is_over:
                self._requester.hosts.update_health(sniffed.response)
            return sniffed

    async def _fetch_guess(self, discovered: DiscoveredUrl, cached: CachedDocument | None) -> SniffedResponse:
        """Fetch a guessed URL, unless most guesses before it took as long as they could."""
        url, hosts = discovered.url, self._requester.hosts
        async with hosts.reserve_slot(url):
            if refusal := hosts.check_guess(url):
                return SniffedResponse(Response(url, url, fault=refusal), None)
            sniffed = await self._fetch_and_compare(discovered, cached)
            hosts.count_guess(sniffed.response)
            return sniffed

    async def _fetch_and_compare(
        self, discovered: DiscoveredUrl, cached: CachedDocument | None
    ) -> SniffedResponse:
        response = await self._fetch_content(discovered, cached)
        kind = sniff_kind(response)

        async def fetch_as(user_agent: str) -> Response:
            return await self._requester.fetch_url(discovered.url, Purpose.SITEMAP, user_agent=user_agent)

        refusal = describe_refusal(response) or _describe_other(response, kind, discovered)
        # A guess may lead to a page for people.
        only_sitemaps = not discovered.promised or refusal in (PAGE, NOTHING)
        compared = await compare_user_agents(
            response,
            refusal,
            self._context.settings,
            fetch_as,
            lambda second: not only_sitemaps or is_sitemap(second),
        )
        return SniffedResponse(compared, kind)

    async def _fetch_content(self, discovered: DiscoveredUrl, cached: CachedDocument | None) -> Response:
        """Fetch a URL with the validators of its cached document; doubt a 304 where it cannot be right."""
        validators = cached.conditions if cached else None
        response = await self._requester.fetch_url(discovered.url, Purpose.SITEMAP, validators)
        if self._requester.is_over or not self._not_modified.is_doubtful(discovered, cached, response):
            return response
        log.info("%s responds with 304 without a reason; requested again", discovered.url)
        content = await self._requester.fetch_url(discovered.url, Purpose.SITEMAP, no_cache=True)
        self._not_modified.learn(discovered, cached, content)
        if not content.ok and cached is not None and cached.is_confirmed_by(response):
            content.release()
            return response
        response.release()
        return content


def _describe_other(response: Response, kind: Kind | None, discovered: DiscoveredUrl) -> str:
    """Return what came instead of a sitemap if that may be a refusal, too; "" otherwise."""
    if discovered.promised and is_blank(response):
        return NOTHING
    if discovered.promised and response.fault is None and response.status_code in GONE_CODES:
        return str(response.status_code)
    return PAGE if kind is Kind.HTML else ""
