"""Asks the pages that a site lists, politely, and reads what they say of themselves."""

import asyncio
import datetime as dt
import math
import re
import secrets
import time
from collections import OrderedDict
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from msgspec.structs import replace

from sitemap_cli import urls
from sitemap_cli.crawl.host_health import HostHealth
from sitemap_cli.crawl.pages import html_head, robots_directives, soft_404
from sitemap_cli.crawl.pages.probed_page import (
    DISALLOWED,
    HOME,
    ListedPage,
    PageResult,
    ProbedPage,
    SkippedPage,
)
from sitemap_cli.crawl.robots_cache import RobotsCache
from sitemap_cli.fetch.interface import Fetcher, Purpose, Request, Response
from sitemap_cli.model.values import Fault
from sitemap_cli.progress import BatchProgress
from sitemap_cli.settings import Settings

# What a path ends in that is no page for people: of these, the head of the answer tells all.
FILES = re.compile(
    r"\.(?:7z|aac|avi|avif|bin|bmp|csv|css|dmg|docx?|epub|exe|flac|gif|gz|ico|iso|jpe?g|js|json|m4[av]|mkv|mov"
    r"|mp[34]|mpe?g|od[pst]|og[gv]|pdf|png|pptx?|rar|rtf|svg|tar|tgz|tiff?|ttf|txt|wav|web[amp]|wm[av]|woff2?"
    r"|xlsx?|xml|zip)",
    re.IGNORECASE,
)
# These come of servers that know no HEAD, too.
UNHEARD = ("connection-closed", "connection-reset", "timeout-read")
HTML = ("html", "xhtml")
MAX_DECOYS = 1_000


@dataclass(frozen=True, slots=True)
class Decoy:
    """What a host answers, with status 200, to an address that nobody can have made."""

    final_url: str
    shingles: frozenset[int]


class PageProber:
    """Turns an address into what its page answered, or why it was not asked.

    ``home`` is an address of the site that the user's own headers are for, ``front`` its home page, ``until``
    the end of it all on the clock of the event loop.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        settings: Settings,
        progress: BatchProgress,
        home: str,
        front: str,
        until: float = math.inf,
    ) -> None:
        self.robots = RobotsCache(fetcher, settings, home)
        self.robots.until = until
        self._fetcher = fetcher
        self._progress = progress
        self._home = home
        self._front = urls.canonical_url(front)
        self._until = until
        self._hosts = HostHealth(settings.max_failures, settings.per_host, missing=False)
        self._decoys: OrderedDict[str, asyncio.Task[Decoy | None]] = OrderedDict()

    @property
    def is_over(self) -> bool:
        """Whether there is no time left for another page."""
        return asyncio.get_running_loop().time() >= self._until

    async def probe_page(self, listed: ListedPage) -> PageResult:
        """Ask one page, unless there is a reason not to."""
        refusal = await self.robots.check_allowed(listed.loc, by_user=False)
        if refusal is not None:
            if refusal.reason != DISALLOWED:
                return SkippedPage(listed, refusal)
            kept = listed.start_result(dt.datetime.now(dt.UTC))
            return replace(kept, error=refusal.reason, error_message=refusal.message)
        async with self._hosts.reserve_slot(listed.loc):
            if refusal := self._late_refusal(listed.loc):
                return SkippedPage(listed, refusal)
            asked_at = dt.datetime.now(dt.UTC)
            method, fetched = await self._answer(listed.loc)
            if self.is_over and fetched.fault is not None:
                fetched.release()
                return SkippedPage(listed, fetched.fault)
            self._hosts.update_health(fetched)
        try:
            return await self._probed(listed.start_result(asked_at, method), fetched)
        finally:
            fetched.release()

    async def close(self) -> None:
        """Stop what is still being asked."""
        for decoy in self._decoys.values():
            decoy.cancel()
        await asyncio.gather(*self._decoys.values(), return_exceptions=True)
        await self.robots.close()

    def _late_refusal(self, url: str) -> Fault | None:
        """Why an address is not worth asking any more, now that it could be."""
        if self.is_over:
            return Fault("deadline", "not asked in the time allowed for the site")
        return self._hosts.check_health(url)

    async def _answer(self, url: str) -> tuple[str, Response]:
        """What an address answers, and to which method."""
        if _is_file(url):
            fetched = await self._fetch(url, "HEAD")
            if not _is_doubtful(fetched):
                return "HEAD", fetched
            fetched.release()
        return "GET", await self._fetch(url, "GET")

    async def _fetch(self, url: str, method: str) -> Response:
        request = Request(
            url,
            Purpose.PAGE,
            credentials_url=self._home,
            delay=self.robots.get_delay(url),
            until=self._until,
            method=method,
        )
        self._progress.active[url] = time.monotonic()
        try:
            return await self._fetcher.fetch(request)
        finally:
            self._progress.active.pop(url, None)

    async def _probed(self, blank: ProbedPage, fetched: Response) -> ProbedPage:
        """What there is to keep of an answer."""
        text = _text(fetched)
        head = html_head.parse_head(text or "", fetched.final_url)
        canonicals, alternates = robots_directives.parse_link_headers(fetched.links, fetched.final_url)
        barred = robots_directives.find_noindex(head.robots, fetched.robots_tags, blank.asked_at)
        return replace(
            _transported(blank, fetched),
            title=head.title,
            noindex=barred.by if barred else None,
            noindex_for=list(barred.crawlers) or None if barred else None,
            canonicals=[asdict(each) for each in (*canonicals, *head.canonicals)] or None,
            alternates={**alternates, **head.alternates} or None,
            text_digest=_digest(text) if text is not None and self._is_home(blank) else None,
            soft_404=await self._soft_404(fetched, text, head.title),
        )

    def _is_home(self, probed: ProbedPage) -> bool:
        return probed.role == HOME or urls.canonical_url(probed.loc) == self._front

    async def _soft_404(self, fetched: Response, text: str | None, title: str | None) -> str | None:
        """Why a page that says 200 is none."""
        if text is None or not fetched.ok or fetched.hops:
            return None
        if soft_404.is_missing_title(title):
            return soft_404.TITLE
        decoy = await self._decoy(fetched.final_url)
        if decoy is None or urls.canonical_url(decoy.final_url) == urls.canonical_url(fetched.final_url):
            return None
        here = soft_404.build_shingles(soft_404.extract_words(text))
        return soft_404.SAME if soft_404.are_similar(here, decoy.shingles) else None

    async def _decoy(self, url: str) -> Decoy | None:
        """What the host of an address answers where there is nothing; asked once."""
        origin = urls.url_origin(url)
        if origin not in self._decoys:
            self._decoys[origin] = asyncio.create_task(self._nothing(f"{origin}{secrets.token_hex(12)}"))
            done = [each for each, task in self._decoys.items() if task.done()]
            for each in done[: max(0, len(self._decoys) - MAX_DECOYS)]:
                del self._decoys[each]
        return await asyncio.shield(self._decoys[origin])

    async def _nothing(self, url: str) -> Decoy | None:
        if self.is_over or await self.robots.check_allowed(url, by_user=False) is not None:
            return None
        fetched = await self._fetch(url, "GET")
        try:
            text = _text(fetched) if fetched.ok else None
        finally:
            fetched.release()
        if text is None:
            return None
        return Decoy(fetched.final_url, soft_404.build_shingles(soft_404.extract_words(text)))


def _transported(blank: ProbedPage, fetched: Response) -> ProbedPage:
    """What an answer is, before anybody has looked into it."""
    fault = fetched.fault
    return replace(
        blank,
        final_url=html_head.sanitize_text(fetched.final_url),
        ms=fetched.ms,
        status_code=fetched.status_code,
        error=fault.reason if fault else None,
        error_message=fault.message if fault else None,
        hops=[[html_head.sanitize_text(hop.url), hop.status_code] for hop in fetched.hops] or None,
        content_type=html_head.sanitize_text(fetched.content_type) if fetched.content_type else None,
        last_modified=fetched.last_modified,
        digest=fetched.digest,
    )


def _is_file(url: str) -> bool:
    """Whether the path of an address says that there is no page of HTML behind it."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return False
    dot = path.rfind(".")
    return dot >= 0 and FILES.fullmatch(path, dot) is not None


def _is_doubtful(fetched: Response) -> bool:
    """Whether a GET may be answered otherwise than this HEAD."""
    code, fault = fetched.status_code, fetched.fault
    return (code is not None and code >= 400) or (fault is not None and fault.reason in UNHEARD)


def _text(fetched: Response) -> str | None:
    """The beginning of a page of HTML; None for anything else."""
    if fetched.body is None:
        return None
    kind = (fetched.content_type or "text/html").lower()
    if not any(each in kind for each in HTML):
        return None
    return html_head.decode_page(fetched.body.read_chunks(), fetched.content_type)


def _digest(text: str) -> bytes:
    return soft_404.hash_words(soft_404.extract_words(text))
