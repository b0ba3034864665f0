"""Balances the elements of broken XML: closes those left open, skips end tags without a start tag."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from sitemap_cli.parse.xml.namespaces import NamespaceScopes
from sitemap_cli.parse.xml.tags import Tag
from sitemap_cli.parse.xml.text_repairs import UNKNOWN, ReportRepair

if TYPE_CHECKING:
    from sitemap_cli.parse.format import RecordSink

# https://html.spec.whatwg.org/multipage/syntax.html#void-elements
VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
# An Atom entry may contain the generator of its source: https://www.rfc-editor.org/rfc/rfc4287#section-4.2.11
_NESTED = "generator"
_HIDDEN = "an entry was left out because it is in an element of another namespace that is not closed"
_MAX_NEAR = 8
"""Open elements that an end tag with another prefix may end."""


class _Element(NamedTuple):
    """An element that is open.

    ``written`` is its name in the document, ``key`` the one that its end tag is compared with, ``canonical``
    the one that formats know (empty for a foreign element), ``name`` the one to write.
    """

    written: bytes
    key: str
    canonical: str
    name: bytes
    declared: Mapping[bytes, bytes]


class ElementStack:
    """The open elements of one document.

    ``sink`` takes its entries, once it is known. ``has_text`` says whether the innermost element has text.

    Args:
        report: takes problems.
        flush: has the parser read everything written so far.
        discard_record: discards the entry that is open.
    """

    __slots__ = (
        *("_discard_record", "_flush", "_keys", "_open", "_record_depth", "_report", "_scopes"),
        *("has_text", "sink"),
    )

    def __init__(
        self, report: ReportRepair, flush: Callable[[], None], discard_record: Callable[[], None]
    ) -> None:
        self._report = report
        self._flush = flush
        self._discard_record = discard_record
        self._scopes = NamespaceScopes(report)
        self._open: list[_Element] = []
        self._keys: Counter[str] = Counter()
        self._record_depth = 0
        self.has_text = False
        self.sink: RecordSink | None = None

    def __bool__(self) -> bool:
        return bool(self._open)

    @property
    def depth(self) -> int:
        """The number of open elements."""
        return len(self._open)

    @property
    def only_root(self) -> bool:
        """Whether only the root is open, so that an entry may begin."""
        return len(self._open) == 1

    @property
    def in_url(self) -> bool:
        """Whether the text of the innermost element may be a URL: it is that of a page, or an entry."""
        canonical, sink = self._open[-1].canonical if self._open else "", self.sink
        return sink is not None and (canonical in sink.url_fields or canonical in sink.records)

    def open_element(self, tag: Tag) -> list[bytes]:
        """Open the element of a start tag; return what to write."""
        out: list[bytes] = []
        if not tag.closed:
            self._report("unclosed-tag", "the tag has no closing >", tag.at)
        canonical = self._get_canonical(self._scopes.expand_name(tag)) if self.sink else ""
        if canonical:
            self._make_room(canonical, tag.at, out)
        elif self._record_depth and self._is_hidden_record(tag):
            self._report("half-entry", _HIDDEN, tag.at)
        rewritten = self._scopes.rewrite_tag(tag, is_root=not self._open)
        empty = tag.empty or (canonical in VOID and not self._is_known(canonical))
        out += (b"<", rewritten.name, rewritten.attributes, b"/>" if empty else b">")
        if not empty:
            key = _normalize_name(tag.name)
            self._push(_Element(tag.name, key, canonical, rewritten.name, rewritten.declared))
        return out

    def close_element(self, name: bytes, at: int) -> list[bytes] | None:
        """Close the element of an end tag; return what to write, or None if it is not open."""
        key = _normalize_name(name)
        if not self._keys[key]:
            key = self._match_local_name(key)
            if not key:
                return None
        out: list[bytes] = []
        depth = len(self._open) - 1
        if key == self._open[depth].key and name != self._open[depth].written:
            opened = self._open[depth].name.decode()
            self._report("mismatched-tag", f"the end tag of {opened} is spelled differently", at)
        while self._open[depth].key != key:
            depth -= 1
        self._close_down_to(depth + 1, at, out, cut=depth + 1 < self._record_depth)
        self._pop(out)
        return out

    def is_record(self, canonical: str) -> bool:
        """Return whether an element with this name is an entry."""
        return self.sink is not None and canonical in self.sink.records

    def begins_entry(self, canonical: str) -> bool:
        """Return whether an element with this name is an entry, or the URL of one that has nothing else."""
        return self.sink is not None and (self.is_record(canonical) or canonical in self.sink.lone_fields)

    def _is_hidden_record(self, tag: Tag) -> bool:
        """Return whether a tag inherits its foreign namespace, but has the name of an entry."""
        return self.is_record(_normalize_name(tag.name)) and b"xmlns" not in tag.attributes

    def _get_canonical(self, raw: str) -> str:
        """Return the name that formats know; its first use may report a problem, in its place."""
        names = self.sink.names if self.sink else {}
        if raw not in names:
            self._flush()
        return names[raw]

    def _drop_cut_url(self, canonical: str, at: int, out: list[bytes]) -> None:
        """Leave out a URL that may be cut, and its whole entry if it is that of the page."""
        if self.sink and canonical in self.sink.url_fields:
            self._report("half-entry", "an entry was left out because its URL may be cut", at)
            self._discard_record()
        elif self.has_text and self.is_record(canonical):
            out.append(UNKNOWN)
        elif self.has_text and canonical.endswith("loc"):
            self._report("half-entry", "a URL in an extension was left out because it may be cut", at)
            out.append(UNKNOWN)

    def _match_local_name(self, key: str) -> str:
        """Return the innermost open name that differs only in its prefix, or ""."""
        local = key.rpartition(":")[2]
        near = (each.key for each in reversed(self._open[-_MAX_NEAR:]))
        return next((each for each in near if each.rpartition(":")[2] == local), "")

    def _is_known(self, canonical: str) -> bool:
        sink = self.sink
        return sink is not None and any(
            canonical in names for names in (sink.records, sink.containers, sink.fields)
        )

    def _make_room(self, canonical: str, at: int, out: list[bytes]) -> None:
        """Close what cannot contain an element with this name."""
        if self._record_depth:
            self._make_room_in_record(canonical, at, out)
        elif self.is_record(canonical):
            self._close_unknown(at, out)
        elif self._may_be_url(canonical):
            names = [each.canonical for each in self._open]
            self._close_down_to(names.index(canonical) if canonical in names else len(names), at, out)

    def _make_room_in_record(self, canonical: str, at: int, out: list[bytes]) -> None:
        record, depth = self._record_depth, len(self._open)
        prefix = _get_prefix(canonical)
        if self.is_record(canonical) and (canonical != _NESTED or depth == record):
            self._close_down_to(record - 1, at, out, cut=True)
        elif depth > record and self._is_sibling(canonical, self._open[record].canonical):
            self._close_down_to(record, at, out)
        elif self.has_text and prefix and prefix == _get_prefix(self._open[-1].canonical):
            self._close_down_to(depth - 1, at, out)
        elif self.has_text and depth == record + 1 and self._hides_field(canonical):
            self._close_down_to(record, at, out)

    def _is_sibling(self, canonical: str, opened: str) -> bool:
        """Return whether an element of an entry can only come after another one that is open."""
        fields, url_fields = (self.sink.fields, self.sink.url_fields) if self.sink else ((), ())
        if canonical in fields:
            return opened in fields or (":" in opened and canonical not in url_fields)
        return ":" in canonical and (canonical == opened or opened in fields)

    def _may_be_url(self, canonical: str) -> bool:
        """Return whether the text of an element outside of an entry may be a URL."""
        return self.sink is not None and not self._record_depth and canonical in self.sink.lone_fields

    def _hides_field(self, canonical: str) -> bool:
        """Return whether the innermost element is a foreign one, which contains no field of the format."""
        return self.sink is not None and canonical in self.sink.fields and not self._open[-1].canonical

    def _close_unknown(self, at: int, out: list[bytes]) -> None:
        """Close unknown elements, which must not hide the entries after them."""
        containers = self.sink.containers if self.sink else ()
        depth = len(self._open)
        while depth > 1 and self._open[depth - 1].canonical not in containers:
            depth -= 1
        self._close_down_to(depth, at, out)

    def _push(self, element: _Element) -> None:
        self._open.append(element)
        self._keys[element.key] += 1
        self._scopes.open_scope(element.declared)
        self.has_text = False
        if not self._record_depth and len(self._open) > 1 and self.is_record(element.canonical):
            self._record_depth = len(self._open)

    def _pop(self, out: list[bytes]) -> None:
        element = self._open.pop()
        self._keys[element.key] -= 1
        self._scopes.close_scope(element.declared)
        self.has_text = False
        if len(self._open) < self._record_depth:
            self._record_depth = 0
        out += (b"</", element.name, b">")

    def _close_down_to(self, depth: int, at: int, out: list[bytes], *, cut: bool = False) -> None:
        """Close all elements but the outer ``depth``; ``cut`` if a URL among them may be incomplete."""
        while len(self._open) > depth:
            top = self._open[-1]
            self._report("unclosed-tag", f"{top.name.decode()} is not closed", at)
            if cut and self._record_depth:
                self._drop_cut_url(top.canonical, at, out)
            elif self.has_text and self._may_be_url(top.canonical):
                out.append(UNKNOWN)
            self._pop(out)


def _normalize_name(name: bytes) -> str:
    return name.decode("utf-8", "replace").lower()


def _get_prefix(name: str) -> str:
    return name.rpartition(":")[0]
