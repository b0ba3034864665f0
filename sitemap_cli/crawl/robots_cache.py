"""The robots.txt files a walk meets: each host's is asked once, and obeyed unless the user says otherwise."""

import asyncio
import logging
import math
from collections import OrderedDict
from dataclasses import dataclass

from sitemap_cli import urls
from sitemap_cli.fetch.interface import Fetcher, Purpose, Request, Response
from sitemap_cli.fetch.robots.robots_txt import RobotsTxt
from sitemap_cli.model.values import Fault
from sitemap_cli.settings import Settings

log = logging.getLogger(__name__)

# Half a megabyte each at most: an index may well list ten thousand hosts.
MAX_FILES = 64
# To find the rule that decided takes a look at each of them, and there may be thousands.
MAX_EXPLAINED = 20
# What was answered is no robots.txt, and the next answer would be none either.
NO_RULES = ("challenge",)


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """One robots.txt: how the fetch went, its rules and text if it has any, the seconds of delay we obey."""

    response: Response
    rules: RobotsTxt | None
    crawl_delay: float = 0.0
    body: bytes | None = None

    @property
    def is_unreachable(self) -> bool:
        """Whether a crawler must take the whole site for disallowed.

        A 4xx answer means that there are no rules (RFC 9309, 2.3.1.3); a server error or a silent
        server means that nothing may be fetched (2.3.1.4), and so do rules of which a part is missing.
        """
        code, fault = self.response.status_code, self.response.fault
        cut = code == 200 and fault is not None and fault.reason not in NO_RULES
        return code is None or code >= 500 or cut


class RobotsCache:
    """The robots.txt of every origin of a walk; only those of very many are asked for again.

    ``home`` is an address of the site that the user's own headers are for; ``until``, on the clock of the
    event loop, is when no answer is waited for any longer.
    """

    def __init__(self, fetcher: Fetcher, settings: Settings, home: str | None = None) -> None:
        self._fetcher = fetcher
        self._settings = settings
        self._home = home
        self.until = math.inf
        self._files: OrderedDict[str, asyncio.Task[RobotsFile]] = OrderedDict()
        self._explained = 0

    async def get_robots(self, url: str) -> RobotsFile:
        """The robots.txt that governs an address of the web."""
        origin = urls.url_origin(url)
        if origin not in self._files:
            self._files[origin] = asyncio.create_task(self._fetch(f"{origin}robots.txt"))
            self._forget_some()
        self._files.move_to_end(origin)
        # Whoever stops waiting must not keep the others from their answer.
        return await asyncio.shield(self._files[origin])

    async def check_allowed(self, url: str, *, by_user: bool) -> Fault | None:
        """Why robots.txt keeps us from an address; None when it may be asked.

        An address that the user named is asked whatever robots.txt says.
        """
        if by_user or self._settings.no_robots or not urls.is_web_url(url):
            return None
        file = await self.get_robots(url)
        if file.is_unreachable:
            return _unreachable(file.response)
        if file.rules is None or file.rules.is_allowed(url, self._settings.user_agent):
            return None
        said = self._explanation(file.rules, url)
        return Fault("robots-disallowed", f"robots.txt {said}; --no-robots reads it all the same")

    def get_delay(self, url: str) -> float:
        """How many seconds a host wants between two requests, as far as we know and are told to obey."""
        task = self._files.get(urls.url_origin(url)) if urls.is_web_url(url) else None
        get_known_files = (
            task is not None and task.done() and not task.cancelled() and task.exception() is None
        )
        return task.result().crawl_delay if task is not None and get_known_files else 0.0

    def known(self) -> list[RobotsFile]:
        """Every file that was answered, in the order in which the last was asked for."""
        done = (task for task in self._files.values() if task.done() and not task.cancelled())
        return [task.result() for task in done if task.exception() is None]

    async def close(self) -> None:
        """Stop what is still being asked."""
        for task in self._files.values():
            task.cancel()
        await asyncio.gather(*self._files.values(), return_exceptions=True)

    def _forget_some(self) -> None:
        """Make room for another file; one that is still being asked stays."""
        done = [origin for origin, task in self._files.items() if task.done()]
        for origin in done[: len(self._files) - MAX_FILES] if len(self._files) > MAX_FILES else ():
            del self._files[origin]

    def _explanation(self, rules: RobotsTxt, url: str) -> str:
        self._explained += 1
        if self._explained > MAX_EXPLAINED:
            return "disallows it"
        return f"says {rules.find_deciding_rule(url, self._settings.user_agent)}"

    async def _fetch(self, url: str) -> RobotsFile:
        request = Request(url, Purpose.ROBOTS, credentials_url=self._home, until=self.until)
        fetched = await self._fetcher.fetch(request)
        try:
            body = _body(fetched)
        finally:
            fetched.release()
        rules = None if body is None else RobotsTxt(body, base_url=fetched.final_url)
        return RobotsFile(fetched, rules, self._delay(url, rules), body)

    def _delay(self, url: str, rules: RobotsTxt | None) -> float:
        """What we obey of a ``Crawl-delay``."""
        most = 0.0 if self._settings.no_robots else self._settings.max_crawl_delay
        asked = (rules.crawl_delay(self._settings.user_agent) if rules and most else None) or 0.0
        if asked > most:
            log.info("%s asks for %g seconds between requests; we leave %g", url, asked, most)
        return min(asked, most)


def _body(fetched: Response) -> bytes | None:
    """The text, if that is what was answered, and not the page of a wall in front of it."""
    if fetched.body is None or (fetched.fault is not None and fetched.fault.reason in NO_RULES):
        return None
    return b"".join(fetched.body.read_chunks())


def _unreachable(fetched: Response) -> Fault:
    if fetched.fault is not None:
        return fetched.fault
    return Fault("robots-unreachable", f"robots.txt answered {fetched.status_code}: the site is off limits")
