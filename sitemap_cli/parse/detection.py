"""Says what a document is, or why it is none that we read."""

import re
from collections.abc import Sequence

from sitemap_cli.model.values import Kind
from sitemap_cli.parse.collector import Harvest
from sitemap_cli.parse.format import Body, Root, Sink, for_root, for_text
from sitemap_cli.parse.names import NAMESPACE
from sitemap_cli.parse.values.loc_urls import shown
from sitemap_cli.parse.xml.prolog import begins_later

_HTML = re.compile(r"<!doctype\s+html|<(?:html|head|body|script)[\s>]", re.IGNORECASE)
_AROUND = {
    "url": (f'<urlset xmlns="{NAMESPACE}">'.encode(),),
    "sitemap": (f'<sitemapindex xmlns="{NAMESPACE}">'.encode(),),
}
_LOOKED_AT = 4_096


def by_root(root: Root, harvest: Harvest) -> Sink | None:
    """What takes a document with this root element; None to read no further."""
    found = for_root(root.namespace, root.local)
    if found is None:
        message = f"the root element is {shown(root.local)}, which no sitemap or feed has"
        harvest.end("not-a-sitemap", message, root.at)
        return None
    harvest.decide(found.kind)
    return found.open(root, harvest)


def is_root(local: str) -> bool:
    """Whether a document may begin with an element of this name."""
    return for_root(None, local) is not None


def around(local: str) -> Sequence[bytes]:
    """The tag of the root that an element of this name should stand in; none if it needs none."""
    return _AROUND.get(local.lower(), ())


def by_another_root(root: Root, harvest: Harvest) -> Sink | None:
    """What takes another document after the end of the first, which alone decides the kind."""
    found = for_root(root.namespace, root.local)
    if found is None:
        message = f"{root.local} of the namespace {shown(root.namespace)} after the end was left out"
        harvest.problem("foreign-entry", message, root.at)
        return None
    return found.open(root, harvest)


def by_broken_root(local: str | None, harvest: Harvest) -> None:
    """Settle the kind of a document whose root element begins but cannot be read."""
    found = for_root(None, local) if local else None
    if found and harvest.kind is Kind.UNKNOWN:
        harvest.decide(found.kind)


def by_text(head: str, line: int, harvest: Harvest, xml: Body) -> Body | None:
    """What takes a document that begins with this text, ``xml`` if XML follows; None to read no further."""
    found = for_text(head)
    if found:
        harvest.decide(found.kind)
        return found.open(harvest, line)
    if begins_later(head.encode()):
        return xml
    if _HTML.search(head[:_LOOKED_AT]):
        html(harvest)
    else:
        begins = shown(head[:80].strip())
        harvest.end("not-a-sitemap", f"no XML and no list of addresses; the document begins {begins}")
    return None


def html(harvest: Harvest) -> None:
    """Refuse a page."""
    harvest.decide(Kind.HTML)
    harvest.end("html-instead", "an HTML page where a sitemap should be")


def empty(harvest: Harvest) -> None:
    """Refuse a document without content."""
    harvest.decide(Kind.EMPTY)
    harvest.end("empty", "the document is empty")
