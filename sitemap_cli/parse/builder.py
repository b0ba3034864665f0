"""Makes records of expat's events, in bounded memory.

These handlers run half a million times for one full sitemap, so they are few, do little, and take
each other's place instead of asking where they are.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sitemap_cli.parse.format import Root, Sink
from sitemap_cli.parse.harvest import Harvest
from sitemap_cli.parse.lane import Quick
from sitemap_cli.parse.places import Places
from sitemap_cli.parse.records import Names, Node, Record

if TYPE_CHECKING:
    from pyexpat import XMLParserType

MAX_DEPTH = 64
MAX_TEXT = 64 * 1024
"""Characters of one field."""
MAX_SAME = 1_000
"""Children of one name that an element keeps."""
MAX_CHILDREN = 20_000
MAX_NODES = 50_000
"""Elements that a record keeps."""
MAX_LONG = 4 * 1024 * 1024
"""Characters that the long fields of a record may have together."""
MAX_DROPPED = 20
"""Names of which a record says how many elements are missing."""
_LONG = 256
_COMMENTS = 20


class Stopped(Exception):  # noqa: N818 - it is a way out, not an error
    """Leaves expat's buffer: the harvest knows why."""


class Nested(Exception):  # noqa: N818 - the same
    """Leaves expat's buffer: a record begins in a record, so that the first one has no end."""


class Opened:
    """An element around entries: where its tag begins in the parser's bytes, and the tag once it was copied."""

    __slots__ = ("index", "tag")

    def __init__(self, index: int) -> None:
        self.index = index
        self.tag = b""


class Builder:
    """The handlers of one document.

    From ``mark`` on, a byte of what the parser was given, the document can be read anew: a tag begins there
    that is no part of a complete entry, or, if ``passed``, one that is done with. ``before`` is the mark before
    that, and ``open`` are the elements around.
    """

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
        "_dropped",
        "_frames",
        "_harvest",
        "_names",
        "_nested",
        "_nodes",
        "_open",
        "_parser",
        "_raw",
        "_record",
        "_resume",
        "_skipped",
        "_spoiled",
        "_strict",
        "_take",
        "before",
        "finished",
        "mark",
        "open",
        "passed",
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
        self._frames: list[tuple[str, Sequence[str], str | None, list[Node], Counter[str] | None]] = []
        self.finished = False
        self._cdata = False
        self.places = Places(parser, harvest, line)
        self.mark = self.before = 0
        self.passed = False
        self.open: list[Opened] = []
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
        self.open.append(Opened(self._parser.CurrentByteIndex))
        self._mark(passed=True)
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

    def _mark(self, *, passed: bool) -> None:
        self.before = self.mark
        self.mark = self._parser.CurrentByteIndex
        self.passed = passed

    def _start_outside(self, raw: str, attributes: list[str]) -> None:
        sink = self.sink
        assert sink is not None  # noqa: S101 - the root chose it
        name = self._names[raw]
        self.mark = self._parser.CurrentByteIndex
        self.passed = False
        if name in sink.records:
            self._raw = raw if self._strict else ""
            self._parser.CommentHandler = None
            self._clear(name, self.places.line, attributes)
            self._inside()
        elif name in sink.containers:
            self._depth += 1
            sink.contain(name, self.places.line)
            self.open.append(Opened(self.mark))
            self.passed = True
            self._check_depth(1 + self._depth)
        else:
            if name:
                sink.stray(name, self.places.line)
            self._skip(1 + self._depth, 1, self._outside)

    def _end_outside(self, _raw: str) -> None:
        self._depth -= 1
        self._mark(passed=True)
        if self._depth >= 0:
            self.open.pop()
        else:
            self.finished = True
            self._parser.CommentHandler = self._comment

    def _clear(self, record: str, line: int, attributes: Sequence[str]) -> None:
        """Begin a record."""
        self._record = (record, line, attributes)
        self._children: list[Node] = []
        self._counts: Counter[str] | None = None
        self._dropped: dict[str, int] = {}
        self._nested = False
        self._spoiled = False
        self._nodes = 0
        self._budget = MAX_LONG
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
        if name and (len(self._children) < MAX_SAME or self._room(name)):
            text = "".join(self._data)
            kept = text if len(text) <= _LONG else self._long(name, text)
            self._children.append(Node(name, kept, self._attributes and self._modest()))

    def _descend(self) -> bool:
        """The open element turns out to have children; whether it is one that we skip with all of them."""
        self._nested = True
        opened = self._open or ""
        name = self._names[opened]
        if not name or not self._room(name):
            self._open = None
            self._skip(2 + self._depth + len(self._frames), 2, self._inside)
            return True
        text = "".join(self._data)
        self._frames.append((name, self._modest(), self._long(name, text), self._children, self._counts))
        self._children = []
        self._counts = None
        self._check_depth(3 + self._depth + len(self._frames))
        return False

    def _ascend(self) -> None:
        """The end of an element with children, or of the record."""
        if not self._frames:
            name, line, attributes = self._record
            text = "".join(self._data)[:MAX_TEXT] if not self._children else None
            self._outside()
            self._mark(passed=True)
            if not self._spoiled:
                self._take(Record(name, line, attributes, self._children, self._dropped, self._nested, text))
            return
        children = self._children
        self._nodes += len(children)
        name, attributes, text, self._children, self._counts = self._frames.pop()
        self._children.append(Node(name, text, attributes, children))

    def _room(self, name: str) -> bool:
        """Whether one more child of this name is kept; otherwise it is counted."""
        if self._nodes <= MAX_NODES and (len(self._children) < MAX_SAME or self._is_rare(name)):
            return True
        if name in self._dropped or len(self._dropped) < MAX_DROPPED:
            self._dropped[name] = self._dropped.get(name, 0) + 1
        return False

    def _is_rare(self, name: str) -> bool:
        """Whether a name still has room among many children; counting begins only where it matters."""
        if self._counts is None:
            self._counts = Counter(child.name for child in self._children)
        self._counts[name] += 1
        return self._counts[name] <= MAX_SAME and len(self._children) < MAX_CHILDREN

    def _long(self, name: str, text: str) -> str | None:
        if len(text) <= _LONG:
            return text
        self._budget -= len(text)
        if len(text) <= MAX_TEXT and self._budget > 0:
            return text
        self._harvest.problem("field-too-long", f"the text of {name} is too long to keep", self.places.here())
        return None

    def _modest(self) -> Sequence[str]:
        """The attributes of the open element, unless they are of a size no honest file has."""
        size = sum(map(len, self._attributes))
        self._budget -= size if size > _LONG else 0
        return self._attributes if size <= MAX_TEXT and self._budget > 0 else ()

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
                self._mark(passed=True)

    def _check_depth(self, depth: int) -> None:
        if depth > MAX_DEPTH:
            self._harvest.end("xml-too-deep", f"elements nested deeper than {MAX_DEPTH}", self.places.here())
            raise Stopped
