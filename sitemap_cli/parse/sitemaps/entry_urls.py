"""Finds the URLs of an entry where they are not in one ``loc``: in several, beside it, or in the text."""

import re
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter

import msgspec

from sitemap_cli import urls
from sitemap_cli.parse.collector import Collector, Position
from sitemap_cli.parse.records import InexactName, Node, Record, get_base
from sitemap_cli.parse.strictness import note_leniency
from sitemap_cli.parse.values import loc_urls
from sitemap_cli.parse.values.quoting import quote_text

_URL = re.compile(r"https?://[^\s<>\"\ufffd]+", re.IGNORECASE)
_PATH = re.compile(r"/[^\s<>\"\ufffd/][^\s<>\"\ufffd]*")


def split_record(record: Record, collector: Collector) -> Iterable[Record]:
    """Return the entries of a record in document order: each URL beyond the first is one of its own."""
    entries = _split_locs(record, collector)
    texts = [Node("", record.text, (), (), record.line), *record.later_texts]
    if not any(map(get_content, texts)):
        return entries
    return sorted((*entries, *_read_texts(record, texts, collector)), key=attrgetter("line"))


def _split_locs(record: Record, collector: Collector) -> Iterator[Record]:
    """Yield the entries of a record: each ``loc`` with another URL begins a new one.

    What comes before the first URL belongs to its entry, and what comes after a URL to the entry of that URL.
    See https://github.com/crawler-commons/crawler-commons/issues/213
    """
    begins = list(_locate_entries(record.children))
    for start, end in zip((0, *begins), (*begins, len(record.children)), strict=True):
        if not start:
            yield msgspec.structs.replace(record, children=record.children[:end]) if begins else record
            continue
        node = record.children[start]
        url = quote_text((node.text or "").strip())
        message = f"another loc in a {record.name} element, read as an entry of its own: {url}"
        line = node.line or record.line
        collector.report("several-locs", message, Position(line))
        children = record.children[start:end]
        base = find_base(record)
        # A strict parser takes the first loc of the right name alone.
        is_first = not any(_is_exact(each) for each in record.children[:start]) and _is_exact(node)
        leniency = "" if is_first else "several-locs"
        yield Record(record.name, line, (), children, {}, record.has_nested, base=base, leniency=leniency)


def get_content(node: Node) -> str:
    """Return the text of a field, ``...`` if it has other content, or "" if it is empty."""
    return (node.text or "").strip() or ("..." if node.children or node.text is None else "")


def find_base(record: Record, node: Node | None = None) -> str:
    """Return the base URL that ``xml:base`` gives for a field of a record, or ""; it may be relative."""
    base = loc_urls.resolve_url(record.base, get_base(record.attributes)) or record.base
    return base if node is None else loc_urls.resolve_url(base, get_base(node.attributes)) or base


def read_loc(record: Record, collector: Collector) -> str | None:
    """Return the URL of a record if it is acceptable; report what is wrong with it."""
    at = Position(record.line)
    nodes = [each for each in record.children if each.name == "loc"]
    node = next(filter(get_content, nodes), nodes[0] if nodes else None)
    if node is None or not get_content(node):
        return _read_elsewhere(record, node, collector, at)
    if node.children:
        found = " ".join(filter(None, _iterate_texts(node)))
        what = f": {quote_text(found)}" if found else ""
        collector.report("loc-invalid", f"the loc contains other elements{what}", at)
    elif node.text is not None:
        return loc_urls.accept_url(node.text, collector, at, find_base(record, node))
    return None


def read_lone_loc(record: Record, collector: Collector) -> str | None:
    """Return the URL of a ``loc`` outside of any entry, if it certainly is one."""
    at = Position(record.line)
    text = (record.text or "").strip()
    if not _URL.fullmatch(text):
        what = f": {quote_text(text)}" if text else ""
        collector.report("stray-tag", f"a loc outside of any entry was left out{what}", at)
        return None
    loc = loc_urls.accept_url(text, collector, at)
    if loc is not None:
        message = f"a loc outside of any entry, read as an entry of its own: {quote_text(loc)}"
        collector.report("lone-loc", message, at)
        note_leniency(collector, "lone-loc", message, at)
    return loc


def _read_texts(record: Record, texts: Sequence[Node], collector: Collector) -> Iterator[Record]:
    """Yield an entry for each URL that is a text beside the ``loc`` of a record; report every other text.

    The text of a record without ``loc`` is its URL.
    """
    known = {get_content(each) for each in record.children if each.name == "loc"}
    for node in texts if any(known) else ():
        text, at = get_content(node), Position(node.line)
        if not text or text in known:
            continue
        known.add(text)
        if _URL.fullmatch(text):
            message = (
                f"a URL beside the loc of a {record.name}, read as an entry of its own: {quote_text(text)}"
            )
            collector.report("loc-elsewhere", message, at)
            children = (Node("loc", text),)
            yield Record(record.name, node.line, (), children, {}, has_nested=False, leniency="loc-elsewhere")
            continue
        message = f"text beside the loc of a {record.name} was left out: {quote_text(text)}"
        if "://" in text:
            collector.report("stray-address", message, at)
        else:
            collector.report_once("stray-text", record.name, message, at)


def _locate_entries(children: Sequence[Node]) -> Iterator[int]:
    """Yield the index of each ``loc`` with a URL that is neither the first one nor known already."""
    known: set[str] = set()
    for at, node in enumerate(children):
        if node.name == "loc" and (url := get_content(node)) and url not in known:
            if known:
                yield at
            known.add(url)


def _is_exact(node: Node) -> bool:
    """Return whether this is a ``loc`` with a URL, of exactly this name."""
    return node.name == "loc" and not isinstance(node.name, InexactName) and get_content(node) != ""


def _iterate_texts(node: Node) -> Iterator[str]:
    """Yield the texts of an element and of all below it."""
    yield (node.text or "").strip()
    for child in node.children:
        yield from _iterate_texts(child)


def _read_elsewhere(record: Record, node: Node | None, collector: Collector, at: Position) -> str | None:
    """Return the URL that is the text of a record without ``loc``; one elsewhere is only reported."""
    texts = [(each or "").strip() for each in (record.text, *(node.text for node in record.later_texts))]
    base = find_base(record)
    around = base or collector.base_url or ""
    text = next((each for each in texts if _is_url(each, around)), " ".join(texts).strip())
    if _is_url(text, around):
        message = f"the URL of a {record.name} is not in a loc; it was read anyway: {quote_text(text)}"
        collector.report("loc-elsewhere", message, at)
        note_leniency(collector, "loc-elsewhere", message, at)
        return loc_urls.accept_url(text, collector, at, base)
    values = [*record.attributes[1::2], *(node.attributes[1::2] if node else ())]
    values += [each for child in record.children for each in _iterate_texts(child)]
    found = next(filter(_URL.match, values), text)
    what = "the loc is empty" if node else f"the {record.name} has no loc"
    collector.report("loc-missing", f"{what}; it has {quote_text(found)}" if found else what, at)
    return None


def _is_url(text: str, base: str) -> bool:
    """Return whether a text certainly is one URL, if only its path or one without a scheme."""
    if _URL.fullmatch(text) or (base and _PATH.fullmatch(text)):
        return True
    return len(text.split()) == 1 and urls.repair_scheme(text, base) is not None
