"""Probing of listed pages: their responses, and what the pages say about themselves."""

import datetime as dt
import math
import re
from dataclasses import asdict
from urllib.parse import urlsplit

from msgspec.structs import replace

from sitemap_cli import urls
from sitemap_cli.crawl.pages import html_head, robots_directives, soft_404
from sitemap_cli.crawl.pages.missing_page_samples import MissingPageSamples
from sitemap_cli.crawl.pages.page_text import read_html_text
from sitemap_cli.crawl.pages.probed_page import (
    DISALLOWED,
    HOME,
    ListedPage,
    PageResult,
    ProbedPage,
    SkippedPage,
)
from sitemap_cli.crawl.requester import Requester
from sitemap_cli.fetch.interface import Fetcher, Purpose, Response
from sitemap_cli.progress import BatchProgress
from sitemap_cli.settings import Settings

# Paths with these endings are no pages for people: a HEAD request is enough.
_FILE_EXTENSION = re.compile(
    r"\.(?:7z|aac|avi|avif|bin|bmp|csv|css|dmg|docx?|epub|exe|flac|gif|gz|ico|iso|jpe?g|js|json|m4[av]|mkv|mov"
    r"|mp[34]|mpe?g|od[pst]|og[gv]|pdf|png|pptx?|rar|rtf|svg|tar|tgz|tiff?|ttf|txt|wav|web[amp]|wm[av]|woff2?"
    r"|xlsx?|xml|zip)",
    re.IGNORECASE,
)
# Servers that do not support HEAD may also fail in these ways.
_HEAD_FAILURES = ("connection-closed", "connection-reset", "timeout-read")


class PageProber:
    """Turns a listed page into its result, or into the reason why it was not requested.

    Args:
        fetcher: sends the requests.
        settings: limits per host, and what to do about robots.txt.
        progress: shows what is in flight.
        credentials_url: a URL of the site that the user's own headers and credentials are for.
        home_page: the URL of its home page.
        until: the deadline, on the clock of the event loop.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        settings: Settings,
        progress: BatchProgress,
        credentials_url: str,
        home_page: str,
        until: float = math.inf,
    ) -> None:
        self._requester = Requester(fetcher, settings, progress.active, credentials_url, count_missing=False)
        self._requester.set_deadline(until)
        self._home_page = urls.canonical_url(home_page)
        self._missing_pages = MissingPageSamples(self._requester)

    @property
    def is_over(self) -> bool:
        """Whether the deadline has passed."""
        return self._requester.is_over

    async def probe_page(self, page: ListedPage) -> PageResult:
        """Probe one page, unless there is a reason not to request it."""
        refusal = await self._requester.robots.check_allowed(page.loc, by_user=False)
        if refusal is not None:
            if refusal.reason != DISALLOWED:
                return SkippedPage(page, refusal)
            result = page.start_result(dt.datetime.now(dt.UTC))
            return replace(result, error=refusal.reason, error_message=refusal.message)
        async with self._requester.hosts.reserve_slot(page.loc):
            if refusal := self._requester.check_still_wanted(page.loc):
                return SkippedPage(page, refusal)
            asked_at = dt.datetime.now(dt.UTC)
            method, response = await self._fetch_page(page.loc)
            if self.is_over and response.fault is not None:
                response.release()
                return SkippedPage(page, response.fault)
            self._requester.hosts.update_health(response)
        try:
            return await self._build_result(page.start_result(asked_at, method), response)
        finally:
            response.release()

    async def close(self) -> None:
        """Cancel the requests that are in flight."""
        await self._missing_pages.close()
        await self._requester.robots.close()

    async def _fetch_page(self, url: str) -> tuple[str, Response]:
        """Fetch a page; return the method and the response."""
        if _is_file(url):
            response = await self._requester.fetch_url(url, Purpose.PAGE, method="HEAD")
            if not _needs_get(response):
                return "HEAD", response
            response.release()
        return "GET", await self._requester.fetch_url(url, Purpose.PAGE)

    async def _build_result(self, result: ProbedPage, response: Response) -> ProbedPage:
        """Return the result with the facts of the response and of the page."""
        text = read_html_text(response)
        head = html_head.parse_head(text or "", response.final_url)
        canonicals, alternates = robots_directives.parse_link_headers(response.links, response.final_url)
        noindex = robots_directives.find_noindex(head.robots, response.robots_tags, result.asked_at)
        has_text_digest = text is not None and self._is_home_page(result)
        return replace(
            _add_response(result, response),
            title=head.title,
            noindex=noindex.by if noindex else None,
            noindex_for=list(noindex.crawlers) or None if noindex else None,
            canonicals=[asdict(each) for each in (*canonicals, *head.canonicals)] or None,
            alternates={**alternates, **head.alternates} or None,
            text_digest=_hash_text(text or "") if has_text_digest else None,
            soft_404=await self._detect_soft_404(response, text, head.title),
            refresh=head.refresh or html_head.find_refresh(response.refresh or "", response.final_url),
        )

    def _is_home_page(self, result: ProbedPage) -> bool:
        return result.role == HOME or urls.canonical_url(result.loc) == self._home_page

    async def _detect_soft_404(self, response: Response, text: str | None, title: str | None) -> str | None:
        """Return how a page with status 200 shows that it is missing; None if it does not."""
        if text is None or not response.ok or response.hops:
            return None
        if not text.strip():
            return soft_404.EMPTY
        if soft_404.is_missing_title(title) and not soft_404.is_about_errors(response.final_url):
            return soft_404.TITLE
        sample = await self._missing_pages.get_sample(response.final_url)
        if sample is None or urls.canonical_url(sample.final_url) == urls.canonical_url(response.final_url):
            return None
        words = soft_404.extract_words(text)
        if not soft_404.are_similar(soft_404.build_shingles(words), sample.shingles):
            return None
        return soft_404.SHELL if soft_404.is_shell(words, text) else soft_404.SAME


def _add_response(result: ProbedPage, response: Response) -> ProbedPage:
    """Return the result with the facts of the response, but not of its body."""
    fault = response.fault
    hops = [[html_head.sanitize_text(hop.url), hop.status_code] for hop in response.hops]
    return replace(
        result,
        final_url=html_head.sanitize_text(response.final_url),
        ms=response.ms,
        first_byte_ms=response.first_byte_ms,
        status_code=response.status_code,
        error=fault.reason if fault else None,
        error_message=fault.message if fault else None,
        hops=hops or None,
        content_type=html_head.sanitize_text(response.content_type) if response.content_type else None,
        last_modified=response.last_modified,
        digest=response.digest,
    )


def _is_file(url: str) -> bool:
    """Return whether the path of a URL shows that it is no HTML page."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return False
    dot = path.rfind(".")
    return dot >= 0 and _FILE_EXTENSION.fullmatch(path, dot) is not None


def _needs_get(response: Response) -> bool:
    """Return whether a GET may get a better response than this HEAD."""
    code, fault = response.status_code, response.fault
    return (code is not None and code >= 400) or (fault is not None and fault.reason in _HEAD_FAILURES)


def _hash_text(text: str) -> bytes:
    return soft_404.hash_words(soft_404.extract_words(text))
