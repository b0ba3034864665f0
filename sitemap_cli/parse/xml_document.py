"""One XML document on its way: its prolog, the fast lane, the parser, and the mender if it breaks."""

from sitemap_cli.parse import detection
from sitemap_cli.parse.collector import Harvest, Position
from sitemap_cli.parse.fast import plain_entries
from sitemap_cli.parse.format import Root, Sink
from sitemap_cli.parse.names import NAMESPACE
from sitemap_cli.parse.recovery.recovery import Mender
from sitemap_cli.parse.recovery.writer import Mended
from sitemap_cli.parse.xml.prolog import Prolog
from sitemap_cli.parse.xml.stream import Broken, Rest, Stream

_CUT = "the document ends before its root element does"


class XmlBody:
    """Takes the pieces of one document."""

    __slots__ = ("_harvest", "_held", "_judged", "_mender", "_prolog", "_rootless", "_stream")

    def __init__(self, harvest: Harvest) -> None:
        self._harvest = harvest
        self._prolog = Prolog(harvest)
        self._stream = Stream(harvest, self._choose)
        self._mender: Mender | None = None
        self._held = b""
        self._judged = False
        self._rootless = False

    def feed(self, piece: bytes) -> None:
        """Take the next piece of UTF-8."""
        if self._mender:
            self._mender.feed(piece)
        elif self._prolog.done:
            self._take(piece)
        else:
            self._introduce(piece)

    def close(self) -> None:
        """Learn that there is no more."""
        rest = self._prolog.close() + self._held
        if self._prolog.html:
            detection.html(self._harvest)
            return
        if not self._mender and not self._harvest.ended:
            self._parse(rest)
        if self._mender:
            self._close_mended(self._mender)
        elif not self._harvest.ended:
            self._finish()

    def _choose(self, root: Root) -> Sink | None:
        self._rootless = root.namespace in ("", NAMESPACE) and bool(detection.around(root.local))
        if self._rootless:
            return None
        return self._judge(root)

    def _judge(self, root: Root) -> Sink | None:
        self._judged = True
        return detection.by_root(root, self._harvest)

    def _end(self, code: str, message: str, at: Position) -> None:
        """End the document; if its root could not be read, its name tells the kind all the same."""
        self._name()
        self._harvest.end(code, message, at)

    def _name(self) -> None:
        if not self._judged:
            detection.by_broken_root(self._prolog.root, self._harvest)

    def _introduce(self, piece: bytes) -> None:
        ready = self._prolog.feed(piece)
        if self._prolog.html:
            detection.html(self._harvest)
        elif not self._harvest.ended:
            begin = max(ready.find(plain_entries.BEGIN), 0)
            self._parse(ready[:begin])
            if self._mender:
                self._mender.feed(ready[begin:])
            elif not self._harvest.ended:
                self._take(ready[begin:])

    def _take(self, piece: bytes) -> None:
        """Cut at the end of an entry, so that the parser stands between two of them at every cut."""
        data = self._held + piece
        end = data.rfind(plain_entries.END) + len(plain_entries.END)
        if end < len(plain_entries.END):
            end = len(data)
        self._held = data[end:]
        at = 0 if self._prolog.prefixed else self._stream.quick(plain_entries.text(data[:end]))
        if at < end:
            self._parse(data[at:end])
            if self._mender:
                self._mender.feed(self._held)

    def _parse(self, data: bytes) -> None:
        broken = self._stream.parse(data)
        if self._harvest.ended:
            self._name()
        elif self._rootless and (rest := self._stream.again()):
            self._hand_over(rest, None)
        elif broken:
            self._mend(broken)

    def _mend(self, broken: Broken) -> None:
        """Let the mender take over."""
        harvest, builder = self._harvest, self._stream.builder
        at = builder.places.of(broken.line, broken.column, broken.index)
        again = self._stream.again()
        if again is None:
            self._end("not-well-formed", broken.message, at)
            return
        if not builder.finished and not broken.told:
            harvest.problem("not-well-formed", broken.message, at, lost=False)
        self._hand_over(again, builder.sink if builder.finished else None)

    def _hand_over(self, rest: Rest, ended: Sink | None) -> None:
        """Give the mender what was not recorded yet."""
        cursor, data, opened = rest
        output = Mended(self._harvest, self._stream, self._judge)
        self._mender = Mender(self._harvest, cursor, output, opened, ended)
        self._mender.feed(data)

    def _close_mended(self, mender: Mender) -> None:
        mender.feed(b"", final=True)
        missing = mender.missing()
        if missing and not self._harvest.ended:
            self._end("truncated", _CUT, missing)

    def _finish(self) -> None:
        broken = self._stream.finish()
        if broken and not self._harvest.ended:
            at = self._stream.builder.places.of(broken.line, broken.column, broken.index)
            if self._stream.builder.finished:
                self._harvest.problem("junk-after-end", "something unfinished stands after the end", at)
                return
            self._end("truncated", _CUT, at)
