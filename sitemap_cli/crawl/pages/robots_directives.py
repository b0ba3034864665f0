"""Whether crawlers are told not to index a page, by the page itself or by headers."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from sitemap_cli.crawl.pages.html_head import Link, resolve_href, sanitize_text

EVERYBODY = "robots"
CRAWLERS = (EVERYBODY, "googlebot", "bingbot", "yandex")
"""Names that directives are given for, as far as they are of interest here."""

FORBIDDING = ("noindex", "none")
VALUED = ("max-snippet", "max-image-preview", "max-video-preview", "unavailable_after")
NAME = re.compile(r"\s*([A-Za-z0-9_*.-]+)\s*:(.*)", re.DOTALL)
UNTIL = re.compile(r"unavailable_after\s*:\s*([^,]*(?:,\s*\d[^,]*)?)", re.IGNORECASE)
ENTRY = re.compile(r"<([^<>]{0,4000}+)>((?:[^,\"<]|\"[^\"]{0,4000}+\")*+)")
PARAMETER = re.compile(r""";\s*+([a-z]+)\*?\s*+=\s*+("[^"]*+"|[^\s;,"]++)""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NoindexDirective:
    """That a page may not be indexed: ``by`` ``meta`` or ``header``, to these crawlers, or to all if none."""

    by: str
    crawlers: tuple[str, ...] = ()


def find_noindex(
    meta: Iterable[tuple[str, str]], headers: Iterable[str], now: dt.datetime | None = None
) -> NoindexDirective | None:
    """What keeps a page out of an index, if anything does.

    Args:
        meta: names and contents of ``<meta>``.
        headers: the ``X-Robots-Tag`` headers.
        now: when; there are pages that may be indexed until a date.

    Source: https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag
    """
    now = now or dt.datetime.now(dt.UTC)
    said = [("meta", name, content) for name, content in meta]
    said += [("header", name, content) for header in headers for name, content in _addressed(header)]
    barred = [(by, name) for by, name, content in said if name in CRAWLERS and _forbids(content, now)]
    if not barred:
        return None
    names = {name for _, name in barred}
    return NoindexDirective(barred[0][0], () if EVERYBODY in names else tuple(sorted(names)))


def parse_link_headers(headers: Iterable[str], url: str) -> tuple[tuple[Link, ...], dict[str, str]]:
    """The canonical addresses and the versions by language that ``Link`` headers name.

    Source: https://www.rfc-editor.org/rfc/rfc8288#section-3
    """
    canonicals, alternates = list[Link](), dict[str, str]()
    for header in headers:
        for href, rest in ENTRY.findall(header):
            said = {name.lower(): value.strip('"') for name, value in PARAMETER.findall(rest)}
            kinds = said.get("rel", "").lower().split()
            if "canonical" in kinds:
                canonicals.append(Link(resolve_href(url, href), "header"))
            elif "alternate" in kinds and said.get("hreflang"):
                alternates.setdefault(sanitize_text(said["hreflang"]), resolve_href(url, href))
    return tuple(canonicals), alternates


def _addressed(header: str) -> Iterator[tuple[str, str]]:
    """A header by the crawlers it speaks to: a name holds for what follows it."""
    name, parts = EVERYBODY, list[str]()
    for part in header.split(","):
        found = NAME.fullmatch(part)
        if found and found[1].lower() not in VALUED:
            yield name, ",".join(parts)
            name, parts = found[1].lower(), [found[2]]
        else:
            parts.append(part)
    yield name, ",".join(parts)


def _forbids(content: str, now: dt.datetime) -> bool:
    words = {word.strip().lower() for word in content.split(",")}
    if not words.isdisjoint(FORBIDDING):
        return True
    until = UNTIL.search(content)
    moment = _moment(until[1].strip()) if until else None
    return moment is not None and moment < now


def _moment(text: str) -> dt.datetime | None:
    """A date as it may stand there: by RFC 822, RFC 850 or ISO 8601."""
    for read in (dt.datetime.fromisoformat, parsedate_to_datetime):
        with suppress(ValueError, TypeError, IndexError, OverflowError):
            found = read(text)
            return found if found.tzinfo else found.replace(tzinfo=dt.UTC)
    return None
