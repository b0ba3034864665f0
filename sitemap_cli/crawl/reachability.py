"""Finds where a target answers: over https before http, and under the given name before its twin."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from sitemap_cli.crawl.robots_cache import RobotsCache, RobotsFile
from sitemap_cli.crawl.targets import Target
from sitemap_cli.fetch.interface import Response

# Nothing listens there, or something that does not go on. Plain http is worth a try, and the other name.
TIMEOUT = "timeout-connect"
SILENT = frozenset(
    {"connection-refused", "connection-failed", "connection-closed", "connection-reset", TIMEOUT}
)
# What is wrong with the name is wrong over http, too.
NAMELESS = frozenset({"dns-nxdomain", "dns-failure"})
# The other name may have a better certificate; http would be an invitation to downgrade.
NO_TLS = "tls-not-spoken"
UNTRUSTED = frozenset({"tls-error", NO_TLS})
MUTE = SILENT | NAMELESS | UNTRUSTED


@dataclass(frozen=True, slots=True)
class Reachability:
    """Where a search begins, and what the others answered when they were asked for their robots.txt.

    ``answers`` is False when they were all mute: then this is what is wrong with the name that was given.
    """

    url: str
    other_responses: tuple[Response, ...] = ()
    is_reachable: bool = True


async def check_reachability(robots: RobotsCache, target: Target, *, https_only: bool) -> Reachability:
    """Ask one after the other for its robots.txt, but none that would be in vain or a downgrade."""
    urls = [url for url in target.urls if not (https_only and _is_plain(url))] or target.urls
    if len(urls) == 1:
        return Reachability(urls[0])
    mute: dict[str, Response] = {}
    for url in urls:
        if _is_plain(url) and not _may_help(url, mute, names_port=target.has_port):
            continue
        file = await robots.get_robots(url)
        if _reason(file) not in MUTE:
            return Reachability(url, tuple(mute.values()))
        mute[url] = file.response
    given = [url for url in mute if _name(url) == _name(urls[0])][-1]
    return Reachability(given, tuple(each for url, each in mute.items() if url != given), is_reachable=False)


def _reason(file: RobotsFile) -> str | None:
    """Why there was no answer at all."""
    fault = file.response.fault
    return fault.reason if fault is not None and file.response.status_code is None else None


def _may_help(url: str, mute: Mapping[str, Response], *, names_port: bool) -> bool:
    """Whether plain http is worth a try, after what the addresses before it have said."""
    reasons = {other: each.fault.reason for other, each in mute.items() if each.fault}
    own = {reason for other, reason in reasons.items() if _name(other) == _name(url)}
    others = {reason for other, reason in reasons.items() if _name(other) != _name(url)}
    # Whoever names a port may mean http there; otherwise a server that speaks no TLS on 443 is broken.
    downgrade = {*reasons.values()} & (UNTRUSTED - {NO_TLS} if names_port else UNTRUSTED)
    dead = TIMEOUT in own and TIMEOUT in others
    return not (downgrade or own & NAMELESS or dead)


def _is_plain(url: str) -> bool:
    return url.startswith("http://")


def _name(url: str) -> str | None:
    return urlsplit(url).hostname
