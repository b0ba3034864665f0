"""The robots.txt files a walk meets: each host's is asked once, and obeyed unless the user says otherwise."""

import asyncio
from dataclasses import dataclass

from sitemap_cli.fetch.fetcher import Fetched, Fetcher, Purpose, Request
from sitemap_cli.fetch.robots import Robots
from sitemap_cli.model import Fault
from sitemap_cli.services import addresses
from sitemap_cli.settings import Settings


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """One robots.txt: how the fetch went, and the rules if there are any."""

    fetched: Fetched
    rules: Robots | None

    @property
    def unreachable(self) -> bool:
        """Whether a crawler must take the whole site for disallowed.

        A 4xx answer means that there are no rules (RFC 9309, 2.3.1.3); a server error or a silent
        server means that nothing may be fetched (2.3.1.4).
        """
        code = self.fetched.status_code
        return code is None or code >= 500


class RobotsFiles:
    """The robots.txt of every origin of a walk, fetched at most once each."""

    def __init__(self, fetcher: Fetcher, settings: Settings) -> None:
        self._fetcher = fetcher
        self._settings = settings
        self._files: dict[str, asyncio.Task[RobotsFile]] = {}

    async def of(self, url: str) -> RobotsFile:
        """The robots.txt that governs an address."""
        origin = addresses.origin(url)
        if origin not in self._files:
            self._files[origin] = asyncio.create_task(self._fetch(f"{origin}robots.txt"))
        return await asyncio.shield(self._files[origin])

    async def refusal(self, url: str, *, by_user: bool) -> Fault | None:
        """Why robots.txt keeps us from an address; None when it may be asked.

        An address that the user named is asked whatever robots.txt says.
        """
        if by_user or self._settings.no_robots or not addresses.host(url):
            return None
        file = await self.of(url)
        if file.unreachable:
            return _unreachable(file.fetched)
        if file.rules is None or file.rules.allowed(url, self._settings.user_agent):
            return None
        rule = file.rules.rule(url, self._settings.user_agent)
        return Fault("robots-disallowed", f"robots.txt says {rule}; --no-robots reads it all the same")

    async def close(self) -> None:
        """Stop what is still being asked."""
        for task in self._files.values():
            task.cancel()
        await asyncio.gather(*self._files.values(), return_exceptions=True)

    async def _fetch(self, url: str) -> RobotsFile:
        fetched = await self._fetcher.fetch(Request(url, Purpose.ROBOTS))
        if fetched.body is None:
            return RobotsFile(fetched, None)
        try:
            return RobotsFile(fetched, Robots(b"".join(fetched.body.chunks()), base_url=fetched.final_url))
        finally:
            fetched.body.close()


def _unreachable(fetched: Fetched) -> Fault:
    if fetched.fault is not None:
        return fetched.fault
    return Fault("robots-unreachable", f"robots.txt answered {fetched.status_code}: the site is off limits")
