"""Reads on where a document is not well-formed: cuts the rest of it into tokens, to be rebuilt one by one."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sitemap_cli.parse.collector import Collector, Position
from sitemap_cli.parse.recovery import merge_markers, sections
from sitemap_cli.parse.recovery.rebuilder import DocumentRebuilder
from sitemap_cli.parse.recovery.writer import RecoveryWriter
from sitemap_cli.parse.xml import tags, text_repairs
from sitemap_cli.parse.xml.cursor import Cursor
from sitemap_cli.parse.xml.stream import MAX_TOKEN

if TYPE_CHECKING:
    from sitemap_cli.parse.format import RecordSink


class XmlRecovery:
    """Cuts a broken document, from a position between two tags to its end, into texts, tags and sections.

    :class:`~sitemap_cli.parse.recovery.rebuilder.DocumentRebuilder` decides what each of them becomes.

    Args:
        collector: receives every repair.
        cursor: the position where the recovery begins.
        writer: takes the rebuilt document.
        open_tags: the start tags of the elements that are open there, the root first.
        ended_sink: what took the entries of the root element, if that has ended already.
    """

    __slots__ = ("_collector", "_final", "_has_conflict", "_log", "_rebuilder")

    def __init__(
        self,
        collector: Collector,
        cursor: Cursor,
        writer: RecoveryWriter,
        open_tags: Sequence[bytes],
        ended_sink: "RecordSink | None",
    ) -> None:
        self._collector = collector
        self._rebuilder = DocumentRebuilder(collector, cursor, writer, open_tags, ended_sink)
        self._log = self._rebuilder.log
        self._final = False
        self._has_conflict = False

    def get_missing_end(self) -> Position | None:
        """Return the position that was reached if the last document has no end, else None."""
        return None if self._rebuilder.is_complete else self._log.locate(len(self._log.data))

    def feed(self, piece: bytes, *, final: bool = False) -> None:
        """Take the next piece of UTF-8; ``final`` if it is the last one."""
        log = self._log
        log.data = data = log.data + piece
        self._final = final
        at = 0
        while at < len(data) and not self._collector.stopped:
            end = self._consume_token(data, at)
            if end < 0:
                break
            at = end
        self._rebuilder.flush()
        log.advance(at)
        if len(log.data) > MAX_TOKEN and not self._collector.stopped:
            log.stop("token-too-long", "a comment, section or tag is longer than 1 MiB", 0)

    def _consume_token(self, data: bytes, at: int) -> int:
        """Take the token that begins there and return where it ends; -1 if more data is needed to know."""
        if data[at] != 0x3C:
            return self._consume_text(data, at)
        if len(data) - at < sections.LONGEST_OPENING and not self._final:
            return -1
        if start := tags.START.match(data, at):
            return self._consume_start_tag(data, start)
        if data.startswith(b"</", at):
            return self._consume_end_tag(data, at)
        if opening := sections.OPENING.match(data, at):
            return self._consume_section(data, opening)
        return self._consume_less_than(data, at)

    def _consume_text(self, data: bytes, at: int) -> int:
        end = data.find(b"<", at)
        if end < 0:
            end = len(data) if self._final else text_repairs.locate_split(data, at)
        if end < 0:
            return -1
        text = data[at:end]
        if self._has_conflict:
            report = self._log.report_from(at)
            text = merge_markers.remove_markers(text, report, starts_line=self._starts_line(at))
        self._rebuilder.take_text(text, at)
        return end

    def _consume_less_than(self, data: bytes, at: int) -> int:
        """Take a ``<`` that begins no tag."""
        if data.startswith(merge_markers.BEGINNING, at) and self._starts_line(at):
            if not self._final and len(data) - at < tags.LOOKAHEAD and data.find(b"\n", at) < 0:
                return -1
            if (end := merge_markers.skip_first_marker(data, at, self._log.report)) > 0:
                self._has_conflict = True
                return end
        is_damaged_end = data[at + 1 : at + 3].lstrip()[:1] in (b"/", b">")
        self._rebuilder.take_less_than(at, is_damaged_end=is_damaged_end)
        return at + 1

    def _starts_line(self, at: int) -> bool:
        return self._log.data[at - 1] in b"\r\n" if at else self._log.locate(0).column == 1

    def _consume_section(self, data: bytes, opening: re.Match[bytes]) -> int:
        """Take a comment, CDATA section, processing instruction or declaration."""
        kind = opening.lastgroup or ""
        closing = sections.CLOSING[kind]
        inside = opening.end()
        end = data.find(closing, inside)
        if end < 0 and self._final:
            self._log.report("unclosed-tag", f"the {kind} has no end", opening.start())
        if end < 0:
            return len(data) if self._final else -1
        self._rebuilder.take_section(kind, data[inside:end], inside)
        return end + len(closing)

    def _consume_start_tag(self, data: bytes, start: re.Match[bytes]) -> int:
        at = start.start()
        end = self._rebuilder.take_whole_entries(data, start)
        if end > at:
            return end
        end = tags.locate_tag_end(data, start.end(), final=self._final)
        if end < 0 or (end == len(data) and data[-1:] != b">"):
            return len(data) if self._final else -1
        tag = tags.parse_tag(data, start, end, self._log.report)
        self._rebuilder.take_start_tag(tag, data[at:end])
        return end

    def _consume_end_tag(self, data: bytes, at: int) -> int:
        found = tags.END.match(data, at)
        if found is None:  # a "</" without a name
            self._rebuilder.take_stray_end_tag(b"", at)
            return at + 2
        if not found[2] and found.end() == len(data):
            return len(data) if self._final else -1
        if not found[2]:
            self._log.report("unclosed-tag", "the tag has no closing >", at)
        self._rebuilder.take_end_tag(found[1], found[0], at)
        return found.end()
