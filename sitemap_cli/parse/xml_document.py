"""Reads one XML document: simple entries by pattern, others by the XML parser, broken parts by recovery."""

from sitemap_cli.parse import detection
from sitemap_cli.parse.collector import Collector, Position
from sitemap_cli.parse.fast import plain_entries, whole_documents
from sitemap_cli.parse.format import RecordSink, RootElement
from sitemap_cli.parse.protocol import NAMESPACE
from sitemap_cli.parse.recovery.recovery import XmlRecovery
from sitemap_cli.parse.recovery.writer import RecoveryWriter
from sitemap_cli.parse.strictness import stop_strictly
from sitemap_cli.parse.xml.prolog import Prolog
from sitemap_cli.parse.xml.stream import UnrecordedRest, XmlFault, XmlStream

_AHEAD = 256
"""Bytes that the parser gets besides an entry, at first."""

_ENTRIES = {"rss": b"item>", "feed": b"entry>"}
"""The tags of simple entries by the name of the root, where that is not the one of sitemaps."""

_TRUNCATED = "the document ends before its root element does"


class XmlDocument:
    """The parser of XML documents."""

    __slots__ = (
        "_ahead",
        "_collector",
        "_held",
        "_is_taken",
        "_lacks_root",
        "_opened",
        "_prolog",
        "_recovery",
        "_root_seen",
    )

    def __init__(self, collector: Collector) -> None:
        self._collector = collector
        self._prolog = Prolog(collector)
        self._opened: XmlStream | None = None
        self._recovery: XmlRecovery | None = None
        self._held = b""
        self._ahead = 0
        self._root_seen = False
        self._lacks_root = False
        self._is_taken = False

    @property
    def _stream(self) -> XmlStream:
        """The XML parser, which most small documents do not need."""
        if self._opened is None:
            self._opened = XmlStream(self._collector, self._choose_sink)
        return self._opened

    def feed_whole(self, document: bytes) -> None:
        """Take the whole document in one piece of UTF-8."""
        ready = self._prolog.feed(document)
        self._is_taken = self._prolog.done and whole_documents.take_document(ready, self._collector)
        if not self._is_taken:
            self._feed_ready(ready)

    def feed(self, piece: bytes) -> None:
        """Take the next piece of UTF-8."""
        if self._recovery:
            self._recovery.feed(piece)
        elif self._prolog.done:
            self._feed_entries(piece)
        else:
            self._feed_ready(self._prolog.feed(piece))

    def close(self) -> None:
        """Finish the document: there are no more pieces."""
        if self._is_taken:
            return
        rest = self._prolog.close() + self._held
        # The recovery may have found a root behind what looked like one of HTML.
        if self._prolog.is_html and not self._root_seen:
            detection.refuse_html(self._collector)
            return
        if not self._recovery and not self._collector.stopped:
            self._parse_bytes(rest)
        if self._recovery:
            self._close_recovery(self._recovery)
        elif not self._collector.stopped:
            self._close_stream()
        if self._root_seen and not self._collector.kind_decided:
            detection.refuse_foreign(self._collector)

    def _choose_sink(self, root: RootElement) -> RecordSink | None:
        is_entry = root.namespace in ("", NAMESPACE) and (
            bool(detection.get_missing_root(root.local))
            or detection.is_in_entry(root.local)
            or detection.is_in_item(root.local)
        )
        self._lacks_root = is_entry
        return None if is_entry else self._open_sink(root)

    def _open_sink(self, root: RootElement) -> RecordSink | None:
        self._root_seen = True
        return detection.open_sink(root, self._collector)

    def _stop(self, code: str, message: str, at: Position) -> None:
        self._decide_kind()
        self._collector.stop(code, message, at)

    def _decide_kind(self) -> None:
        """Decide the kind of a document whose root could not be read by the name of the root."""
        if not self._root_seen:
            detection.decide_kind_by_name(self._prolog.root, self._collector)

    def _feed_ready(self, ready: bytes) -> None:
        """Take what the prolog passes on."""
        if self._prolog.is_html:
            detection.refuse_html(self._collector)
        elif not self._collector.stopped:
            begin = max(ready.find(self._get_tag(b"<")), 0)
            self._parse_bytes(ready[:begin])
            if self._recovery:
                self._recovery.feed(ready[begin:])
            elif not self._collector.stopped:
                self._feed_entries(ready[begin:])

    def _feed_entries(self, piece: bytes) -> None:
        """Take a piece up to the end of its last entry, so that the parser is always between two entries."""
        data = self._held + piece
        tag = self._get_tag(b"</")
        end = data.rfind(tag) + len(tag)
        if end < len(tag):
            end = len(data)
        self._held = data[end:]
        done = self._take_entries(data[:end])
        if self._recovery:
            self._recovery.feed(data[done:])

    def _take_entries(self, data: bytes) -> int:
        """Let simple entries bypass the parser, which gets the others; return where this ends.

        That is before the end if the document turns out to be broken. The parser gets one entry at a time, or
        more and more of them as long as no simple one follows.
        """
        text = "" if self._prolog.is_prefixed else plain_entries.decode_piece(data)
        at, tag = 0, self._get_tag(b"</")
        while at < len(data) and not (self._recovery or self._collector.stopped):
            urls = self._collector.urls
            done = self._stream.take_simple_entries(text, at)
            if done == len(data):
                return done
            self._ahead = 0 if self._collector.urls > urls else min(2 * self._ahead + _AHEAD, len(data))
            end = data.find(tag, done + self._ahead) if text else -1
            at = len(data) if end < 0 else end + len(tag)
            self._parse_bytes(data[done:at])
        return at

    def _get_tag(self, begin: bytes) -> bytes:
        """Return the start or end tag of simple entries below a root of this name."""
        return begin + _ENTRIES.get(self._prolog.root or "", b"url>")

    def _parse_bytes(self, data: bytes) -> None:
        fault = self._stream.parse(data)
        if self._collector.stopped:
            self._decide_kind()
        elif self._lacks_root and (rest := self._stream.rewind()):
            stop_strictly(self._collector, "root-missing", "", Position(), awaits_cause=True)
            self._start_recovery(rest, None)
        elif fault:
            self._recover(fault)

    def _recover(self, fault: XmlFault) -> None:
        """Continue with the recovery, which reads again what was not recorded yet."""
        collector, handlers = self._collector, self._stream.handlers
        at = handlers.positions.translate(fault.line, fault.column, fault.index)
        message = "" if fault.is_reported_later else fault.message
        stop_strictly(collector, "not-well-formed", message, at, awaits_cause=not fault.is_nesting)
        collector.strict.is_nested |= fault.is_nesting
        rest = self._stream.rewind()
        if rest is None:
            self._stop("not-well-formed", fault.message, at)
            return
        if not handlers.finished and not fault.is_reported_later:
            collector.report("not-well-formed", fault.message, at, loses_content=False)
        self._start_recovery(rest, handlers.sink if handlers.finished else None)

    def _start_recovery(self, rest: UnrecordedRest, ended_sink: RecordSink | None) -> None:
        writer = RecoveryWriter(self._collector, self._stream, self._open_sink)
        self._recovery = XmlRecovery(self._collector, rest.cursor, writer, rest.open_tags, ended_sink)
        self._recovery.feed(rest.data)

    def _close_recovery(self, recovery: XmlRecovery) -> None:
        recovery.feed(b"", final=True)
        missing_end = recovery.get_missing_end()
        root = self._prolog.root or ""
        is_field = detection.is_in_entry(root) or detection.is_in_item(root) or self._prolog.is_prefixed
        if missing_end and not self._root_seen and is_field:
            detection.refuse_fields(self._collector)
        elif missing_end and not self._collector.stopped:
            self._stop("truncated", _TRUNCATED, missing_end)

    def _close_stream(self) -> None:
        fault = self._stream.close()
        if fault and not self._collector.stopped:
            handlers = self._stream.handlers
            at = handlers.positions.translate(fault.line, fault.column, fault.index)
            if handlers.finished:
                self._collector.report("junk-after-end", "incomplete markup follows the end", at)
                return
            self._stop("truncated", _TRUNCATED, at)
