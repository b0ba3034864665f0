"""Takes the entries of the two documents of the sitemap protocol: ``urlset`` and ``sitemapindex``.

See https://www.sitemaps.org/protocol.html
"""

from collections.abc import Container, Mapping, Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from sitemap_cli.model.item_batch import Texts
from sitemap_cli.model.values import Child, Entry
from sitemap_cli.parse.collector import Collector, Position
from sitemap_cli.parse.entry_extensions import (
    are_complete,
    check_namespace,
    drop_unreadable_urls,
    read_extensions,
)
from sitemap_cli.parse.extension import get_extensions
from sitemap_cli.parse.format import RootElement, match_root
from sitemap_cli.parse.protocol import FIELDS, NAMESPACE, NAMESPACE_VARIANTS, UNDECLARED
from sitemap_cli.parse.records import CanonicalNames, Node, Record
from sitemap_cli.parse.sitemaps import entry_urls, strict_names
from sitemap_cli.parse.sitemaps.entry_namespaces import EntryNamespaces
from sitemap_cli.parse.strictness import note_leniency
from sitemap_cli.parse.values import lenient_dates, loc_urls
from sitemap_cli.parse.values.quoting import quote_text
from sitemap_cli.w3c_time import parse_w3c, parse_w3c_column

if TYPE_CHECKING:
    from sitemap_cli.parse.fast.extended_entries import TakeExtendedEntries, TakeExtendedEntry
    from sitemap_cli.parse.fast.feed_items import UsualItems
    from sitemap_cli.parse.fast.plain_entries import TakePlainEntries
    from sitemap_cli.parse.fast.shape_patterns import EntryRows

_FIELDS = frozenset(FIELDS)


class SitemapSink:
    """Takes ``url`` and ``sitemap`` elements, whichever of the two documents they are in.

    Args:
        root: the root element.
        collector: receives entries, children and problems.
        expected: the name of the elements that belong in this document.
    """

    __slots__ = (
        *("_collector", "_expected", "_namespaces", "containers", "fields"),
        *("lone_fields", "names", "records", "take_extended_entries", "take_extended_entry"),
        *("take_plain_entries", "url_fields", "usual_items"),
    )

    def __init__(self, root: RootElement, collector: Collector, expected: str) -> None:
        self._collector = collector
        self._expected = expected
        self.records = frozenset({"url", "sitemap"})
        self.containers = frozenset({"urlset", "sitemapindex"})
        self.fields = _FIELDS
        self.url_fields = self.lone_fields = frozenset({"loc"})
        self.names = CanonicalNames(
            _build_prefixes(root.namespace),
            partial(_report_tag_case, collector),
            partial(check_namespace, collector=collector),
            self._note_namespace,
            strict_names.EXACT_NAMES,
        )
        self._namespaces = EntryNamespaces(collector, root.namespace)
        is_urlset = expected == "url"
        self.take_plain_entries: TakePlainEntries | None = self._add_plain_entries if is_urlset else None
        self.take_extended_entry: TakeExtendedEntry | None = self._take_extended if is_urlset else None
        self.take_extended_entries: TakeExtendedEntries | None = self._add_extended if is_urlset else None
        self.usual_items: UsualItems | None = None
        self._namespaces.check_root(root.at)
        _report_tag_case(collector, root.local)

    def keeps_field(self, name: str) -> bool:
        """Return whether this is a field of the protocol or of an extension."""
        return name in _FIELDS or ":" in name

    def take_record(self, record: Record) -> None:
        """Take one ``url`` or ``sitemap``, or a ``loc`` outside of them."""
        if record.name in self.lone_fields:
            loc = entry_urls.read_lone_loc(record, self._collector)
            if loc is not None:
                self._add_record(self._expected, record.line, loc, {}, ())
            return
        if record.name != self._expected:
            _report_mixed_kinds(record, self._expected, self._collector)
        self._report_oddities(record)
        texts: dict[str, str | None] = {node.name: node.text for node in record.children}
        _check_names(tuple(texts), record.line, self._collector)
        if not record.is_flat() or len(texts) < len(record.children) or not texts.keys() <= _FIELDS:
            for entry in entry_urls.split_record(record, self._collector):
                self._take_entry(entry)
                self._collector.begin_entry()
            return
        loc = texts.get("loc")
        if loc is None or not loc_urls.is_plain(loc):
            loc = entry_urls.read_loc(record, self._collector)
        if loc is not None:
            self._add_record(record.name, record.line, loc, texts, ())

    def _report_oddities(self, record: Record) -> None:
        """Report what is odd about the names, the place and the size of a record."""
        if record.depth or self.names.has_inexact:
            strict_names.note_leniencies(record, self._collector)
        if self._namespaces.noted:
            self._namespaces.report_noted(record.line)
        _report_left_out(record, self._collector)

    def enter_container(self, name: str, line: int) -> None:
        """Report a list inside a list."""
        message = f"{name} is inside the root element; its entries were read anyway"
        self._collector.report_once("nested-root", name, message, Position(line))

    def report_stray_element(self, name: str, line: int) -> None:
        """Report an element where only records are allowed."""
        namespace, _, local = name.rpartition("}")
        if namespace:
            _report_foreign_entry(namespace, local, line, self._collector)
            return
        message = f"{name} outside of {self._expected} elements was left out"
        self._collector.report_once("stray-tag", name, message, Position(line))

    def report_stray_text(self, text: str, line: int) -> None:
        """Report text where only records are allowed; URLs in it are lost."""
        message = f"text outside of {self._expected} elements was left out: {quote_text(text[:80])}"
        code = "stray-address" if "://" in text else "stray-text"
        self._collector.report_once(code, "", message, Position(line))

    def _take_entry(self, record: Record) -> None:
        """Take one entry of a record, which may have extensions, unknown elements and repeated fields."""
        strict_names.note_second_url(record, self._collector)
        texts, extended = _split_children(record, self.records, self._collector)
        loc = entry_urls.read_loc(record, self._collector)
        if loc is not None:
            self._add_record(record.name, record.line, loc, texts, extended)

    def _add_record(
        self, name: str, line: int, loc: str, texts: Mapping[str, str | None], extended: Sequence[Node]
    ) -> None:
        lastmod = _trim(texts.get("lastmod"))
        if name == "sitemap":
            self._collector.add_child(Child(loc, lastmod, self._parse_lastmod(lastmod, line), line))
            return
        changefreq = _trim(texts.get("changefreq"))
        priority = _trim(texts.get("priority"))
        kept = drop_unreadable_urls(extended, line, self._collector)
        values = read_extensions(kept, line, self._collector, is_complete=False)
        self._add_page(loc, lastmod, changefreq, priority, line, values)

    def _add_plain_entries(
        self,
        locs: Sequence[str],
        lastmods: Texts,
        changefreqs: Texts,
        priorities: Texts,
        lines: Sequence[int],
    ) -> None:
        """Add pages whose URLs were accepted, given as columns."""
        seconds = parse_w3c_column(lastmods)
        if seconds is None:
            for row in zip(locs, lastmods, changefreqs, priorities, lines, strict=True):
                self._add_page(*row)
            return
        self._collector.add_entries(locs, lastmods, seconds, changefreqs, priorities, lines)

    def _take_extended(
        self,
        loc: str,
        lastmod: str | None,
        changefreq: str | None,
        priority: str | None,
        line: int,
        extended: Sequence[Node],
        extended_first: bool,
    ) -> bool:
        """Add one page whose URL was accepted if its extensions are complete; check its order."""
        if not are_complete(extended):
            return False
        fields = lastmod, changefreq, priority
        self._collector.begin_entry()
        if extended_first:
            _check_order(extended[0].name, fields, line, self._collector)
        values = read_extensions(extended, line, self._collector, is_complete=True)
        self._add_page(loc, *fields, line, values)
        return True

    def _add_extended(self, rows: "EntryRows", lines: Sequence[int]) -> None:
        """Add pages whose URLs and extensions were accepted; check their order."""
        locs, *fields, extensions, firsts = rows
        if any(firsts):
            self._check_orders(firsts, fields, lines)
        seconds = parse_w3c_column(rows.lastmods)
        if seconds is None:
            for row in zip(locs, *fields, lines, extensions, strict=True):
                self._add_page(*row)
            return
        lastmods, changefreqs, priorities = fields
        self._collector.add_entries(locs, lastmods, seconds, changefreqs, priorities, lines, extensions)

    def _check_orders(self, firsts: Texts, fields: Sequence[Texts], lines: Sequence[int]) -> None:
        """Check the order of entries: an extension before any other field is too early."""
        rows = list(zip(firsts, *fields, strict=True))
        late = [at for at, (first, *texts) in enumerate(rows) if first and any(texts)]
        if late:
            first, *texts = rows[late[0]]
            _check_order(first or "", texts, lines[late[0]], self._collector, late[0])
            self._collector.disorder.entries += len(late) - 1

    def _add_page(
        self,
        loc: str,
        lastmod: str | None,
        changefreq: str | None,
        priority: str | None,
        line: int,
        extensions: dict[str, Any] | None = None,
    ) -> None:
        """Add one page whose URL was accepted."""
        seconds = self._parse_lastmod(lastmod, line)
        self._collector.add_entry(Entry(loc, lastmod, seconds, changefreq, priority, line, extensions))
        self._collector.end_entry()

    def _parse_lastmod(self, text: str | None, line: int) -> int | None:
        if text is None:
            return None
        seconds = parse_w3c(text)
        if seconds is None:
            seconds, message = lenient_dates.describe_lenient_date(text)
            self._collector.continue_entry()
            self._collector.report("lastmod-invalid", message, Position(line))
        return seconds

    def _note_namespace(self, namespace: str, name: str) -> None:
        if name in self.records or name in _FIELDS:
            self._namespaces.note(namespace, name)


def _check_order(
    first: str, fields: Sequence[str | None], line: int, collector: Collector, ahead: int = 0
) -> None:
    """Check the order of an entry with an extension of this name before the fields of the protocol."""
    names = (name for name, text in zip(FIELDS[1:], fields, strict=True) if text is not None)
    _check_names((first, *names), line, collector, ahead)


def _check_names(names: tuple[str, ...], line: int, collector: Collector, ahead: int = 0) -> None:
    """Check the order of an entry that is added after ``ahead`` others."""
    collector.disorder.check_entry(names, line, collector.next_entry + ahead)


def _split_children(
    record: Record, records: Container[str], collector: Collector
) -> tuple[dict[str, str | None], list[Node]]:
    """Return the first text of each field of the protocol, and the elements of extensions."""
    fields: dict[str, Node] = {}
    extended: list[Node] = []
    for node in record.children:
        name = node.name
        if name in _FIELDS and not _hides_loc(node):
            first = fields.setdefault(name, node)
            if first is not node:
                _report_repeated_field(name, record.line, collector)
                fields[name] = first if entry_urls.get_content(first) else node
        elif ":" in name:
            extended.append(node)
        else:
            _report_unknown_child(record, node, records, collector)
    return {name: node.text for name, node in fields.items()}, extended


def _report_unknown_child(record: Record, node: Node, records: Container[str], collector: Collector) -> None:
    """Report an element of an entry that is no field of the protocol; URLs in it are lost."""
    name, at = node.name, Position(record.line)
    if name in records or any(child.name == "loc" for child in node.children):
        urls = [each.text or "" for each in (node, *node.children) if each is node or each.name == "loc"]
        url = next(filter(None, map(str.strip, urls)), "")
        message = f"{name} inside {record.name} was left out with its URL {quote_text(url)}"
        collector.report("stray-tag", message, at)
    else:
        message = f"the protocol has no element {name} in {record.name}"
        collector.report_once("unknown-tag", name, message, at)


def _report_mixed_kinds(record: Record, expected: str, collector: Collector) -> None:
    """Report a record of the other kind of document, which a strict parser skips."""
    message, at = f"{record.name} elements among {expected} elements", Position(record.line)
    collector.report_once("mixed-kinds", record.name, message, at)
    note_leniency(collector, "mixed-kinds", message, at)


def _report_left_out(record: Record, collector: Collector) -> None:
    """Report what the limits of a record, or its place, kept from being read."""
    if record.nested_line:
        message = f"{record.name} inside {record.name} was left out with its URL"
        collector.report("stray-tag", message, Position(record.nested_line))
    for name, count in record.dropped.items():
        message = f"too many elements in one entry: {count:,} {name} were left out"
        code = "too-many-images" if name == "image:image" else "too-many-extensions"
        collector.report(code, message, Position(record.line))


def _report_foreign_entry(namespace: str, local: str, line: int, collector: Collector) -> None:
    """Report an entry of another namespace; one that resembles ours was meant to be ours."""
    what = f"{local} was left out: its namespace is {quote_text(namespace)}"
    message = f"{what}; it has to be {NAMESPACE}"
    code = "entry-namespace" if "sitemap" in namespace else "foreign-entry"
    if namespace.startswith(UNDECLARED):
        prefix = quote_text(namespace.removeprefix(UNDECLARED))
        code, message = "entry-namespace", f"{local} was left out: its prefix {prefix} is not declared"
    elif match_root(namespace, "feed"):
        code, message = "stray-tag", f"{local} is an element of feeds; it was left out"
    collector.report_once(code, namespace, message, Position(line))


def _hides_loc(node: Node) -> bool:
    """Return whether the loc of an entry is in another of its fields."""
    return node.name != "loc" and any(child.name == "loc" for child in node.children)


def _report_tag_case(collector: Collector, local: str) -> None:
    if local == local.lower():
        return
    message = f"element names are case-sensitive: {quote_text(local)} must be {local.lower()!a}"
    collector.report_once("tag-case", local, message)


def _report_repeated_field(name: str, line: int, collector: Collector) -> None:
    message = f"more than one {name} in an entry; the first that is not empty counts"
    collector.report("duplicate-tag", message, Position(line))


@lru_cache(maxsize=16)
def _build_prefixes(namespace: str) -> Mapping[str, str]:
    """Return prefixes of canonical names by namespace; the root's namespace counts as the protocol's."""
    extensions = get_extensions().items()
    known = {each: f"{prefix}:" for prefix, one in extensions for each in one.namespaces}
    return {**known, **dict.fromkeys(("", NAMESPACE, *NAMESPACE_VARIANTS, namespace), "")}


def _trim(text: str | None) -> str | None:
    return None if text is None else text.strip()
