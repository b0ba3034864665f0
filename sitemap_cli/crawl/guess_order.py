"""The order of guessed URLs: two of them may be names of one sitemap, and the likelier one counts."""

import asyncio

from sitemap_cli.crawl.fetched_sitemap import DiscoveredUrl


class GuessOrder:
    """Guessed URLs whose results are not known yet, likeliest first."""

    def __init__(self) -> None:
        self._open: dict[str, asyncio.Event] = {}

    def add(self, discovered: DiscoveredUrl) -> None:
        """Add a URL, if it is a guess."""
        if not discovered.promised:
            self._open[discovered.url] = asyncio.Event()

    def settle(self, discovered: DiscoveredUrl) -> None:
        """Let later guesses go on: the result of this one is known, or will never be."""
        if settled := self._open.pop(discovered.url, None):
            settled.set()

    async def wait_for_likelier(self, discovered: DiscoveredUrl) -> None:
        """Wait until all likelier guesses are settled; a promised URL waits for none."""
        if discovered.promised:
            return
        for url, settled in list(self._open.items()):
            if url == discovered.url:
                return
            await settled.wait()
