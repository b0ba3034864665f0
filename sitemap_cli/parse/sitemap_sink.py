"""The elements of the sitemap protocol, shared by the two documents it knows.

See https://www.sitemaps.org/protocol.html
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import starmap
from typing import TYPE_CHECKING, Any

from sitemap_cli.model.namespaces import describe_namespace
from sitemap_cli.model.values import Child, Entry, Severity
from sitemap_cli.parse import element_order
from sitemap_cli.parse.collector import Harvest, Position
from sitemap_cli.parse.extension import Extension, all_sound, extensions, meant_by
from sitemap_cli.parse.fast.plain_entries import Quick, Texts
from sitemap_cli.parse.format import Root
from sitemap_cli.parse.names import NAMESPACE
from sitemap_cli.parse.records import Names, Node, Record
from sitemap_cli.parse.values import lenient_dates, loc_urls
from sitemap_cli.w3c_time import parse_w3c, parse_w3c_column

if TYPE_CHECKING:
    from sitemap_cli.parse.fast.extended_entries import Rich

_ALIASES = (
    "https://www.sitemaps.org/schemas/sitemap/0.9",
    "http://www.google.com/schemas/sitemap/0.84",
    "http://www.google.com/schemas/sitemap/0.9",
)
_FIELDS = frozenset(element_order.FIELDS)


class ProtocolSink:
    """Takes ``url`` and ``sitemap`` elements, in whichever of the two documents they stand."""

    __slots__ = (
        "_expected",
        "_harvest",
        "addresses",
        "containers",
        "fields",
        "names",
        "quick",
        "records",
        "rich",
    )

    def __init__(self, root: Root, harvest: Harvest, expected: str) -> None:
        self._harvest = harvest
        self._expected = expected
        self.records = frozenset({"url", "sitemap"})
        self.containers = frozenset({"urlset", "sitemapindex"})
        self.fields = _FIELDS
        self.addresses = frozenset({"loc"})
        self.names = Names(_prefixes(root.namespace), self._odd, self._strange)
        self.quick: Quick | None = self._quick if expected == "url" else None
        self.rich: Rich | None = self._rich if expected == "url" else None
        self._check(root.namespace, root.at)

    def record(self, record: Record) -> None:
        """Take one ``url`` or ``sitemap``."""
        if record.name != self._expected:
            message = f"{record.name} elements among the {self._expected} elements"
            self._harvest.once("mixed-kinds", record.name, message, Position(record.line))
        if record.dropped:
            self._tell_dropped(record)
        texts: dict[str, str | None] = {node.name: node.text for node in record.children}
        self._harvest.disorder.note(tuple(texts), record.line)
        extended: Sequence[Node] = ()
        loc = texts.get("loc")
        if record.nested or len(texts) < len(record.children) or not texts.keys() <= _FIELDS:
            texts, extended = self._sorted(record)
            loc = self._loc(record)
        elif loc is None or not loc_urls.is_plain(loc):
            loc = self._loc(record)
        if loc is not None:
            self._add(record, loc, texts, extended)

    def _add(
        self, record: Record, loc: str, texts: Mapping[str, str | None], extended: Sequence[Node]
    ) -> None:
        line = record.line
        lastmod = _trimmed(texts.get("lastmod"))
        if record.name == "sitemap":
            self._harvest.child(Child(loc, lastmod, self._moment(lastmod, line), line))
            return
        changefreq = _trimmed(texts.get("changefreq"))
        priority = _trimmed(texts.get("priority"))
        self._rich(loc, lastmod, changefreq, priority, line, self._sound(extended, line))

    def _quick(
        self,
        addresses: Sequence[str],
        lastmods: Texts,
        changefreqs: Texts,
        priorities: Texts,
        lines: Sequence[int],
    ) -> None:
        """Take pages whose addresses were found good."""
        moments = parse_w3c_column(lastmods)
        rows = zip(addresses, lastmods, moments or lastmods, changefreqs, priorities, lines, strict=False)
        if moments is None:
            for row in rows:
                self._rich(*row[:2], *row[3:])
            return
        self._harvest.items.extend(starmap(Entry, rows))
        self._harvest.urls += len(addresses)

    def _rich(
        self,
        loc: str,
        lastmod: str | None,
        changefreq: str | None,
        priority: str | None,
        line: int,
        extended: Sequence[Node] = (),
        early: bool = False,
    ) -> None:
        """Take one page whose address was found good; extensions may be ``early``, which is not noted yet."""
        if early:
            given = zip(element_order.FIELDS[1:], (lastmod, changefreq, priority), strict=True)
            names = (name for name, text in given if text is not None)
            self._harvest.disorder.note((extended[0].name, *names), line)
        values = self._extensions(extended, line) if extended else None
        moment = self._moment(lastmod, line)
        self._harvest.entry(Entry(loc, lastmod, moment, changefreq, priority, line, values))

    def contain(self, name: str, line: int) -> None:
        """Report a list inside of a list."""
        message = f"{name} inside of the root element; what it lists is read all the same"
        self._harvest.once("nested-root", name, message, Position(line))

    def stray(self, name: str, line: int) -> None:
        """Report an element where only records may stand."""
        namespace, _, local = name.rpartition("}")
        if namespace:
            self._foreign(namespace, local, Position(line))
            return
        message = f"{name} stands outside of {self._expected} elements and was left out"
        self._harvest.once("stray-tag", name, message, Position(line))

    def loose(self, text: str, line: int) -> None:
        """Report text where only records may stand; addresses in it are lost."""
        message = f"text outside of {self._expected} elements was left out: {loc_urls.shown(text[:80])}"
        if "://" in text:
            self._harvest.once("stray-address", "", message, Position(line))
        else:
            self._harvest.once("stray-text", "", message, Position(line))

    def _foreign(self, namespace: str, local: str, at: Position) -> None:
        """Elements of others are none of ours; those of a namespace like ours were meant to be."""
        shown = loc_urls.shown(namespace)
        message = f"{local} of the namespace {shown}, not that of the protocol, was left out"
        if "sitemap" in namespace:
            self._harvest.once("entry-namespace", namespace, message, at)
        else:
            self._harvest.once("foreign-entry", namespace, message, at)

    def _sorted(self, record: Record) -> tuple[dict[str, str | None], list[Node]]:
        """The first text of each field of the protocol, and the elements of extensions."""
        fields: dict[str, Node] = {}
        extended: list[Node] = []
        for node in record.children:
            name = node.name
            if name in _FIELDS:
                first = fields.setdefault(name, node)
                if first is not node:
                    self._twice(first, node, record.line)
                    fields[name] = first if _says(first) else node
            elif ":" in name:
                extended.append(node)
            elif name in self.records or any(child.name == "loc" for child in node.children):
                message = f"{name} inside of a {record.name} was left out with its address"
                self._harvest.problem("stray-tag", message, Position(record.line))
            else:
                message = f"the protocol has no element {name} in {record.name}"
                self._harvest.once("unknown-tag", name, message, Position(record.line))
        return {name: node.text for name, node in fields.items()}, extended

    def _loc(self, record: Record) -> str | None:
        """The address of a record, when it takes more than a glance."""
        at = Position(record.line)
        nodes = [each for each in record.children if each.name == "loc"]
        node = next(filter(_says, nodes), nodes[0] if nodes else None)
        if node is None:
            self._harvest.problem("loc-missing", f"the {record.name} has no loc", at)
        elif node.children:
            self._harvest.problem("loc-invalid", "a loc with elements in it", at)
        elif node.text is not None:
            return loc_urls.accepted(node.text, self._harvest, at)
        return None

    def _moment(self, text: str | None, line: int) -> int | None:
        if text is None:
            return None
        moment = parse_w3c(text)
        if moment is None:
            moment, message = lenient_dates.told(text)
            self._harvest.problem("lastmod-invalid", message, Position(line))
        return moment

    def _extensions(self, nodes: Sequence[Node], line: int) -> dict[str, Any] | None:
        groups: dict[str, list[Node]] = {}
        for node in nodes:
            groups.setdefault(node.name.partition(":")[0], []).append(node)
        values: dict[str, Any] = {}
        for prefix, group in groups.items():
            extension = extensions()[prefix]
            self._compare(extension, group, Position(line))
            value = extension.read(group)
            if value is not None:
                values[extension.key] = value
        return values or None

    def _sound(self, nodes: Sequence[Node], line: int) -> Sequence[Node]:
        """The elements of extensions without addresses that nobody can know."""
        kept = all_sound(nodes)
        if kept is not nodes:
            message = "an address in an extension in which a character cannot be read"
            self._harvest.problem("loc-invalid", message, Position(line))
        return kept

    def _compare(self, extension: Extension, nodes: Sequence[Node], at: Position) -> None:
        """Report what the values of an extension cannot hold."""
        right = f"{extension.prefix}:{extension.element}"
        whole = [node for node in nodes if node.name == right]
        if extension.element and len(whole) < len(nodes):
            for name in dict.fromkeys(node.name for node in nodes if node.name != right):
                message = f"{name} where only {right} may stand was left out"
                self._harvest.once("stray-tag", name, message, at)
        if extension.single and len(whole) > 1:
            message = f"more than one {right} where one is allowed; the first counts"
            lost = any(node != whole[0] for node in whole)
            self._harvest.problem("duplicate-extension", message, at, lost=lost)
        for node in whole:
            if len({child.name for child in node.children}) < len(node.children):
                self._compare_fields(extension, node, at)

    def _compare_fields(self, extension: Extension, node: Node, at: Position) -> None:
        fields: dict[str, list[Node]] = {}
        for child in node.children:
            fields.setdefault(child.name.rpartition(":")[2], []).append(child)
        for name, nodes in fields.items():
            if len(nodes) > 1 and name not in extension.repeated:
                self._repeated(nodes, at)

    def _repeated(self, nodes: Sequence[Node], at: Position) -> None:
        """What only says the same again is no loss."""
        message = f"more than one {nodes[0].name} where one is allowed; the first counts"
        lost = any(node != nodes[0] for node in nodes)
        self._harvest.problem("duplicate-tag", message, at, lost=lost)

    def _twice(self, first: Node, again: Node, line: int) -> None:
        """Two addresses in one entry are one that is lost; an empty one is none."""
        lost = first.name == "loc" and _says(first) not in (_says(again), "") and _says(again) != ""
        message = f"more than one {first.name} in an entry; the first that says something counts"
        self._harvest.problem("duplicate-tag", message, Position(line), lost=lost)

    def _tell_dropped(self, record: Record) -> None:
        at = Position(record.line)
        for name, count in record.dropped.items():
            message = f"too many elements in one entry: {count:,} {name} were left out"
            if name == "image:image":
                self._harvest.problem("too-many-images", message, at)
            else:
                self._harvest.problem("too-many-extensions", message, at)

    def _odd(self, local: str) -> None:
        message = f"XML tells upper from lower case: {loc_urls.shown(local)} is not {local.lower()!a}"
        self._harvest.once("tag-case", local, message)

    def _strange(self, namespace: str) -> None:
        """Report an extension whose namespace is not as it has to be; what that means may still be clear."""
        meant = meant_by(namespace)
        if meant is not None and namespace not in (meant.namespace, *meant.others):
            what = f"the namespace of {meant.prefix} is {loc_urls.shown(namespace)}"
            message = f"{what}; it has to be {meant.namespace}"
            self._harvest.once("extension-namespace", namespace, message)

    def _check(self, namespace: str, at: Position) -> None:
        if namespace == NAMESPACE:
            return
        what = f"is {loc_urls.shown(namespace)}" if namespace else "is missing"
        severity = Severity.INFO if namespace in _ALIASES else Severity.WARNING
        message = describe_namespace(what, NAMESPACE)
        self._harvest.problem("namespace", message, at, severity=severity)


@lru_cache(maxsize=16)
def _prefixes(namespace: str) -> Mapping[str, str]:
    """Prefixes of canonical names; the namespace of the root counts as the protocol's."""
    known = {each: f"{prefix}:" for prefix, one in extensions().items() for each in one.namespaces}
    return {**known, **dict.fromkeys(("", NAMESPACE, *_ALIASES, namespace), "")}


def _says(node: Node) -> str:
    """What a field holds, whatever it is; nothing for an empty one."""
    return (node.text or "").strip() or ("..." if node.children or node.text is None else "")


def _trimmed(text: str | None) -> str | None:
    return None if text is None else text.strip()
