"""Reads one document: finds out what it is and yields its entries and problems."""

import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping

from sitemap_cli.model.values import Item, Kind
from sitemap_cli.parse import detection
from sitemap_cli.parse.collector import Harvest
from sitemap_cli.parse.element_order import Disorder
from sitemap_cli.parse.encoding import Source
from sitemap_cli.parse.format import Body
from sitemap_cli.parse.xml_document import XmlBody

BATCH = 5_000
"""Items after which a batch is handed out."""
STRETCH = 1024 * 1024
"""Bytes after which a batch is handed out though it may be small, or even empty."""

Chunk = bytes
"""The built-in type, whose name a property of :class:`Reading` takes."""

_BRACKETED = re.compile(rb"<https?://", re.IGNORECASE)
_BLANK = b" \t\r\n\xef\xbb\xbf"


class Reading:
    """One document being read; iterate it once to the end.

    The counts are exact at any moment. ``complete`` is True at the end if the whole document was
    understood: nothing cut, stopped or left out.
    """

    __slots__ = ("_finished", "_harvest", "_source", "_steps")

    def __init__(
        self, chunks: Iterable[bytes], base_url: str | None, charset: str | None, cut: Callable[[], bool]
    ) -> None:
        self._harvest = Harvest(base_url, cut)
        self._source = Source(chunks, self._harvest, charset)
        self._steps = self._read()
        self._finished = False

    @property
    def kind(self) -> Kind:
        """What the document is; UNKNOWN until that is decided."""
        return self._harvest.kind

    @property
    def encoding(self) -> str | None:
        """The encoding as decided, in lower case; None until then, or when it is one we refuse."""
        return self._source.encoding

    @property
    def bytes(self) -> int:
        """Bytes of content consumed."""
        return self._source.bytes

    @property
    def urls(self) -> int:
        """Entries so far."""
        return self._harvest.urls

    @property
    def sitemaps(self) -> int:
        """Child sitemaps so far."""
        return self._harvest.sitemaps

    @property
    def problems(self) -> int:
        """Problems so far, also those that were too many to be handed out."""
        return self._harvest.problems

    @property
    def codes(self) -> Mapping[str, int]:
        """How often there was each problem so far."""
        return self._harvest.codes

    @property
    def disorder(self) -> Disorder:
        """What stands in another order than in the schema, so far."""
        return self._harvest.disorder

    @property
    def complete(self) -> bool:
        """Whether the end was reached and nothing is missing."""
        return self._finished and not self._harvest.lost

    @property
    def generator(self) -> str | None:
        """A guess at the program that wrote the document."""
        return self._harvest.generator

    def sniff(self) -> Kind:
        """Read only as far as needed to know the kind; nothing is lost for the iteration."""
        while not self._harvest.decided and next(self._steps, self) is not self:
            pass
        return self.kind

    def close(self) -> None:
        """Give up what was read and is held; without it, that is the collector's, who may come late.

        Parsers, and generators that stand still, are parts of circles.
        """
        self._steps.close()
        self._harvest.drain()

    def __iter__(self) -> Iterator[list[Item]]:
        """Batches in document order, some of them empty, so that a caller can take turns with others."""
        mark = 0
        for _ in self._steps:
            harvest, at = self._harvest, self._source.bytes
            if harvest.decided and (len(harvest.items) >= BATCH or at - mark >= STRETCH):
                mark = at
                yield harvest.drain()
        if self._harvest.items:
            yield self._harvest.drain()

    def _read(self) -> Generator[None]:
        """Take one piece a step."""
        harvest = self._harvest
        body: Body | None = None
        blank, line = XmlBody(harvest), 1
        for piece in self._source:
            if body is None:
                body = self._opened(piece, line, blank)
                line += piece.count(b"\n")
            if harvest.ended:
                break
            (body or blank).feed(piece)
            yield
            if harvest.ended:
                break
        self._close(body)

    def _opened(self, piece: Chunk, line: int, xml: XmlBody) -> Body | None:
        """What takes the document, as soon as more than white space is there."""
        text = piece.lstrip(_BLANK)
        if not text or (text.startswith(b"<") and not _BRACKETED.match(text)):
            return xml if text else None
        return detection.by_text(piece.decode("utf-8", "ignore"), line, self._harvest, xml)

    def _close(self, body: Body | None) -> None:
        if not self._harvest.ended:
            if body:
                body.close()
            else:
                detection.empty(self._harvest)
        self._harvest.decided = True
        self._finished = True


def read(
    chunks: Iterable[bytes],
    *,
    base_url: str | None = None,
    charset: str | None = None,
    cut: Callable[[], bool] = lambda: False,
) -> Reading:
    """A reading of the document in these chunks.

    Content decides what the document is, never a name or content type. Nothing in it raises: whatever is
    wrong becomes a :class:`~sitemap_cli.model.values.Problem`.

    Args:
        chunks: the bytes, decompressed.
        base_url: what relative addresses are resolved against.
        charset: what the transport says the encoding is; the last to be believed.
        cut: asked at the end whether there should have been more, so that a last line may be half of one.
    """
    return Reading(chunks, base_url, charset, cut)
