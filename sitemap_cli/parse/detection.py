"""Detects what a document is, or reports why it is not one that can be read."""

import re
from collections.abc import Sequence

from sitemap_cli.model.values import Kind
from sitemap_cli.parse.collector import Collector
from sitemap_cli.parse.extension import get_extensions
from sitemap_cli.parse.format import DocumentParser, RecordSink, RootElement, match_root, match_text
from sitemap_cli.parse.protocol import FIELDS, NAMESPACE
from sitemap_cli.parse.values.quoting import quote_text
from sitemap_cli.parse.xml.prolog import has_later_start

_HTML = re.compile(r"<!doctype\s+html|<(?:html|head|body|script)[\s>]", re.IGNORECASE)
_MISSING_ROOTS = {
    "url": (f'<urlset xmlns="{NAMESPACE}">'.encode(),),
    "sitemap": (f'<sitemapindex xmlns="{NAMESPACE}">'.encode(),),
}
_MISSING_HEADS = {
    "item": (b'<rss version="2.0">', b"<channel>"),
    "entry": (b'<feed xmlns="http://www.w3.org/2005/Atom">',),
}
_MAX_HEAD = 4_096
_ROBOTS = re.compile(r"(?:#[^\r\n]{0,4096}[\r\n]\s*)?user-agent\s*:", re.IGNORECASE)
# Elements of feeds that no HTML page has.
_FEED_FIELDS = (
    *("author", "category", "comments", "content", "description", "enclosure", "guid", "id", "pubdate"),
    *("published", "source", "summary", "updated"),
)
# The rest of a text, with the end tag of its element.
_ENDED = "loc|lastmod|changefreq|priority|url|sitemap|item|entry|link"
_TAIL = re.compile(rf"[^<]{{0,4096}}</(?:{_ENDED}|{'|'.join(_FEED_FIELDS)})\s*>", re.IGNORECASE)
# The rest of a start tag, before an entry.
_TAG_TAIL = re.compile(r"[^<>]{0,4096}>\s*<(?:url|sitemap)\s*>\s*<loc\s*>", re.IGNORECASE)


def open_sink(root: RootElement, collector: Collector) -> RecordSink | None:
    """Return what takes the records of a document with this root element; None to stop reading."""
    found = match_root(root.namespace, root.local)
    if found is None:
        message = f"not a sitemap or feed: the root element is {quote_text(root.local)}"
        collector.stop("not-a-sitemap", message, root.at)
        return None
    if found.is_certain(root):
        collector.decide_kind(found.kind)
    return found.open(root, collector)


def open_next_sink(root: RootElement, collector: Collector) -> RecordSink | None:
    """Return what takes another document after the end of the first, which alone decides the kind."""
    found = match_root(root.namespace, root.local)
    if found is None:
        what = f"{root.local} of the namespace {quote_text(root.namespace)}"
        collector.report("foreign-entry", f"{what} after the end of the document was left out", root.at)
        return None
    return found.open(root, collector)


def is_root(local: str) -> bool:
    """Return whether the root element of a sitemap or feed may have this name."""
    return match_root(None, local) is not None


def is_in_entry(name: str) -> bool:
    """Return whether a document that begins with an element of this name lost its beginning."""
    prefix, _, local = name.lower().rpartition(":")
    return prefix in get_extensions() or local in FIELDS


def is_in_item(name: str) -> bool:
    """Return whether an element of this name may be what is left of the item of a feed, if its end follows.

    A prefix says so, too: nothing can declare it any more.
    """
    return ":" in name or name.lower() in ("title", "link", *_FEED_FIELDS)


def get_missing_root(local: str, *, head_missing: bool = False) -> Sequence[bytes]:
    """Return the tags of the root that belong around an element of this name; none if it needs none.

    Items of feeds are documents of their own unless the beginning of the document is missing.
    """
    known = _MISSING_ROOTS.get(local.lower(), ())
    return known or (_MISSING_HEADS.get(local.lower(), ()) if head_missing else ())


def decide_kind_by_name(local: str | None, collector: Collector) -> None:
    """Decide the kind of a document whose root element has this name but could not be read."""
    found = match_root(None, local) if local else None
    if found and collector.kind is Kind.UNKNOWN:
        collector.decide_kind(found.kind)


def open_parser(head: str, line: int, collector: Collector, xml: DocumentParser) -> DocumentParser | None:
    """Return the parser of a document that begins with this text; None to stop reading.

    Args:
        head: the beginning of the document, which is not the beginning of XML.
        line: the number of its first line.
        collector: receives the kind and problems.
        xml: the parser to return if XML follows later.
    """
    if _TAIL.match(head):
        return xml
    found = match_text(head)
    if found:
        collector.decide_kind(found.kind)
        return found.open(collector, line)
    if _TAG_TAIL.match(head) or has_later_start(head.encode()):
        return xml
    if _HTML.search(head[:_MAX_HEAD]):
        refuse_html(collector)
    else:
        begins = quote_text(head[:80].strip())
        what = "a robots.txt" if _ROBOTS.match(head) else "neither XML nor a list of URLs"
        collector.stop("not-a-sitemap", f"{what}; the document begins {begins}")
    return None


def refuse_foreign(collector: Collector) -> None:
    """Refuse a document of which neither the root nor anything in it is that of a sitemap or feed."""
    collector.stop("not-a-sitemap", "not a sitemap or feed: nothing in it is of RSS or Atom")


def refuse_fields(collector: Collector) -> None:
    """Refuse a document that has fields of entries, but no entry."""
    collector.stop("not-a-sitemap", "not a sitemap or feed: fields of an entry, but no whole entry")


def refuse_html(collector: Collector) -> None:
    """Stop reading an HTML page."""
    collector.decide_kind(Kind.HTML)
    collector.stop("html-instead", "an HTML page instead of a sitemap")


def refuse_empty(collector: Collector) -> None:
    """Stop reading a document without content."""
    collector.decide_kind(Kind.EMPTY)
    collector.stop("empty", "the document is empty")
