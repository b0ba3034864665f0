"""What RSS and Atom have in common as lists of pages."""

from sitemap_cli.model.values import Entry
from sitemap_cli.parse import generators
from sitemap_cli.parse.collector import Harvest, Position
from sitemap_cli.parse.records import Node, Record
from sitemap_cli.parse.values import lenient_dates, loc_urls, rfc822_dates
from sitemap_cli.w3c_time import parse_w3c

_LONGEST_GENERATOR = 80


def first(record: Record, *names: str) -> Node | None:
    """The first element that has any text, of the first of these names for which there is one."""
    for name in names:
        for node in record.children:
            if node.name == name and text(node):
                return node
    return None


def text(node: Node | None) -> str:
    """The text of an element without the blanks around it."""
    return (node.text or "").strip() if node else ""


def add(harvest: Harvest, record: Record, link: str, date: str) -> None:
    """Add the page of one item."""
    at = Position(record.line)
    if not link:
        harvest.problem("loc-missing", f"the {record.name} has no link to a page", at)
        return
    loc = loc_urls.accepted(link, harvest, at)
    if loc is not None:
        moment = _moment(date, harvest, at) if date else None
        harvest.entry(Entry(loc, date or None, moment, line=record.line))


def _moment(date: str, harvest: Harvest, at: Position) -> int | None:
    """RSS has dates of RFC 822 and Atom those of W3C; either is welcome in both."""
    moment = rfc822_dates.parse_rfc822(date)
    if moment is None:
        moment = parse_w3c(date)
    if moment is None:
        moment, message = lenient_dates.told(date)
        harvest.problem("lastmod-invalid", message, at)
    return moment


def sign(harvest: Harvest, record: Record) -> None:
    """Note which program a feed names as its generator."""
    said = (record.text or "").strip()
    harvest.generator = generators.guess(said) or said[:_LONGEST_GENERATOR] or harvest.generator
