"""What RSS and Atom have in common as lists of pages."""

from sitemap_cli.model import Entry
from sitemap_cli.parse import dates, generators, locs
from sitemap_cli.parse.harvest import Harvest, Position
from sitemap_cli.parse.records import Node, Record

_LONGEST_GENERATOR = 80


def first(record: Record, *names: str) -> Node | None:
    """The first element with the first of these names that occurs at all."""
    for name in names:
        for node in record.children:
            if node.name == name:
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
    loc = locs.accepted(link, harvest, at)
    if loc is None:
        return
    moment = dates.rfc822(date) if date else None
    if date and moment is None:
        moment = dates.w3c(date)
    if date and moment is None:
        harvest.problem("lastmod-invalid", f"not a date: {locs.shown(date)}", at)
    harvest.entry(Entry(loc, date or None, moment, line=record.line))


def sign(harvest: Harvest, record: Record) -> None:
    """Note which program a feed names as its generator."""
    said = (record.text or "").strip()
    harvest.generator = generators.guess(said) or said[:_LONGEST_GENERATOR] or harvest.generator
