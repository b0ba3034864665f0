"""Whether a page forbids indexing, in its head or in response headers; the links in ``Link`` headers."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from sitemap_cli.crawl.link_headers import iterate_header_links
from sitemap_cli.crawl.pages.html_head import Link, resolve_href, sanitize_text

ALL_CRAWLERS = "robots"
CRAWLERS = (ALL_CRAWLERS, "googlebot", "bingbot", "yandex")
"""Names of directives that are evaluated."""

FORBIDDING = ("noindex", "none")
VALUED = ("max-snippet", "max-image-preview", "max-video-preview", "unavailable_after")
NAME = re.compile(r"\s*([A-Za-z0-9_*.-]+)\s*:(.*)", re.DOTALL)
UNTIL = re.compile(r"unavailable_after\s*:\s*([^,]*(?:,\s*\d[^,]*)?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NoindexDirective:
    """A directive against indexing: where it is (``meta`` or ``header``), and for which crawlers.

    Without crawlers it holds for all of them.
    """

    by: str
    crawlers: tuple[str, ...] = ()


def find_noindex(
    meta: Iterable[tuple[str, str]], headers: Iterable[str], now: dt.datetime | None = None
) -> NoindexDirective | None:
    """Return the directive that forbids indexing, if there is one.

    Args:
        meta: names and contents of ``<meta>``.
        headers: the ``X-Robots-Tag`` headers.
        now: the time for directives that forbid indexing after a date.

    Source: https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag
    """
    now = now or dt.datetime.now(dt.UTC)
    directives = [("meta", name, content) for name, content in meta]
    directives += [("header", name, content) for header in headers for name, content in _split_header(header)]
    forbidding = [
        (by, name) for by, name, content in directives if name in CRAWLERS and _forbids_indexing(content, now)
    ]
    if not forbidding:
        return None
    names = {name for _, name in forbidding}
    return NoindexDirective(forbidding[0][0], () if ALL_CRAWLERS in names else tuple(sorted(names)))


def parse_link_headers(headers: Iterable[str], url: str) -> tuple[tuple[Link, ...], dict[str, str]]:
    """Return the canonical URLs, and the alternates by language, that ``Link`` headers name."""
    canonicals, alternates = list[Link](), dict[str, str]()
    for href, parameters, relations in iterate_header_links(headers):
        if "canonical" in relations:
            canonicals.append(Link(resolve_href(url, href), "header"))
        elif "alternate" in relations and parameters.get("hreflang"):
            alternates.setdefault(sanitize_text(parameters["hreflang"]), resolve_href(url, href))
    return tuple(canonicals), alternates


def _split_header(header: str) -> Iterator[tuple[str, str]]:
    """Yield the crawler names in a header, each with the directives that follow it."""
    name, parts = ALL_CRAWLERS, list[str]()
    for part in header.split(","):
        found = NAME.fullmatch(part)
        if found and found[1].lower() not in VALUED:
            yield name, ",".join(parts)
            name, parts = found[1].lower(), [found[2]]
        else:
            parts.append(part)
    yield name, ",".join(parts)


def _forbids_indexing(content: str, now: dt.datetime) -> bool:
    words = {word.strip().lower() for word in content.split(",")}
    if not words.isdisjoint(FORBIDDING):
        return True
    until = UNTIL.search(content)
    moment = _parse_date(until[1].strip()) if until else None
    return moment is not None and moment < now


def _parse_date(text: str) -> dt.datetime | None:
    """Return a date in the format of RFC 822, RFC 850 or ISO 8601."""
    for parse in (dt.datetime.fromisoformat, parsedate_to_datetime):
        with suppress(ValueError, TypeError, IndexError, OverflowError):
            found = parse(text)
            return found if found.tzinfo else found.replace(tzinfo=dt.UTC)
    return None
