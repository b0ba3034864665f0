"""Finds entries that a strict parser does not see, because of their names or their place.

See https://www.w3.org/TR/xml-names/ and https://www.sitemaps.org/protocol.html
"""

from sitemap_cli.model.namespace_messages import describe_namespace
from sitemap_cli.parse.collector import Collector, Position
from sitemap_cli.parse.format import RootElement
from sitemap_cli.parse.protocol import NAMESPACE
from sitemap_cli.parse.records import InexactName, Record
from sitemap_cli.parse.sitemaps.entry_urls import get_content
from sitemap_cli.parse.strictness import note_leniency, stop_strictly
from sitemap_cli.parse.values.quoting import quote_text

EXACT_NAMES = frozenset(f"{NAMESPACE}}}{local}" for local in ("url", "sitemap", "loc"))
"""The names of what a strict parser looks for, as expat gives them."""


def check_root(root: RootElement, collector: Collector) -> None:
    """Note whether a strict parser stops at the root element, because it is not that of a sitemap."""
    if root.namespace != NAMESPACE:
        what = f"is {quote_text(root.namespace)}" if root.namespace else "is missing"
        stop_strictly(collector, "namespace", describe_namespace(what, NAMESPACE), root.at)
    elif root.local != root.local.lower():
        message = f"the root element is {quote_text(root.local)} instead of {root.local.lower()!a}"
        stop_strictly(collector, "tag-case", message, root.at)


def note_leniencies(record: Record, collector: Collector) -> None:
    """Note why a strict parser would not see a record, if it would not."""
    at = Position(record.line)
    if record.depth:
        message = f"the {record.name} is not directly in the root element"
        code = "misplaced-entry" if collector.codes["misplaced-entry"] else "nested-root"
        note_leniency(collector, code, message, at)
    loc = next((each for each in record.children if each.name == "loc" and get_content(each)), None)
    for name in (record.name, loc.name if loc else ""):
        if isinstance(name, InexactName):
            what, code = ("case", "tag-case") if name.has_other_case else ("namespace", "namespace")
            note_leniency(collector, code, f"{name} is in another {what} than in the protocol", at)


def note_second_url(record: Record, collector: Collector) -> None:
    """Note a record that was made of a further URL in another one: a strict parser takes the first."""
    if record.leniency:
        message = f"more than one URL in a {record.name} element"
        note_leniency(collector, record.leniency, message, Position(record.line))
