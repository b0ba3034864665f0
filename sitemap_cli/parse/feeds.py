"""Adds the items of RSS and Atom feeds as pages."""

from collections.abc import Sequence
from typing import NamedTuple

from sitemap_cli.model.values import Entry
from sitemap_cli.parse import generators
from sitemap_cli.parse.collector import Collector, Position
from sitemap_cli.parse.protocol import FEED_NAMESPACES, NAMESPACE, NAMESPACE_VARIANTS
from sitemap_cli.parse.records import InexactName, Node, Record, get_base
from sitemap_cli.parse.sitemaps import entry_urls
from sitemap_cli.parse.strictness import note_leniency
from sitemap_cli.parse.values import lenient_dates, loc_urls
from sitemap_cli.parse.values.quoting import quote_text
from sitemap_cli.parse.values.rfc822_dates import parse_rfc822
from sitemap_cli.urls import are_equivalent
from sitemap_cli.w3c_time import parse_w3c, parse_w3c_column

PREFIXES = {
    **dict.fromkeys((NAMESPACE, *NAMESPACE_VARIANTS), ""),
    FEED_NAMESPACES["g"]: "g:",
}
"""Prefixes of canonical names that all feeds have: those of sitemaps, and of Google's feeds of products."""
LONE_FIELDS = frozenset({"loc"})
"""What a feed may contain of a sitemap by mistake."""


class Place(NamedTuple):
    """Where a feed has its entries: their name, and the number of elements between the root and them."""

    name: str
    depth: int


_MAX_GENERATOR = 80
# https://www.rfc-editor.org/rfc/rfc4287#section-4.2.7.2: a link without rel is an alternate link, too.
_PAGE_RELATIONS = ("", "alternate", "http://www.iana.org/assignments/relation/alternate")
_HTML_TYPES = ("", "text/html", "application/xhtml+xml")


def get_first_node(record: Record, *names: str) -> Node | None:
    """Return the first element with text, of the first of these names that has one."""
    for name in names:
        for node in record.children:
            if node.name == name and get_text(node):
                return node
    return None


def get_text(node: Node | None) -> str:
    """Return the trimmed text of an element; "" for None."""
    return (node.text or "").strip() if node else ""


def get_page_link(record: Record, name: str) -> Node | None:
    """Return the Atom link to the page among those of this name: the first one to HTML, else the first."""
    pages = [node for node in record.children if node.name == name and _is_page(node)]
    return next(filter(_is_html, pages), pages[0] if pages else None)


def report_other_pages(record: Record, name: str, collector: Collector) -> None:
    """Report links that compete with the one to the page.

    See https://www.rfc-editor.org/rfc/rfc4287#section-4.1.2
    """
    page = get_page_link(record, name)
    link = resolve_link(record, page, "href")
    for node in record.children if page else ():
        other = resolve_link(record, node, "href")
        is_page = node.name == name and _is_page(node) and _get_kind(node) == _get_kind(page)
        if is_page and not are_equivalent(other, link):
            message = f"another link in an entry was left out: {quote_text(other)}"
            at = Position(node.line or record.line)
            collector.report("duplicate-tag", message, at, loses_content=True)


def resolve_link(record: Record, node: Node | None, attribute: str = "") -> str:
    """Return the URL in the text or an attribute of an element, resolved against every xml:base around it."""
    if node is None:
        return ""
    link = _get_attribute(node, attribute) if attribute else get_text(node)
    base = record.base
    for attributes in (record.attributes, node.attributes):
        base = loc_urls.resolve_url(base, get_base(attributes)) or base
    return loc_urls.resolve_url(base, link)


def note_leniencies(
    record: Record, sources: Sequence[Node | None], place: Place, collector: Collector
) -> None:
    """Note why a strict reader of feeds would not get the URL of an item.

    Args:
        record: the item.
        sources: the elements in which such a reader looks for the URL; None for those that are missing.
        place: where the item has to be.
        collector: takes the reason.
    """
    at = Position(record.line)
    if (record.name, record.depth) != place or isinstance(record.name, InexactName):
        message = f"the {record.name} is not where a feed has its entries"
        note_leniency(collector, "misplaced-entry", message, at)
    elif all(each is None or isinstance(each.name, InexactName) for each in sources):
        message = f"the URL of the {record.name} is not in its link"
        note_leniency(collector, "loc-elsewhere", message, at)


def add_page(collector: Collector, record: Record, link: str, date: str) -> None:
    """Add the page of one item."""
    at = Position(record.line)
    if not link:
        collector.report("loc-missing", f"the {record.name} has no link to a page", at)
        return
    loc = loc_urls.accept_url(link, collector, at)
    if loc is not None:
        seconds = _parse_date(date, collector, at) if date else None
        collector.add_entry(Entry(loc, date or None, seconds, line=record.line))


def add_pages(collector: Collector, links: Sequence[str], dates: Sequence[str], lines: Sequence[int]) -> None:
    """Add the pages of items whose links were accepted, given as columns; a missing date is empty."""
    collector.has_lone_link = False
    lastmods = [each or None for each in dates]
    seconds = parse_w3c_column(lastmods) or [_read_date(each) if each else None for each in dates]
    if any(second is None and date for second, date in zip(seconds, dates, strict=True)):
        for link, date, line in zip(links, dates, lines, strict=True):
            collector.begin_entry()
            second = _parse_date(date, collector, Position(line)) if date else None
            collector.add_entry(Entry(link, date or None, second, line=line))
            collector.end_entry()
        return
    nothing = [None] * len(links)
    collector.add_entries(links, lastmods, seconds, nothing, nothing, lines)


def take_misplaced(record: Record, collector: Collector) -> None:
    """Take the ``loc`` of a sitemap from a feed that certainly is one, and report it."""
    loc = entry_urls.read_lone_loc(record, collector) if collector.kind_decided else None
    if loc is not None:
        collector.add_entry(Entry(loc, line=record.line))


def report_other_kind(record: Record, expected: str, collector: Collector) -> None:
    """Report a record of another kind of feed, which is read."""
    message = f"{record.name} elements among {expected} elements; they were read anyway"
    collector.report_once("mixed-kinds", record.name, message, Position(record.line))


def report_foreign(name: str, line: int, collector: Collector) -> None:
    """Report a record that is left out because of its namespace; ``name`` is as expat gives it."""
    namespace, brace, local = name.rpartition("}")
    if brace:
        message = f"{local} was left out: its namespace is {quote_text(namespace)}"
        collector.report_once("foreign-entry", namespace, message, Position(line))


def set_generator(collector: Collector, record: Record) -> None:
    """Set the program that a feed names as its generator."""
    name = (record.text or "").strip()
    known = generators.guess_generator(name)
    collector.generator = known or name[:_MAX_GENERATOR] or collector.generator


def _is_page(node: Node) -> bool:
    is_page = _get_attribute(node, "rel").lower() in _PAGE_RELATIONS
    return is_page and _get_attribute(node, "href") != ""


def _get_kind(node: Node | None) -> Sequence[str]:
    """Return type and language of a link, which distinguish it from the others of an entry."""
    return [_get_attribute(node, name) for name in ("type", "hreflang")] if node else ()


def _is_html(node: Node) -> bool:
    return _get_attribute(node, "type").partition(";")[0].rstrip().lower() in _HTML_TYPES


def _get_attribute(node: Node, name: str) -> str:
    return (node.get_attribute(name) or "").strip()


def _parse_date(date: str, collector: Collector, at: Position) -> int | None:
    """Parse a date, and report one that is neither of RFC 822 nor of W3C."""
    seconds = _read_date(date)
    if seconds is None:
        seconds, message = lenient_dates.describe_lenient_date(date)
        collector.report("lastmod-invalid", message, at)
    return seconds


def _read_date(date: str) -> int | None:
    """Parse a date of RFC 822, as in RSS, or of W3C, as in Atom; either is accepted in both."""
    seconds = parse_rfc822(date)
    return parse_w3c(date) if seconds is None else seconds
