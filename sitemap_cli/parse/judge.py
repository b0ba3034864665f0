"""Says what a document is, or why it is none that we read."""

import re

from sitemap_cli.model import Kind
from sitemap_cli.parse.format import Body, Sink, for_root, for_text
from sitemap_cli.parse.harvest import Harvest
from sitemap_cli.parse.locs import shown
from sitemap_cli.parse.prolog import HTML_ROOTS

_HTML = re.compile(r"<!doctype\s+html|<(?:html|head|body|script)[\s>]", re.IGNORECASE)
_LOOKED_AT = 4_096


def by_root(raw: str, harvest: Harvest) -> Sink | None:
    """What takes a document with this root element, named as expat names it; None to read no further."""
    namespace, _, local = raw.rpartition("}")
    found = for_root(namespace, local)
    if found is None:
        foreign(local, harvest)
        return None
    harvest.decide(found.kind)
    return found.open(raw, harvest)


def by_broken_root(local: str | None, harvest: Harvest) -> None:
    """Settle the kind of a document whose root element begins but cannot be read."""
    found = for_root(None, local) if local else None
    if found and not harvest.decided:
        harvest.decide(found.kind)


def by_text(head: str, line: int, harvest: Harvest) -> Body | None:
    """What takes a document that begins with this text; None to read no further."""
    found = for_text(head)
    if found:
        harvest.decide(found.kind)
        return found.open(harvest, line)
    if _HTML.search(head[:_LOOKED_AT]):
        html(harvest)
    else:
        begins = shown(head[:80].strip())
        harvest.end("not-a-sitemap", f"no XML and no list of addresses; the document begins {begins}")
    return None


def foreign(local: str, harvest: Harvest) -> None:
    """Refuse a document for its root element."""
    if local.lower() in HTML_ROOTS:
        html(harvest)
    else:
        harvest.end("not-a-sitemap", f"the root element is {shown(local)}, which no sitemap or feed has")


def html(harvest: Harvest) -> None:
    """Refuse a page."""
    harvest.decide(Kind.HTML)
    harvest.end("html-instead", "an HTML page where a sitemap should be")


def empty(harvest: Harvest) -> None:
    """Refuse a document without content."""
    harvest.decide(Kind.EMPTY)
    harvest.end("empty", "the document is empty")
