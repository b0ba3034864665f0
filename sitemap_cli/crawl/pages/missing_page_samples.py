"""How each host responds to a URL that cannot exist, to compare other pages with."""

import asyncio
import secrets
from collections import OrderedDict
from dataclasses import dataclass

from sitemap_cli import urls
from sitemap_cli.crawl.pages import soft_404
from sitemap_cli.crawl.pages.page_text import read_html_text
from sitemap_cli.crawl.requester import Requester
from sitemap_cli.fetch.interface import Purpose

MAX_SAMPLES = 1_000


@dataclass(frozen=True, slots=True)
class MissingPageSample:
    """The page that a host serves with status 200 for a URL that cannot exist."""

    final_url: str
    shingles: frozenset[int]


class MissingPageSamples:
    """Requests one random URL per origin; old samples are dropped when there are very many origins."""

    def __init__(self, requester: Requester) -> None:
        self._requester = requester
        self._samples: OrderedDict[str, asyncio.Task[MissingPageSample | None]] = OrderedDict()

    async def get_sample(self, url: str) -> MissingPageSample | None:
        """Return the sample of the origin of a URL; None if missing pages have another status there."""
        origin = urls.url_origin(url)
        if origin not in self._samples:
            missing_url = f"{origin}{secrets.token_hex(12)}"
            self._samples[origin] = asyncio.create_task(self._fetch_sample(missing_url))
            self._evict_old_samples()
        return await asyncio.shield(self._samples[origin])

    async def close(self) -> None:
        """Cancel the requests that are in flight."""
        for sample in self._samples.values():
            sample.cancel()
        await asyncio.gather(*self._samples.values(), return_exceptions=True)

    def _evict_old_samples(self) -> None:
        done = [origin for origin, task in self._samples.items() if task.done()]
        for origin in done[: max(0, len(self._samples) - MAX_SAMPLES)]:
            del self._samples[origin]

    async def _fetch_sample(self, url: str) -> MissingPageSample | None:
        if self._requester.is_over:
            return None
        if await self._requester.robots.check_allowed(url, by_user=False) is not None:
            return None
        response = await self._requester.fetch_url(url, Purpose.PAGE)
        try:
            text = read_html_text(response) if response.ok else None
        finally:
            response.release()
        if text is None:
            return None
        shingles = soft_404.build_shingles(soft_404.extract_words(text))
        return MissingPageSample(response.final_url, shingles)
