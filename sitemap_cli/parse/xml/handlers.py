"""Makes records of expat's events, in bounded memory.

These handlers run half a million times for one full sitemap, so they are few, do little, and take
each other's place instead of asking where they are.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sitemap_cli.parse.collector import Harvest
from sitemap_cli.parse.fast.plain_entries import Quick
from sitemap_cli.parse.format import Root, Sink
from sitemap_cli.parse.records import Names, Node, Record
from sitemap_cli.parse.xml.checkpoints import Marks
from sitemap_cli.parse.xml.limits import LONG, MAX_SAME, MAX_TEXT, Budget
from sitemap_cli.parse.xml.positions import Places

if TYPE_CHECKING:
    from pyexpat import XMLParserType

MAX_DEPTH = 64
_COMMENTS = 20
_NOTHING = " \t\r\n\ufeff\ufffd"


class Stopped(Exception):  # noqa: N818 - it is a way out, not an error
    """Leaves expat's buffer: the harvest knows why."""


class Nested(Exception):  # noqa: N818 - the same
    """Leaves expat's buffer: a record begins in a record, so that the first one has no end."""


class Builder:
    """The handlers of one document."""

    __slots__ = (
        "_above",
        "_attributes",
        "_budget",
        "_cdata",
        "_children",
        "_choose",
        "_comments",
        "_counts",
        "_data",
        "_depth",
        "_frames",
        "_harvest",
        "_names",
        "_nested",
        "_open",
        "_parser",
        "_raw",
        "_record",
        "_resume",
        "_skipped",
        "_spoiled",
        "_strict",
        "_take",
        "finished",
        "marks",
        "places",
        "sink",
    )

    def __init__(
        self,
        parser: "XMLParserType",
        harvest: Harvest,
        choose: Callable[[Root], Sink | None],
        line: int | None = None,
    ) -> None:
        self._parser = parser
        self._harvest = harvest
        self._choose = choose
        self.sink: Sink | None = None
        self._names: Names
        self._take: Callable[[Record], None]
        self._resume = self._outside
        self._depth = 0
        self._above = 0
        self._skipped = 0
        self._comments = 0
        self._data: list[str] = []
        self._open: str | None = None
        self._attributes: Sequence[str] = ()
        self._frames: list[tuple[str, Sequence[str], str | None, list[Node], Counter[str]]] = []
        self.finished = False
        self._cdata = False
        self.places = Places(parser, harvest, line)
        self.marks = Marks(parser)
        self._spoiled = False
        self._raw = ""
        self._strict = line is None
        self._clear("", 0, ())
        parser.ordered_attributes = True
        parser.buffer_text = True
        parser.DefaultHandlerExpand = None
        parser.CharacterDataHandler = self._data.append
        parser.StartCdataSectionHandler = self._start_cdata
        parser.EndCdataSectionHandler = self._end_cdata
        parser.StartElementHandler = self._start_root

    def trim(self) -> None:
        """Between two pieces: throw away the end of a text that is too long already."""
        if sum(map(len, self._data)) > MAX_TEXT:
            self._data[:] = ["".join(self._data)[: MAX_TEXT + 1]]

    @property
    def quick(self) -> Quick | None:
        """Who takes entries past the parser; None unless it stands between two of them."""
        between = self._parser.StartElementHandler == self._start_outside
        return self.sink.quick if self.sink and between and self._depth == 0 and not self._cdata else None

    @property
    def quiet(self) -> bool:
        """Whether nobody looks at comments here."""
        return self._parser.CommentHandler is None

    def skip(self, data: bytes, breaks: int) -> None:
        """Learn that these bytes, whole entries with so many ends of line, go past the parser."""
        self.places.skip(data, breaks)
        self._parser.CommentHandler = None

    def spoil(self) -> None:
        """Give up the record that is open."""
        self._spoiled = True

    def _start_cdata(self) -> None:
        self._cdata = True

    def _end_cdata(self) -> None:
        self._cdata = False

    def _start_root(self, raw: str, attributes: list[str]) -> None:
        namespace, _, local = raw.rpartition("}")
        sink = self._choose(Root(namespace, local, self.places.here(), attributes))
        if sink is None:
            raise Stopped
        self.sink = sink
        self.marks.enter()
        self._names = sink.names
        self._take = sink.record
        self._parser.CommentHandler = self._comment
        self._outside()

    def _outside(self) -> None:
        self._parser.StartElementHandler = self._start_outside
        self._parser.EndElementHandler = self._end_outside

    def _inside(self) -> None:
        self._parser.StartElementHandler = self._start_inside
        self._parser.EndElementHandler = self._end_inside

    def _comment(self, text: str) -> None:
        """Programs sign before the first entry or after the last; the comments between cost nothing."""
        self._harvest.hint(text)
        self._comments += 1
        if self._comments >= _COMMENTS:
            self._parser.CommentHandler = None

    def _start_outside(self, raw: str, attributes: list[str]) -> None:
        sink = self.sink
        assert sink is not None  # noqa: S101 - the root chose it
        name = self._names[raw]
        self.marks.note()
        self.settle()
        if name in sink.records:
            self._raw = raw if self._strict else ""
            self._parser.CommentHandler = None
            self._clear(name, self.places.line, attributes)
            self._inside()
        elif name in sink.containers:
            self._depth += 1
            sink.contain(name, self.places.line)
            self.marks.enter()
            self._check_depth(1 + self._depth)
        else:
            if name or raw.rpartition("}")[2].lower() in sink.records:
                sink.stray(name or raw, self.places.line)
            self._skip(1 + self._depth, 1, self._outside)

    def settle(self) -> None:
        """Tell of text where none belongs, between two entries."""
        if self.sink and (text := "".join(self._data).strip(_NOTHING)):
            self.sink.loose(text, self.places.line)
        self._data.clear()

    def _end_outside(self, _raw: str) -> None:
        self._depth -= 1
        self.settle()
        self.marks.leave()
        if self._depth < 0:
            self.finished = True
            self._parser.CommentHandler = self._comment

    def _clear(self, record: str, line: int, attributes: Sequence[str]) -> None:
        """Begin a record."""
        self._record = (record, line, attributes)
        self._children: list[Node] = []
        self._counts: Counter[str] = Counter()
        self._nested = False
        self._spoiled = False
        self._budget = Budget()
        self._data.clear()

    def _start_inside(self, raw: str, attributes: list[str]) -> None:
        if raw == self._raw:
            parser = self._parser
            raise Nested(parser.CurrentLineNumber, parser.CurrentColumnNumber, parser.CurrentByteIndex)
        if self._open is not None and self._descend():
            return
        self._open = raw
        self._attributes = attributes
        self._data.clear()

    def _end_inside(self, _raw: str) -> None:
        opened = self._open
        if opened is None:
            self._ascend()
            return
        self._open = None
        name = self._names[opened]
        if name and (len(self._children) < MAX_SAME or self._has_room(name)):
            text = "".join(self._data)
            kept = text if len(text) <= LONG else self._long(name, text)
            attributes = self._attributes and self._budget.modest(self._attributes)
            self._children.append(Node(name, kept, attributes))

    def _descend(self) -> bool:
        """The open element turns out to have children; whether it is one that we skip with all of them."""
        self._nested = True
        opened = self._open or ""
        name = self._names[opened]
        if not name or not self._has_room(name):
            self._open = None
            self._skip(2 + self._depth + len(self._frames), 2, self._inside)
            return True
        text = "".join(self._data)
        attributes = self._budget.modest(self._attributes)
        self._frames.append((name, attributes, self._long(name, text), self._children, self._counts))
        self._children = []
        self._counts = Counter()
        self._check_depth(3 + self._depth + len(self._frames))
        return False

    def _ascend(self) -> None:
        """The end of an element with children, or of the record."""
        if not self._frames:
            name, line, attributes = self._record
            text = "".join(self._data)[:MAX_TEXT] if not self._children else None
            self._data.clear()
            self._outside()
            self.marks.done()
            if not self._spoiled:
                dropped = self._budget.dropped
                self._take(Record(name, line, attributes, self._children, dropped, self._nested, text))
            return
        children = self._children
        self._budget.spend(len(children))
        name, attributes, text, self._children, self._counts = self._frames.pop()
        self._children.append(Node(name, text, attributes, children))

    def _has_room(self, name: str) -> bool:
        return self._budget.has_room(name, self._children, self._counts)

    def _long(self, name: str, text: str) -> str | None:
        if self._budget.allows(text):
            return text
        self._harvest.problem("field-too-long", f"the text of {name} is too long to keep", self.places.here())
        return None

    def _skip(self, above: int, levels: int, resume: Callable[[], None]) -> None:
        """Ignore some open elements and all below them."""
        self._above = above
        self._skipped = levels
        self._resume = resume
        self._parser.StartElementHandler = self._start_skipped
        self._parser.EndElementHandler = self._end_skipped
        self._check_depth(above + levels)

    def _start_skipped(self, _raw: str, _attributes: list[str]) -> None:
        self._skipped += 1
        self._check_depth(self._above + self._skipped)

    def _end_skipped(self, _raw: str) -> None:
        self._skipped -= 1
        if not self._skipped:
            self._resume()
            if self._parser.StartElementHandler == self._start_outside:
                self.marks.done()
                self._data.clear()

    def _check_depth(self, depth: int) -> None:
        if depth > MAX_DEPTH:
            self._harvest.end("xml-too-deep", f"elements nested deeper than {MAX_DEPTH}", self.places.here())
            raise Stopped
