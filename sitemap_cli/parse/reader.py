"""Reads one document: detects what it is and yields its entries and problems."""

import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping

from sitemap_cli.model.item_batch import ItemBatch
from sitemap_cli.model.values import Kind, StrictReading
from sitemap_cli.parse import detection
from sitemap_cli.parse.collector import Collector
from sitemap_cli.parse.element_order import Disorder
from sitemap_cli.parse.encoding import DocumentDecoder
from sitemap_cli.parse.format import DocumentParser
from sitemap_cli.parse.strict_tally import MAX_BYTES
from sitemap_cli.parse.strictness import limit_strictly
from sitemap_cli.parse.xml_document import XmlDocument

BATCH_ITEMS = 5_000
"""Items after which a batch is yielded."""
BATCH_BYTES = 1024 * 1024
"""Bytes after which a batch is yielded even if it is small or empty."""

Piece = bytes
"""The built-in type, whose name a property of :class:`DocumentReader` takes."""

_URL_IN_BRACKETS = re.compile(rb"<https?://", re.IGNORECASE)
# Where reading stopped because of limits of this program, not of the protocol.
_NOT_COMPARABLE = frozenset({"dtd-forbidden", "token-too-long", "too-many-names", "xml-too-deep"})
_BLANKS = b" \t\r\n\xef\xbb\xbf"


class DocumentReader:
    """One document being read; iterate it once, to the end.

    The counts are exact at any moment.
    """

    __slots__ = ("_collector", "_decoder", "_finished", "_steps")

    def __init__(
        self,
        chunks: Iterable[bytes],
        base_url: str | None,
        charset: str | None,
        is_truncated: Callable[[], bool],
    ) -> None:
        self._collector = Collector(base_url, is_truncated)
        self._decoder = DocumentDecoder(chunks, self._collector, charset)
        self._steps = self._read_pieces()
        self._finished = False

    @property
    def kind(self) -> Kind:
        """What the document is; UNKNOWN until that is decided."""
        return self._collector.kind

    @property
    def encoding(self) -> str | None:
        """The encoding, in lower case; None until it is decided, or if it is not supported."""
        return self._decoder.encoding

    @property
    def bytes(self) -> int:
        """Bytes of content read so far."""
        return self._decoder.bytes

    @property
    def urls(self) -> int:
        """Entries read so far."""
        return self._collector.urls

    @property
    def sitemaps(self) -> int:
        """Child sitemaps read so far."""
        return self._collector.sitemaps

    @property
    def problems(self) -> int:
        """Problems found so far, including those that were too many to be yielded."""
        return self._collector.problems

    @property
    def codes(self) -> Mapping[str, int]:
        """Problems found so far, counted by code."""
        return self._collector.codes

    @property
    def disorder(self) -> Disorder:
        """Elements that are in another order than in the schema, found so far."""
        return self._collector.disorder

    @property
    def strict(self) -> StrictReading | None:
        """How much of what was read so far a strict parser reads; None if all of it, or if not known."""
        collector = self._collector
        if collector.strict.is_nested and collector.codes["stray-end-tag"]:
            return None
        if not collector.strict.stopped and not _NOT_COMPARABLE.isdisjoint(collector.codes):
            return None
        return collector.strict.describe(collector.urls + collector.sitemaps)

    @property
    def complete(self) -> bool:
        """Whether the whole document was read and understood: nothing cut, stopped or left out."""
        return self._finished and not self._collector.content_lost

    @property
    def generator(self) -> str | None:
        """The program that probably wrote the document."""
        return self._collector.generator

    def detect_kind(self) -> Kind:
        """Read only as far as needed to know the kind; the iteration still yields everything."""
        while not self._collector.kind_decided and next(self._steps, self) is not self:
            pass
        return self.kind

    def close(self) -> None:
        """Release buffers now.

        Parsers and suspended generators are parts of reference cycles, which the garbage collector would
        free late.
        """
        self._steps.close()
        self._collector.take_batch()

    def __iter__(self) -> Iterator[ItemBatch]:
        """Yield batches in document order, some of them empty, so that a caller can pause between them."""
        last = 0
        for _ in self._steps:
            collector, at = self._collector, self._decoder.bytes
            if collector.kind_decided and (len(collector.batch) >= BATCH_ITEMS or at - last >= BATCH_BYTES):
                last = at
                yield collector.take_batch()
        if len(self._collector.batch):
            yield self._collector.take_batch()

    def _read_pieces(self) -> Generator[None]:
        """Read one piece per step."""
        collector = self._collector
        parser: DocumentParser | None = None
        xml, line = XmlDocument(collector), 1
        for piece in self._decoder:
            if parser is None:
                parser = self._choose_parser(piece, line, xml)
                line += piece.count(b"\n")
            if collector.stopped:
                break
            if self._decoder.bytes > MAX_BYTES:
                limit_strictly(collector, "too-large", "a file may have at most 50 MiB")
            if parser is xml and self._decoder.is_whole(piece):
                xml.feed_whole(piece)
            else:
                (parser or xml).feed(piece)
            yield
            if collector.stopped:
                break
        self._finish(parser)

    def _choose_parser(self, piece: Piece, line: int, xml: XmlDocument) -> DocumentParser | None:
        """Return the parser for the document; None while there is only white space."""
        text = piece.lstrip(_BLANKS)
        if not text or (text.startswith(b"<") and not _URL_IN_BRACKETS.match(text)):
            return xml if text else None
        return detection.open_parser(piece.decode("utf-8", "ignore"), line, self._collector, xml)

    def _finish(self, parser: DocumentParser | None) -> None:
        if not self._collector.stopped:
            if parser:
                parser.close()
            else:
                detection.refuse_empty(self._collector)
        self._collector.end_entry()
        self._collector.kind_decided = True
        self._finished = True


def read_document(
    chunks: Iterable[bytes],
    *,
    base_url: str | None = None,
    charset: str | None = None,
    is_truncated: Callable[[], bool] = lambda: False,
) -> DocumentReader:
    """Return a reader of the document in these chunks.

    The content decides what the document is, never a name or content type. No content raises an exception:
    whatever is wrong becomes a :class:`~sitemap_cli.model.values.Problem`.

    Args:
        chunks: the bytes, decompressed.
        base_url: the URL that relative URLs are resolved against.
        charset: the encoding according to the transport; the last one to be believed.
        is_truncated: called at the end; returns whether there should have been more, so that the last line
            may be incomplete.
    """
    return DocumentReader(chunks, base_url, charset, is_truncated)
