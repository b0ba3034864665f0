"""Adds the items of RSS and Atom feeds as pages."""

from sitemap_cli.model.values import Entry
from sitemap_cli.parse import generators
from sitemap_cli.parse.collector import Collector, Position
from sitemap_cli.parse.records import Node, Record, get_base
from sitemap_cli.parse.values import lenient_dates, loc_urls
from sitemap_cli.parse.values.rfc822_dates import parse_rfc822
from sitemap_cli.w3c_time import parse_w3c

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
    for node in pages:
        if _get_attribute(node, "type").partition(";")[0].rstrip().lower() in _HTML_TYPES:
            return node
    return pages[0] if pages else None


def resolve_link(record: Record, node: Node | None, attribute: str = "") -> str:
    """Return the URL in the text or an attribute of an element, resolved against every xml:base around it."""
    if node is None:
        return ""
    link = _get_attribute(node, attribute) if attribute else get_text(node)
    for base in (get_base(node.attributes), get_base(record.attributes), record.base):
        link = loc_urls.resolve_url(base, link)
    return link


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


def set_generator(collector: Collector, record: Record) -> None:
    """Set the program that a feed names as its generator."""
    name = (record.text or "").strip()
    known = generators.guess_generator(name)
    collector.generator = known or name[:_MAX_GENERATOR] or collector.generator


def _is_page(node: Node) -> bool:
    is_page = _get_attribute(node, "rel").lower() in _PAGE_RELATIONS
    return is_page and _get_attribute(node, "href") != ""


def _get_attribute(node: Node, name: str) -> str:
    return (node.get_attribute(name) or "").strip()


def _parse_date(date: str, collector: Collector, at: Position) -> int | None:
    """Parse a date of RFC 822, as in RSS, or of W3C, as in Atom; either is accepted in both."""
    seconds = parse_rfc822(date)
    if seconds is None:
        seconds = parse_w3c(date)
    if seconds is None:
        seconds, message = lenient_dates.describe_lenient_date(date)
        collector.report("lastmod-invalid", message, at)
    return seconds
