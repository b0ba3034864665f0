"""Builds one record from the parser's events, within the limits of one record."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from sitemap_cli.model.values import Severity
from sitemap_cli.parse.collector import Collector
from sitemap_cli.parse.records import CanonicalNames, Node, Record
from sitemap_cli.parse.xml.limits import LONG_TEXT, MAX_SAME, MAX_TEXT, RecordBudget
from sitemap_cli.parse.xml.positions import PositionTracker
from sitemap_cli.parse.xml.surroundings import Surroundings

if TYPE_CHECKING:
    from pyexpat import XMLParserType


class NestedRecord(Exception):  # noqa: N818 - a way out of expat's buffer, not an error
    """Leaves expat's buffer: a record begins inside a record, so the first one has no end tag."""


class RecordEvents(Protocol):
    """What a builder uses of the handlers of the document."""

    surroundings: Surroundings

    def finish_record(self, record: Record | None) -> None:
        """Take a complete record; None for one that was discarded."""

    def skip_open_element(self, levels: int) -> None:
        """Skip the element that is open ``levels`` below the record, and the child that begins in it."""

    def check_record_depth(self, levels: int) -> None:
        """Stop reading if ``levels`` elements below the record are too deep."""


class RecordBuilder:
    """Builds the tree of one record at a time.

    Inside a record, ``start_element`` and ``end_element`` are the handlers of the parser itself: they run for
    every element, so that one more call between would cost as much as their work.

    ``tag`` is the name of the open record as expat gives it, "" if it may occur inside of the record.

    Args:
        parser: the parser whose events they take.
        collector: receives problems.
        positions: the position of the current event.
        texts: the pieces of text since the last event; shared with the handlers of the document.
        events: the handlers of the document.
    """

    __slots__ = (
        *("_attributes", "_budget", "_children", "_collector", "_counts", "_discarded", "_events"),
        *(
            "_first_text",
            "_frames",
            "_has_nested",
            "_head",
            "_later_texts",
            "_nested_line",
            "_open",
            "_parser",
        ),
        *("_positions", "_texts", "keeps_field", "names", "tag", "url_fields"),
    )

    def __init__(
        self,
        parser: "XMLParserType",
        collector: Collector,
        positions: PositionTracker,
        texts: list[str],
        events: RecordEvents,
    ) -> None:
        self._parser = parser
        self._collector = collector
        self._positions = positions
        self._texts = texts
        self._events = events
        self.names: CanonicalNames
        self.url_fields: frozenset[str]
        self.keeps_field: Callable[[str], bool]
        self._open: str | None = None
        self._attributes: Sequence[str] = ()
        self._frames: list[tuple[str, Sequence[str], str | None, int, list[Node], Counter[str]]] = []
        self.begin_record("", "", 0, ())

    def begin_record(self, name: str, tag: str, line: int, attributes: Sequence[str]) -> None:
        """Begin a record.

        Args:
            name: its canonical name.
            tag: its name as expat gives it, which may not occur inside of it; "" if that is not checked.
            line: the line of its start tag.
            attributes: names and values in turn.
        """
        self._head = (name, line, attributes)
        self.tag = tag
        self._children: list[Node] = []
        self._counts: Counter[str] = Counter()
        self._has_nested = False
        self._first_text: str | None = None
        self._later_texts: list[Node] = []
        self._nested_line = 0
        self._discarded = False
        self._budget = RecordBudget()
        self._texts.clear()

    def discard_record(self) -> None:
        """Discard the record that is open."""
        self._discarded = True

    def note_nested_record(self) -> None:
        """Note that a record begins in a skipped element of this one."""
        self._nested_line = self._nested_line or self._positions.line

    def start_element(self, raw: str, attributes: list[str]) -> None:
        """Handle a start tag inside a record."""
        if raw == self.tag and (self._open is None or self.names[self._open]):
            parser = self._parser
            raise NestedRecord(parser.CurrentLineNumber, parser.CurrentColumnNumber, parser.CurrentByteIndex)
        if self._open is not None and not self._open_parent():
            if raw == self.tag:
                self.note_nested_record()
            return
        if self._first_text is None:
            self._first_text = "".join(self._texts)[:MAX_TEXT]
        elif self._texts and self._open is None:
            self._keep_later_text()
        self._open = raw
        self._attributes = attributes
        self._texts.clear()

    def end_element(self, _raw: str) -> None:
        """Handle an end tag inside a record, or that of the record."""
        opened = self._open
        if opened is None:
            self._close_parent()
            return
        self._open = None
        name = self.names[opened]
        if name and (len(self._children) < MAX_SAME or self._has_room(name)):
            text = "".join(self._texts)
            kept = text if len(text) <= LONG_TEXT else self._limit_text(name, text)
            attributes = self._attributes and self._budget.limit_attributes(self._attributes)
            has_line = name in self.url_fields or not text or text.isspace()
            line = self._positions.line - text.count("\n") if has_line else 0
            self._children.append(Node(name, kept, attributes, (), line))
        self._texts.clear()

    def _open_parent(self) -> bool:
        """Make a parent of the open element, which turned out to have children; False if it is skipped."""
        self._has_nested = True
        opened = self._open or ""
        name = self.names[opened]
        if not name or not self._has_room(name):
            self._open = None
            self._events.skip_open_element(len(self._frames))
            return False
        text = "".join(self._texts)
        attributes = self._budget.limit_attributes(self._attributes)
        line = self._positions.line - text.count("\n")
        kept = self._limit_text(name, text)
        self._frames.append((name, attributes, kept, line, self._children, self._counts))
        self._children = []
        self._counts = Counter()
        self._events.check_record_depth(len(self._frames))
        return True

    def _keep_later_text(self) -> None:
        """Keep a text between or behind the children of the record, where there should be none."""
        texts = self._texts
        if self._frames or (len(texts) == 1 and texts[0].isspace()):
            return
        text = "".join(texts)
        bare = text.strip()
        if bare and self._budget.has_room_for_later_text(len(self._later_texts)):
            line = self._positions.line - text[text.index(bare) :].count("\n")
            # A text that is cut must not look like a URL.
            kept = bare if self._budget.has_room_for_text(bare) else f"{bare[:LONG_TEXT]}\ufffd"
            self._later_texts.append(Node("", kept, (), (), line))

    def _close_parent(self) -> None:
        """Close an element with children, or the record."""
        if not self._frames:
            self._finish()
            return
        self._texts.clear()
        children = self._children
        self._budget.add_nodes(len(children))
        name, attributes, text, line, self._children, self._counts = self._frames.pop()
        self._children.append(Node(name, text, attributes, children, line))

    def _finish(self) -> None:
        name, line, attributes = self._head
        text = self._first_text
        if text is None:
            text = "".join(self._texts)[:MAX_TEXT]
        elif self._texts:
            self._keep_later_text()
        self._texts.clear()
        record = Record(
            name,
            line,
            attributes,
            self._children,
            self._budget.dropped,
            self._has_nested,
            text,
            self._nested_line,
            self._events.surroundings.base,
            self._later_texts,
            self._events.surroundings.depth,
        )
        self._events.finish_record(None if self._discarded else record)

    def _has_room(self, name: str) -> bool:
        return self._budget.has_room(name, self._children, self._counts)

    def _limit_text(self, name: str, text: str) -> str | None:
        if len(text) > LONG_TEXT and not self.keeps_field(name):
            return None
        if self._budget.has_room_for_text(text):
            return text
        message = f"the text of {name} is too long and was not kept"
        is_url, at = name in self.url_fields, self._positions.get_current()
        severity = Severity.ERROR if is_url else Severity.WARNING
        self._collector.report("field-too-long", message, at, severity=severity, loses_content=is_url)
        return None
