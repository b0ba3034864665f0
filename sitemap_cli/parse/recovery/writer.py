"""Takes what the mender makes of broken documents to the parser."""

from collections.abc import Callable

from sitemap_cli.parse import detection
from sitemap_cli.parse.collector import Harvest
from sitemap_cli.parse.fast import plain_entries
from sitemap_cli.parse.format import Root, Sink
from sitemap_cli.parse.xml.stream import Stream


class Mended:
    """Gives documents to the parser, a new one for each.

    Args:
        harvest: takes what is found.
        stream: the parser that gave up.
        by_root: tells who takes the entries, unless somebody did before that.
    """

    __slots__ = ("_by_root", "_foreign", "_harvest", "_sink", "_stream", "_text")

    def __init__(self, harvest: Harvest, stream: Stream, by_root: Callable[[Root], Sink | None]) -> None:
        self._harvest = harvest
        self._stream = stream
        self._by_root = by_root
        self._foreign = False
        self._sink = stream.builder.sink
        self._text: tuple[bytes, str] = (b"", "")

    def open(self, line: int, *, same: bool) -> None:
        """A document begins on this line, or goes on there if it is the same."""
        self._foreign = False
        choose = self._resume if same else self._choose
        self._stream = Stream(self._harvest, choose, line)

    def write(self, data: bytes) -> Sink | None:
        """Take the next piece."""
        if self._foreign:
            return None
        broken = self._stream.parse(data)
        if broken and not self._harvest.ended:
            at = self._stream.builder.places.of(broken.line, broken.column, broken.index)
            self._harvest.end("not-well-formed", f"what cannot be repaired: {broken.message}", at)
        return self._stream.builder.sink

    def quick(self, data: bytes, at: int, line: int) -> int:
        """Let plain entries go past the parser."""
        if self._text[0] is not data:
            self._text = (data, plain_entries.text(data))
        return self._stream.quick(self._text[1], at, line)

    def spoil(self) -> None:
        """Give up the entry that is open."""
        self._stream.builder.spoil()

    def end(self) -> None:
        """The document ends."""
        self._stream.finish()

    def _resume(self, root: Root) -> Sink | None:
        self._sink = self._sink or self._by_root(root)
        return self._sink

    def _choose(self, root: Root) -> Sink | None:
        """The first document decides what the whole is."""
        if self._sink is None:
            self._sink = self._by_root(root)
            return self._sink
        another = detection.by_another_root(root, self._harvest)
        self._foreign = another is None
        self._sink = another or self._sink
        return another
