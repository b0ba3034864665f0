"""Passes the XML that was rebuilt of a broken document to the parser."""

from collections.abc import Callable

from sitemap_cli.parse import detection
from sitemap_cli.parse.collector import Collector
from sitemap_cli.parse.fast import plain_entries
from sitemap_cli.parse.format import RecordSink, RootElement
from sitemap_cli.parse.xml.stream import XmlStream


class RecoveryWriter:
    """Passes rebuilt documents to the parser, to a new one for each.

    Args:
        collector: receives problems.
        stream: the parser that failed.
        open_sink: returns what takes the entries, unless that is known already.
    """

    __slots__ = ("_collector", "_is_foreign", "_open_sink", "_sink", "_stream", "_text")

    def __init__(
        self,
        collector: Collector,
        stream: XmlStream,
        open_sink: Callable[[RootElement], RecordSink | None],
    ) -> None:
        self._collector = collector
        self._stream = stream
        self._open_sink = open_sink
        self._is_foreign = False
        self._sink = stream.handlers.sink
        self._text: tuple[bytes, str] = (b"", "")

    def open_document(self, line: int, *, same: bool) -> None:
        """Begin a document on this line, or continue it there if it is the same one."""
        self._is_foreign = False
        choose_sink = self._choose_same_sink if same else self._choose_sink
        self._stream = XmlStream(self._collector, choose_sink, line)

    def write(self, data: bytes) -> RecordSink | None:
        """Parse the next piece and return what takes the entries; None if the document is skipped."""
        if self._is_foreign:
            return None
        fault = self._stream.parse(data)
        if fault and not self._collector.stopped:
            at = self._stream.handlers.positions.translate(fault.line, fault.column, fault.index)
            self._collector.stop("not-well-formed", f"cannot be repaired: {fault.message}", at)
        return self._stream.handlers.sink

    def take_simple_entries(self, data: bytes, at: int, line: int) -> int:
        """Let simple entries bypass the parser; return where the first other one begins."""
        if self._text[0] is not data:
            self._text = (data, plain_entries.decode_piece(data))
        return self._stream.take_simple_entries(self._text[1], at, line)

    def discard_record(self) -> None:
        """Discard the record that is open."""
        self._stream.handlers.discard_record()

    def close_document(self) -> None:
        """End the document."""
        self._stream.close()

    def _choose_same_sink(self, root: RootElement) -> RecordSink | None:
        self._sink = self._sink or self._open_sink(root)
        return self._sink

    def _choose_sink(self, root: RootElement) -> RecordSink | None:
        """Return what takes the entries; the first document decides the kind of the whole file."""
        if self._sink is None:
            self._sink = self._open_sink(root)
            return self._sink
        next_sink = detection.open_next_sink(root, self._collector)
        self._is_foreign = next_sink is None
        self._sink = next_sink or self._sink
        return next_sink
