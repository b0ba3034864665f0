"""The tags of an HTML page that name other URLs or describe the page: link, base, meta and title."""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from urllib.parse import urljoin

from sitemap_cli.crawl import content_type
from sitemap_cli.patterns import repeat_possessively
from sitemap_cli.web_encodings import UTF_8, UTF_16, find_encoding

MAX_TITLE = 2_000

# The standard library's parser needs a tenth of a second for a long page, and much more for a hostile one.
# These expressions read each character once: quoted values have a bound, and nothing is tried twice. A tag
# with an unbalanced quote ends at the next ``>``.
_ATTRIBUTES = repeat_possessively(r"""[^<>"']++|"[^"]{0,8192}+"|'[^']{0,8192}+'""")
_TOKEN = re.compile(
    r"(?P<comment><!--)|<(?P<raw>script|style|noscript|template|svg|textarea)\b|(?P<title><title\b[^<>]*>)"
    r"|(?P<end></head\s*>|<body\b)"
    r"|<(?P<tag>link|base|meta)(?![\w-])"
    rf"(?P<attributes>{_ATTRIBUTES}(?=>)|[^<>]*+)>",
    re.IGNORECASE | re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""([a-z][a-z:-]*+)(?:\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s"'>]++))?""", re.IGNORECASE)
_TITLE_END = re.compile(r"</title|</head\s*>|<body\b", re.IGNORECASE)

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))

Tag = tuple[str, dict[str, str]]
"""A name in lower case and the attributes; a title has its content in the attribute ``text``."""


def iterate_head(text: str) -> Iterator[tuple[int, Tag]]:
    """Yield the tags of the head, each with its position in the text.

    Scripts and other elements that a browser does not parse are skipped.
    """
    at = 0
    while found := _TOKEN.search(text, at):
        at = found.end()
        if found["end"] is not None:
            return
        if found["comment"] is not None:
            at = _skip_comment(text, found)
        elif found["raw"] is not None:
            at = _skip_past(text, f"</{found['raw']}", at)
        elif found["title"] is not None:
            end = _TITLE_END.search(text, at)
            last = end.start() if end else len(text)
            yield found.start(), ("title", {"text": text[at : min(last, at + MAX_TITLE)]})
            at = last
        else:
            yield found.start(), (found["tag"].lower(), parse_attributes(found["attributes"]))


def iterate_page(text: str) -> Iterator[Tag]:
    """Yield the link, base and meta tags of a whole page, except those in comments."""
    at = 0
    while found := _TOKEN.search(text, at):
        at = found.end()
        if found["comment"] is not None:
            at = _skip_comment(text, found)
        elif found["tag"] is not None:
            yield found["tag"].lower(), parse_attributes(found["attributes"])


def parse_attributes(text: str) -> dict[str, str]:
    """Return attributes by name in lower case; of two with the same name the first counts, as in browsers."""
    pairs = [(name.lower(), unescape(value.strip("\"'"))) for name, value in _ATTRIBUTE.findall(text)]
    return dict(reversed(pairs))


def join_href(base: str, href: str) -> str:
    """Return the absolute URL of a link, or the text of the link if it is malformed."""
    try:
        return urljoin(base, href)
    except ValueError:
        return href


def read_beginning(chunks: Iterable[bytes], limit: int) -> bytes:
    """Return at most the first ``limit`` bytes."""
    beginning = bytearray()
    for chunk in chunks:
        beginning += chunk
        if len(beginning) >= limit:
            break
    return bytes(beginning[:limit])


def decode_html(data: bytes, header: str | None) -> str:
    """Return a page as text.

    A byte order mark decides, then the Content-Type header, then the page itself, as in browsers:
    https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding
    """
    for mark, codec in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(codec, "replace")
    sent = find_encoding(content_type.parse_charset(header))
    declared = _META_CHARSET.search(data, 0, 4096)
    in_page = find_encoding(declared[1].decode("ascii")) if declared else None
    encoding = sent or (UTF_8 if in_page is UTF_16 else in_page) or UTF_8
    return data.decode(encoding.codec, "replace")


def _skip_comment(text: str, found: re.Match[str]) -> int:
    """Return the end of a comment; ``<!-->`` is a complete one."""
    return _skip_past(text, "-->", found.start() + 2)


def _skip_past(text: str, end: str, at: int) -> int:
    """Return the position behind the next ``end``, or the end of the text."""
    found = re.compile(re.escape(end), re.IGNORECASE).search(text, at)
    return found.end() if found else len(text)
