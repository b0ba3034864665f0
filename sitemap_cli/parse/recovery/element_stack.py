"""Balances the elements of broken XML: closes what was left open, skips ends of nothing."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from sitemap_cli.parse.xml.namespaces import Prefixes
from sitemap_cli.parse.xml.tags import Tag
from sitemap_cli.parse.xml.text_repairs import UNKNOWN, Report

if TYPE_CHECKING:
    from sitemap_cli.parse.format import Sink

# https://html.spec.whatwg.org/multipage/syntax.html#void-elements
VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
# An Atom entry may hold one of its source: https://www.rfc-editor.org/rfc/rfc4287#section-4.2.11
_NESTED = "generator"


class _Element(NamedTuple):
    """An element that is open.

    ``written`` is its name as it stands, ``key`` the one by which its end is known, ``canonical`` the one
    that formats know, empty for a foreign element, ``name`` the one to write.
    """

    written: bytes
    key: str
    canonical: str
    name: bytes
    declared: Mapping[bytes, bytes]


class Elements:
    """The open elements of one document.

    ``sink`` takes its entries, as soon as it is known; ``filled`` says whether the innermost one has text.

    Args:
        report: takes problems.
        settle: has everything that was written before read.
        spoil: gives up the entry that is open.
    """

    __slots__ = ("_keys", "_open", "_prefixes", "_record", "_report", "_settle", "_spoil", "filled", "sink")

    def __init__(self, report: Report, settle: Callable[[], None], spoil: Callable[[], None]) -> None:
        self._report = report
        self._settle = settle
        self._spoil = spoil
        self._prefixes = Prefixes(report)
        self._open: list[_Element] = []
        self._keys: Counter[str] = Counter()
        self._record = 0
        self.filled = False
        self.sink: Sink | None = None

    def __bool__(self) -> bool:
        return bool(self._open)

    @property
    def depth(self) -> int:
        """How many are open."""
        return len(self._open)

    @property
    def between(self) -> bool:
        """Whether only the root is open, so that an entry may begin."""
        return len(self._open) == 1

    @property
    def in_address(self) -> bool:
        """Whether the innermost element is an address."""
        return bool(self._open) and self.sink is not None and self._open[-1].canonical in self.sink.addresses

    def start(self, tag: Tag) -> list[bytes]:
        """What to write for a start tag."""
        out: list[bytes] = []
        if not tag.closed:
            self._report("unclosed-tag", "a tag without its end", tag.at)
        canonical = self._canonical(self._prefixes.raw(tag)) if self.sink else ""
        if canonical:
            self._make_room(canonical, tag.at, out)
        named = self._prefixes.named(tag, root=not self._open)
        empty = tag.empty or (canonical in VOID and not self._is_known(canonical))
        out += (b"<", named.name, named.attributes, b"/>" if empty else b">")
        if not empty:
            self._push(_Element(tag.name, _key(tag.name), canonical, named.name, named.declared))
        return out

    def end(self, name: bytes, at: int) -> list[bytes] | None:
        """What to write for an end tag; None if nothing of that name is open."""
        key = _key(name)
        if not self._keys[key]:
            key = self._alike(key)
            if not key:
                return None
        out: list[bytes] = []
        depth = len(self._open) - 1
        if key == self._open[depth].key and name != self._open[depth].written:
            self._report("mismatched-tag", f"{self._open[depth].name.decode()} ends by another name", at)
        while self._open[depth].key != key:
            depth -= 1
        self._close(depth + 1, at, out, cut=depth + 1 < self._record)
        self._pop(out)
        return out

    def is_record(self, canonical: str) -> bool:
        """Whether an entry begins with it."""
        return self.sink is not None and canonical in self.sink.records

    def _canonical(self, raw: str) -> str:
        """The name that formats know; at the first meeting it may be worth a problem, in its place."""
        names = self.sink.names if self.sink else {}
        if raw not in names:
            self._settle()
        return names[raw]

    def _give_up(self, canonical: str, at: int, out: list[bytes]) -> None:
        """Leave out an address that may be cut: the entry with it, if it is that of the page."""
        if self.sink and canonical in self.sink.addresses:
            self._report("half-entry", "an entry whose address may be cut is left out", at)
            self._spoil()
        elif self.filled and canonical.endswith("loc"):
            self._report("half-entry", "an address in an extension that may be cut is left out", at)
            out.append(UNKNOWN)

    def _alike(self, key: str) -> str:
        """The innermost name that differs only by its prefix; empty if there is none."""
        local = key.rpartition(":")[2]
        fitting = (each.key for each in reversed(self._open[-_NEAR:]) if each.key.rpartition(":")[2] == local)
        return next(fitting, "")

    def _is_known(self, canonical: str) -> bool:
        sink = self.sink
        return sink is not None and any(
            canonical in names for names in (sink.records, sink.containers, sink.fields)
        )

    def _make_room(self, canonical: str, at: int, out: list[bytes]) -> None:
        """Close what cannot hold an element of this name."""
        if self._record:
            self._make_room_inside(canonical, at, out)
        if self.is_record(canonical) and not self._record:
            self._leave_unknown(at, out)

    def _make_room_inside(self, canonical: str, at: int, out: list[bytes]) -> None:
        record, count = self._record, len(self._open)
        if self.is_record(canonical) and (canonical != _NESTED or count == record):
            if all(each.canonical for each in self._open[record:]):
                self._close(record - 1, at, out, cut=True)
        elif count > record and self._is_beside(canonical, self._open[record].canonical):
            self._close(record, at, out)
        elif self.filled and _prefix(canonical) and _prefix(canonical) == _prefix(self._open[-1].canonical):
            self._close(count - 1, at, out)

    def _is_beside(self, canonical: str, opened: str) -> bool:
        """Whether an element of an entry cannot be inside of another that is open, but only after it."""
        fields, addresses = (self.sink.fields, self.sink.addresses) if self.sink else ((), ())
        if canonical in fields:
            return opened in fields or (":" in opened and canonical not in addresses)
        return ":" in canonical and (canonical == opened or opened in fields)

    def _leave_unknown(self, at: int, out: list[bytes]) -> None:
        """Elements that nobody closed do not hide the entries after them; foreign ones do."""
        containers = self.sink.containers if self.sink else ()
        depth = len(self._open)
        while (
            depth > 1
            and self._open[depth - 1].canonical
            and self._open[depth - 1].canonical not in containers
        ):
            depth -= 1
        self._close(depth, at, out)

    def _push(self, element: _Element) -> None:
        self._open.append(element)
        self._keys[element.key] += 1
        self._prefixes.open(element.declared)
        self.filled = False
        if not self._record and len(self._open) > 1 and self.is_record(element.canonical):
            self._record = len(self._open)

    def _pop(self, out: list[bytes]) -> None:
        element = self._open.pop()
        self._keys[element.key] -= 1
        self._prefixes.close(element.declared)
        self.filled = False
        if len(self._open) < self._record:
            self._record = 0
        out += (b"</", element.name, b">")

    def _close(self, depth: int, at: int, out: list[bytes], *, cut: bool = False) -> None:
        """Close all elements but the outer ones; ``cut`` if the address among them may not be whole."""
        while len(self._open) > depth:
            top = self._open[-1]
            self._report("unclosed-tag", f"{top.name.decode()} is not closed", at)
            if cut and self._record:
                self._give_up(top.canonical, at, out)
            self._pop(out)


_NEAR = 8


def _key(name: bytes) -> str:
    return name.decode("utf-8", "replace").lower()


def _prefix(name: str) -> str:
    return name.rpartition(":")[0]
