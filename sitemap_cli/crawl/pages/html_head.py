"""Reads what a page says of itself: its title, whether it may be indexed, its own address, its versions.

Only the head of the page counts, as for search engines: what stands in the body anybody may have written.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urljoin

from sitemap_cli import redaction
from sitemap_cli.crawl import content_type

LIMIT = 256 * 1024
"""Bytes of a page that are looked at."""
MAX_TEXT = 2_000
MOST = 200
"""Links of one kind that are kept."""

# Every character is read once: quoted values have a bound, and nothing is tried a second time. A tag of the
# body ends the head; what a browser would not show as a tag is skipped as a whole.
TOKEN = re.compile(
    r"<!--(?P<comment>.)|<(?P<raw>script|style|noscript|template|svg|textarea)\b|(?P<title><title\b[^<>]*>)"
    r"|(?P<end></head\s*>|<body\b)"
    r"|<(?P<tag>link|base|meta)\b(?P<attributes>(?:[^<>\"']|\"[^\"]{0,8192}+\"|'[^']{0,8192}+')*+)>",
    re.IGNORECASE | re.DOTALL,
)
ATTRIBUTE = re.compile(r"""([a-z][a-z:-]*+)(?:\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s"'>]++))?""", re.IGNORECASE)
TITLE_END = re.compile(r"</title|</head\s*>|<body\b", re.IGNORECASE)
DECLARED = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a page to another address, which is absolute; ``by`` says whether ``link`` or ``header``."""

    href: str
    by: str


@dataclass(frozen=True, slots=True)
class HtmlHead:
    """What the head of a page says.

    ``robots`` are the directives for crawlers, each with the name that stood before it (``robots`` means all
    of them); ``canonicals`` are the addresses that it calls its own, ``alternates`` those of its versions by
    language.
    """

    title: str | None = None
    robots: tuple[tuple[str, str], ...] = ()
    canonicals: tuple[Link, ...] = ()
    alternates: dict[str, str] = field(default_factory=dict)


def parse_head(text: str, url: str) -> HtmlHead:
    """Read the head of a page that was served at an address."""
    title, robots, links, base = None, list[tuple[str, str]](), list[dict[str, str]](), url
    for tag, attributes in _tags(text):
        if tag == "title" and title is None:
            title = sanitize_text(" ".join(unescape(attributes["text"]).split()))
        elif tag == "base" and base == url and attributes.get("href", "").strip():
            base = resolve_href(url, attributes["href"])
        elif tag == "meta" and attributes.get("name") and attributes.get("content"):
            robots.append((attributes["name"].strip().lower(), attributes["content"]))
        elif tag == "link" and attributes.get("href", "").strip():
            links.append(attributes)
    return HtmlHead(title or None, tuple(robots), *_linked(links, base))


def decode_page(chunks: Iterable[bytes], header: str | None) -> str:
    """The beginning of a page as text, by the encoding that the header or the page itself names."""
    beginning = bytearray()
    for chunk in chunks:
        beginning += chunk
        if len(beginning) >= LIMIT:
            break
    data = bytes(beginning[:LIMIT])
    declared = DECLARED.search(data, 0, 4096)
    name = (
        content_type.parse_charset(header) or (declared[1].decode("ascii") if declared else None) or "utf-8"
    )
    try:
        return data.decode(name, "replace")
    except (LookupError, ValueError):  # no such encoding, or none of a text
        return data.decode("utf-8", "replace")


def resolve_href(base: str, href: str) -> str:
    """The address that a link means."""
    try:
        return sanitize_text(urljoin(base, href.strip()))
    except ValueError:
        return sanitize_text(href.strip())


def sanitize_text(text: str) -> str:
    """A text of others as it may be kept: of bounded length, without control characters and passwords."""
    return redaction.redact_text(UNSAFE.sub("", text[:MAX_TEXT]))


def _linked(links: Iterable[dict[str, str]], base: str) -> tuple[tuple[Link, ...], dict[str, str]]:
    canonicals, alternates = dict[str, Link](), dict[str, str]()
    for attributes in links:
        kinds, href = attributes.get("rel", "").lower().split(), resolve_href(base, attributes["href"])
        language = sanitize_text(attributes.get("hreflang", "").strip())
        if "canonical" in kinds and len(canonicals) < MOST:
            canonicals.setdefault(href, Link(href, "link"))
        elif "alternate" in kinds and language and len(alternates) < MOST:
            alternates.setdefault(language, href)
    return tuple(canonicals.values()), alternates


def _tags(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The tags of the head that matter, with their attributes; that of the title has its text."""
    at = 0
    while found := TOKEN.search(text, at):
        at = found.end()
        if found["end"] is not None:
            return
        if found["comment"] is not None:
            at = _behind(text, "-->", found.start() + 2)
        elif found["raw"] is not None:
            at = _behind(text, f"</{found['raw']}", at)
        elif found["title"] is not None:
            end = TITLE_END.search(text, at)
            last = end.start() if end else len(text)
            yield "title", {"text": text[at : min(last, at + MAX_TEXT)]}
            at = last
        else:
            yield found["tag"].lower(), _attributes(found["attributes"])


def _behind(text: str, end: str, at: int) -> int:
    """Where something ends that is skipped; without an end it goes on to the end of the text."""
    found = re.compile(re.escape(end), re.IGNORECASE).search(text, at)
    return found.end() if found else len(text)


def _attributes(text: str) -> dict[str, str]:
    """Names in lower case and their values; of two with one name the first counts, as in browsers."""
    pairs = [(name.lower(), unescape(value.strip("\"'"))) for name, value in ATTRIBUTE.findall(text)]
    return dict(reversed(pairs))
