"""The robots.txt files of a crawl: each is fetched once and obeyed, unless the user says otherwise."""

import asyncio
import logging
import math
from collections import OrderedDict
from dataclasses import dataclass

from msgspec import structs

from sitemap_cli import urls
from sitemap_cli.crawl.content_type import parse_charset
from sitemap_cli.crawl.user_agent_comparison import describe_refusal
from sitemap_cli.fetch.interface import Fetcher, Purpose, Request, Response
from sitemap_cli.fetch.robots.robots_lines import find_wide_codec
from sitemap_cli.fetch.robots.robots_txt import (
    RobotsTxt,
    is_root_robots,
    is_server_error,
    lists_sitemaps,
)
from sitemap_cli.model.values import Fault, Problem, Severity
from sitemap_cli.settings import Settings
from sitemap_cli.web_encodings import ASCII_LABELS, UTF_8, UTF_16, Encoding, find_encoding

log = logging.getLogger(__name__)

# Each file takes up to half a megabyte, and an index may list ten thousand hosts.
MAX_FILES = 64
# Finding the rule that applies means checking all of them, and there may be thousands.
MAX_EXPLAINED = 20
# With these faults the body is no robots.txt, and a second request would get none either.
NO_RULES = ("challenge",)
NOT_UTF8 = "robots-not-utf8"


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """One robots.txt: its response, its rules and text if there are any, and the delay in seconds to obey."""

    response: Response
    rules: RobotsTxt | None
    crawl_delay: float = 0.0
    body: bytes | None = None

    @property
    def is_unreachable(self) -> bool:
        """Whether a crawler must treat the whole site as disallowed.

        A 4xx response means that there are no rules (RFC 9309, 2.3.1.3). A server error, no response at all
        (2.3.1.4) or rules that arrived in part mean that nothing may be fetched. 429 is a server error here:
        https://developers.google.com/crawling/docs/robots-txt/robots-txt-spec#http-status-codes
        """
        code, fault = self.response.status_code, self.response.fault
        is_cut = code == 200 and fault is not None and fault.reason not in NO_RULES
        return code is None or is_server_error(code) or is_cut


class RobotsCache:
    """Fetches the robots.txt of each origin once; old files are dropped when there are very many origins.

    ``credentials_url`` is a URL of the site that the user's own headers and credentials are for. ``until`` is
    the deadline of the requests, on the clock of the event loop.
    """

    def __init__(self, fetcher: Fetcher, settings: Settings, credentials_url: str | None = None) -> None:
        self._fetcher = fetcher
        self._settings = settings
        self._credentials_url = credentials_url
        self.until = math.inf
        self._files: OrderedDict[str, asyncio.Task[RobotsFile]] = OrderedDict()
        self._named: list[RobotsFile] = []
        self._refused: list[RobotsFile] = []
        self._explained = 0

    async def get_robots(self, url: str) -> RobotsFile:
        """Return the robots.txt that applies to a web URL; fetch it if necessary."""
        origin = urls.url_origin(url)
        if origin not in self._files:
            self._files[origin] = asyncio.create_task(self._fetch_file(f"{origin}robots.txt"))
            self._evict_old_files()
        self._files.move_to_end(origin)
        # A cancelled caller must not cancel the request that others wait for.
        return await asyncio.shield(self._files[origin])

    async def fetch_named(self, url: str) -> RobotsFile:
        """Fetch a robots.txt that is not at the root of its host, and that therefore has no effect there."""
        file = await self._fetch_file(url)
        if file.body is not None:
            self._named.append(file)
        return file

    async def fetch_as_other(self, file: RobotsFile) -> RobotsFile:
        """Fetch a file that was refused as the user agent to compare with, whose rules are not ours.

        Without one, or if the file was not refused, return it as it is.
        """
        other = self._settings.compare_user_agent
        is_compared = other and describe_refusal(file.response)
        return await self._fetch_file(file.response.url, other) if is_compared else file

    async def adopt_other(self, file: RobotsFile) -> RobotsFile:
        """Return the file that counts for a site whose robots.txt is refused as if its server had failed.

        If the user agent to compare with gets a robots.txt, its rules are those of the site: they are obeyed
        from now on. Otherwise it is the file as it is.
        """
        other = await self.fetch_as_other(file)
        if other.is_unreachable or other.rules is None:
            return file
        self._refused.append(file)
        self._files[urls.url_origin(file.response.url)] = done = asyncio.create_task(_return_file(other))
        return await done

    async def check_allowed(self, url: str, *, by_user: bool) -> Fault | None:
        """Return why robots.txt forbids a URL; None if it may be requested.

        A URL that the user named is always allowed.
        """
        if by_user or self._settings.no_robots or not urls.is_web_url(url):
            return None
        file = await self.get_robots(url)
        if file.is_unreachable:
            return _explain_unreachable(file.response)
        if file.rules is None or file.rules.is_allowed(url, self._settings.user_agent):
            return None
        return Fault(
            "robots-disallowed", f"{self._explain_disallowed(file.rules, url)}; --no-robots ignores it"
        )

    def get_delay(self, url: str) -> float:
        """Return the seconds to wait between two requests to the host, as far as they are known."""
        task = self._files.get(urls.url_origin(url)) if urls.is_web_url(url) else None
        return task.result().crawl_delay if task is not None and _has_result(task) else 0.0

    def get_known_files(self) -> list[RobotsFile]:
        """Return all files that were requested and arrived, ordered by their last use."""
        known = [task.result() for task in self._files.values() if _has_result(task)]
        # A local folder has no file for hosts that are not published there.
        return [each for each in known if each.response.attempts] + self._refused + self._named

    async def close(self) -> None:
        """Cancel the requests that are in flight."""
        for task in self._files.values():
            task.cancel()
        await asyncio.gather(*self._files.values(), return_exceptions=True)

    def _evict_old_files(self) -> None:
        """Drop the least recently used files; those in flight stay."""
        excess = len(self._files) - MAX_FILES
        if excess > 0:
            done = [origin for origin, task in self._files.items() if task.done()]
            for origin in done[:excess]:
                del self._files[origin]

    def _explain_disallowed(self, rules: RobotsTxt, url: str) -> str:
        self._explained += 1
        if self._explained > MAX_EXPLAINED:
            return "disallowed by robots.txt"
        return f"disallowed by robots.txt ({rules.find_deciding_rule(url, self._settings.user_agent)})"

    async def _fetch_file(self, url: str, user_agent: str | None = None) -> RobotsFile:
        request = Request(
            url,
            Purpose.ROBOTS,
            credentials_url=self._credentials_url,
            until=self.until,
            user_agent=user_agent,
            keeps_error=lists_sitemaps,
        )
        response = await self._fetcher.fetch(request)
        try:
            body = _read_body(response)
        finally:
            response.release()
        if body is not None and (encoding := _find_encoding(response, body)) is not None:
            body = body.decode(encoding.codec).encode()
            message = f"the file is in {encoding.name}: crawlers expect UTF-8"
            problem = Problem(NOT_UTF8, Severity.WARNING, message)
            response = structs.replace(response, problems=(*response.problems, problem))
        for each in response.problems:
            log.info("%s: %s", url, each.message)
        rules = None
        if body is not None:
            at_root, status = is_root_robots(url), response.status_code
            rules = RobotsTxt(body, response.final_url, is_at_root=at_root, status=status)
        return RobotsFile(response, rules, self._limit_delay(url, rules), body)

    def _limit_delay(self, url: str, rules: RobotsTxt | None) -> float:
        """Return the ``Crawl-delay`` in seconds, at most the longest that the settings allow."""
        longest = 0.0 if self._settings.no_robots else self._settings.max_crawl_delay
        wanted = (rules.find_crawl_delay(self._settings.user_agent) if rules and longest else None) or 0.0
        if wanted > longest:
            log.info("%s requests a delay of %g seconds; using %g", url, wanted, longest)
        return min(wanted, longest)


def has_rules(file: RobotsFile) -> bool:
    """Return whether the content of a file is that of a robots.txt."""
    return file.rules is not None and bool(file.rules.groups or file.rules.sitemaps)


async def _return_file(file: RobotsFile) -> RobotsFile:
    return file


def _has_result(task: asyncio.Task[RobotsFile]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is None


def _read_body(response: Response) -> bytes | None:
    """Return the text of a robots.txt; None without a body, or if it is the page of a bot wall."""
    if response.body is None or (response.fault is not None and response.fault.reason in NO_RULES):
        return None
    return b"".join(response.body.read_chunks())


def _find_encoding(response: Response, body: bytes) -> Encoding | None:
    """Return the encoding that the server declares for a file, if the file is not in UTF-8, and has it."""
    charset = parse_charset(response.content_type)
    encoding = find_encoding(charset)
    if (
        encoding is None
        or charset in ASCII_LABELS
        or encoding in (UTF_8, UTF_16)
        or body.isascii()
        or find_wide_codec(body)
    ):
        return None
    return encoding if not _is_valid(body, UTF_8.codec) and _is_valid(body, encoding.codec) else None


def _is_valid(body: bytes, codec: str) -> bool:
    try:
        body.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def explain_outage(response: Response) -> Fault | None:
    """Return the fault of a robots.txt whose server has failed; None if there is another reason.

    Such a server forbids everything: https://www.rfc-editor.org/rfc/rfc9309#section-2.3.1.4. The message is
    empty unless the server says when it is back.
    """
    fault = response.fault
    if fault is not None and fault.reason != "unavailable":
        return None
    if fault is None and (response.status_code or 0) < 500:
        return None
    return Fault("robots-unreachable", fault.message if fault else "")


def _explain_unreachable(response: Response) -> Fault:
    if response.fault is not None and (outage := explain_outage(response)) is not None:
        return outage
    if response.fault is not None:
        return response.fault
    message = f"robots.txt failed with status {response.status_code}, so nothing may be fetched"
    return Fault("robots-unreachable", message)
