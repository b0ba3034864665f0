"""Choice of the URL at which a target responds: https before http, and the given name before its www twin."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from sitemap_cli.crawl.robots_cache import RobotsCache, RobotsFile
from sitemap_cli.crawl.targets import Target
from sitemap_cli.fetch.headers import has_private_headers
from sitemap_cli.fetch.interface import Response
from sitemap_cli.settings import Settings
from sitemap_cli.urls import replace_origin

# Nothing listens there, or it completes no connection. Plain http and the other name are worth a try.
TIMEOUT = "timeout-connect"
SILENT = frozenset(
    {"connection-refused", "connection-failed", "connection-closed", "connection-reset", TIMEOUT}
)
# A wrong name is as wrong over http.
NO_NAME = frozenset({"dns-nxdomain", "dns-failure"})
# The other name may have a better certificate; http instead of https would be a downgrade.
NO_TLS = "tls-not-spoken"
UNTRUSTED = frozenset({"tls-error", NO_TLS})
UNREACHABLE = SILENT | NO_NAME | UNTRUSTED

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reachability:
    """The URL at which a search begins, and the robots.txt responses of the other candidates.

    If ``is_reachable`` is False, no candidate responded, and ``url`` has the name that was given.
    """

    url: str
    other_responses: tuple[Response, ...] = ()
    is_reachable: bool = True


async def check_reachability(robots: RobotsCache, target: Target, settings: Settings) -> Reachability:
    """Fetch the robots.txt of one candidate after the other until one responds.

    Candidates that are pointless or a downgrade to http are skipped. Credentials that are for https are not
    sent over http; a warning says so.
    """
    http_refused = settings.https_only
    candidates = [url for url in target.urls if not (http_refused and _is_plain_http(url))] or target.urls
    if len(candidates) == 1:
        return Reachability(candidates[0])
    failed: dict[str, Response] = {}
    for url in candidates:
        if _is_plain_http(url) and not _may_try_http(url, failed, has_port=target.has_port):
            continue
        file = await robots.get_robots(url)
        if _get_failure(file) not in UNREACHABLE:
            if _is_plain_http(url) and not _is_plain_http(target.urls[0]) and has_private_headers(settings):
                why = "https does not respond, and credentials are not sent over http unless the target is"
                log.warning("%s: %s %s", target.text, why, url)
            return Reachability(url, tuple(failed.values()))
        failed[url] = file.response
    given = [url for url in failed if _hostname(url) == _hostname(candidates[0])][-1]
    others = tuple(response for url, response in failed.items() if url != given)
    return Reachability(given, others, is_reachable=False)


async def find_site(robots: RobotsCache, target: Target, settings: Settings) -> str:
    """Return a URL of the site of a target: where its robots.txt is, after redirects."""
    start = await check_reachability(robots, target, settings)
    response = (await robots.get_robots(start.url)).response
    # A robots.txt that redirects to another path does not move the site.
    is_moved = urlsplit(response.final_url).path == "/robots.txt"
    return replace_origin(start.url, response.final_url) if is_moved else start.url


def _get_failure(file: RobotsFile) -> str | None:
    """Return why there was no response at all; None if there was one."""
    fault = file.response.fault
    return fault.reason if fault is not None and file.response.status_code is None else None


def _may_try_http(url: str, failed: Mapping[str, Response], *, has_port: bool) -> bool:
    """Return whether plain http is worth a try after these failures."""
    same_name, other_name = set[str](), set[str]()
    for other, response in failed.items():
        if response.fault:
            (same_name if _hostname(other) == _hostname(url) else other_name).add(response.fault.reason)
    if same_name & NO_NAME or (TIMEOUT in same_name and TIMEOUT in other_name):
        return False
    reasons = same_name | other_name
    if has_port:
        # A user who names a port may mean http there. Without one, a server without TLS on 443 is broken.
        reasons.discard(NO_TLS)
    return reasons.isdisjoint(UNTRUSTED)


def _is_plain_http(url: str) -> bool:
    return url.startswith("http://")


def _hostname(url: str) -> str | None:
    return urlsplit(url).hostname
