"""Handles expat's events: follows where in the document the parser is, and passes on complete records.

These handlers run half a million times for one full sitemap. So there are few, they do little, and they
replace each other in the parser instead of testing a state.
"""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sitemap_cli.parse.collector import Collector
from sitemap_cli.parse.format import RecordSink, RootElement
from sitemap_cli.parse.records import CanonicalNames, Record
from sitemap_cli.parse.xml.checkpoints import Checkpoints
from sitemap_cli.parse.xml.limits import MAX_TEXT
from sitemap_cli.parse.xml.positions import PositionTracker
from sitemap_cli.parse.xml.record_builder import RecordBuilder
from sitemap_cli.parse.xml.surroundings import Surroundings

if TYPE_CHECKING:
    from pyexpat import XMLParserType

MAX_DEPTH = 64
_MAX_COMMENTS = 20
# Where one entry ends and another begins.
_BORDER = re.compile(r"</((?:[\w.-]+:)?(?:url|sitemap|item|entry))\s*>\s*<\1[\s>]", re.IGNORECASE)
_BLANKS = " \t\r\n\ufeff\ufffd"


class StopParsing(Exception):  # noqa: N818 - a way out of expat's buffer, not an error
    """Leaves expat's buffer; the collector knows the reason."""


class ElementHandlers:
    """The handlers of one document.

    They have one pair of element handlers for each place: before the root, between records (in containers
    and in unknown elements alike), inside a record (those of
    :class:`~sitemap_cli.parse.xml.record_builder.RecordBuilder`), and inside skipped elements of a record.

    Args:
        parser: the parser whose events they handle.
        collector: receives problems.
        choose_sink: returns what takes the records of a document with this root; None to stop.
        line: for rebuilt XML, the line on which it begins in the document.
    """

    __slots__ = (
        *("_builder", "_cdata_begins", "_choose_sink", "_collector", "_comments", "_declared"),
        *("_is_rebuilt", "_names", "_parser", "_skipped", "_skipped_depth", "_take_record", "_texts"),
        *("checkpoints", "finished", "positions", "sink", "surroundings"),
    )

    def __init__(
        self,
        parser: "XMLParserType",
        collector: Collector,
        choose_sink: Callable[[RootElement], RecordSink | None],
        line: int | None = None,
    ) -> None:
        self._parser = parser
        self._collector = collector
        self._choose_sink = choose_sink
        self._is_rebuilt = line is not None
        self._names: CanonicalNames
        self._take_record: Callable[[Record], None]
        self._texts: list[str] = []
        self._declared: list[str] = []
        self._skipped = self._skipped_depth = self._comments = 0
        self._cdata_begins = -1
        self.sink: RecordSink | None = None
        self.finished = False
        self.positions = PositionTracker(parser, collector, line)
        self.checkpoints = Checkpoints(parser)
        self.surroundings = Surroundings(collector)
        self._builder = RecordBuilder(parser, collector, self.positions, self._texts, self)
        parser.ordered_attributes = True
        parser.buffer_text = True
        parser.DefaultHandlerExpand = None
        parser.CharacterDataHandler = self._texts.append
        parser.StartCdataSectionHandler = self._start_cdata
        parser.EndCdataSectionHandler = self._end_cdata
        parser.StartElementHandler = self._start_root
        parser.StartNamespaceDeclHandler = self._note_namespace

    def trim_text(self) -> None:
        """Between two pieces, drop the end of a text that is already too long."""
        if sum(map(len, self._texts)) > MAX_TEXT:
            self._texts[:] = ["".join(self._texts)[: MAX_TEXT + 1]]

    def is_between_records(self, parents: int) -> bool:
        """Return whether the parser is between two records, which are in this number of elements."""
        is_between = self._parser.StartElementHandler == self._start_between and self._cdata_begins < 0
        return is_between and self.surroundings.depth == parents - 1

    def ignores_comments(self) -> bool:
        """Return whether comments are no longer inspected here."""
        return self._parser.CommentHandler is None

    def skip_bytes(self, data: bytes, line_ends: int) -> None:
        """Account for bytes that bypass the parser: whole entries with this number of line ends."""
        self.positions.skip_bytes(data, line_ends)
        self._parser.CommentHandler = None

    def discard_record(self) -> None:
        """Discard the record that is open."""
        self._builder.discard_record()

    def report_stray_text(self) -> None:
        """Report text between two entries, where there should be none; unknown elements may have some."""
        if self.sink and not self.surroundings.in_unknown and (text := "".join(self._texts).strip(_BLANKS)):
            self.sink.report_stray_text(text, self.positions.line)
        self._texts.clear()

    def finish_record(self, record: Record | None) -> None:
        """Pass on a complete record; None is one that was discarded."""
        self._leave_record()
        self.checkpoints.finish_tag()
        if record:
            self._take_record(record)
        self._collector.end_entry()

    def skip_open_element(self, levels: int) -> None:
        """Skip the element that is open ``levels`` below the record, and the child that begins in it."""
        self._skipped_depth = 2 + self.surroundings.depth + levels
        self._skipped = 2
        self._parser.StartElementHandler = self._start_skipped
        self._parser.EndElementHandler = self._end_skipped
        self._check_depth(self._skipped_depth + self._skipped)

    def check_record_depth(self, levels: int) -> None:
        """Stop reading if ``levels`` elements below the record are too deep."""
        self._check_depth(3 + self.surroundings.depth + levels)

    def _start_cdata(self) -> None:
        self._cdata_begins = len(self._texts)

    def _end_cdata(self) -> None:
        _check_section("".join(self._texts[self._cdata_begins :]), self._collector, self.positions)
        self._cdata_begins = -1

    def _handle_comment(self, text: str) -> None:
        """Inspect a comment before the first entry or after the last, where programs sign."""
        self._collector.inspect_comment(text)
        self._comments += 1
        if self._comments >= _MAX_COMMENTS:
            self._parser.CommentHandler = None

    def _note_namespace(self, _prefix: str | None, namespace: str | None) -> None:
        self._declared.append(namespace or "")

    def _start_root(self, raw: str, attributes: list[str]) -> None:
        namespace, _, local = raw.rpartition("}")
        self._parser.StartNamespaceDeclHandler = None
        at = self.positions.get_current()
        root = RootElement(namespace, local, at, attributes, tuple(self._declared))
        sink = self._choose_sink(root)
        if sink is None:
            raise StopParsing
        self.sink = sink
        self.checkpoints.enter_element()
        self.surroundings.enter_root(attributes)
        self._names = self._builder.names = sink.names
        self._builder.url_fields = sink.url_fields
        self._builder.keeps_field = sink.keeps_field
        self._take_record = sink.take_record
        self._parser.CommentHandler = self._handle_comment
        self._leave_record()

    def _leave_record(self) -> None:
        self._parser.StartElementHandler = self._start_between
        self._parser.EndElementHandler = self._end_between

    def _enter_record(self) -> None:
        self._parser.StartElementHandler = self._builder.start_element
        self._parser.EndElementHandler = self._builder.end_element

    def _start_between(self, raw: str, attributes: Sequence[str]) -> None:
        sink = self.sink
        assert sink is not None  # noqa: S101 - the root chose it
        name, surroundings = self._names[raw], self.surroundings
        if not name and surroundings.in_foreign and surroundings.adopt_namespace(raw, sink, self.positions):
            name = self._names[raw]
        self.checkpoints.begin_tag()
        self.report_stray_text()
        if name in sink.records or (name in sink.lone_fields and not surroundings.in_foreign):
            self._collector.begin_entry()
            if surroundings.in_unknown:
                surroundings.report_record(name, self.positions.line)
            self._parser.CommentHandler, self._collector.has_lone_link = None, False
            # In rebuilt XML every record has its end tag.
            self._builder.begin_record(name, "" if self._is_rebuilt else raw, self.positions.line, attributes)
            self._enter_record()
            return
        if name in sink.containers:
            surroundings.enter_container(attributes)
            sink.enter_container(name, self.positions.line)
        else:
            surroundings.enter_unknown(name or raw, self.positions.line, attributes)
            self._collector.has_lone_link |= name == "link" or name in sink.lone_fields
        self.checkpoints.enter_element()
        self._check_depth(1 + surroundings.depth)

    def _end_between(self, _raw: str) -> None:
        self.report_stray_text()
        if self.sink:
            self.surroundings.leave_element(self.sink)
        self.checkpoints.leave_element()
        if self.surroundings.depth < 0:
            self.finished = True
            self._parser.CommentHandler = self._handle_comment

    def _start_skipped(self, raw: str, _attributes: list[str]) -> None:
        self._skipped += 1
        if raw == self._builder.tag:
            self._builder.note_nested_record()
        self._check_depth(self._skipped_depth + self._skipped)

    def _end_skipped(self, _raw: str) -> None:
        self._skipped -= 1
        if not self._skipped:
            self._texts.clear()
            self._enter_record()

    def _check_depth(self, depth: int) -> None:
        if depth > MAX_DEPTH:
            if self.sink:
                self.surroundings.report_unknown(self.sink)
            message = f"elements are nested deeper than {MAX_DEPTH} levels"
            self._collector.stop("xml-too-deep", message, self.positions.get_current())
            raise StopParsing


def _check_section(text: str, collector: Collector, positions: PositionTracker) -> None:
    """Report a CDATA section that contains the border between two entries: its own end must be missing."""
    if _BORDER.search(text):
        message = "a CDATA section that is not closed contains other entries, which were left out"
        collector.report("half-entry", message, positions.get_current())
