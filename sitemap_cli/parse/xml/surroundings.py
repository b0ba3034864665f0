"""Knows the elements around the current record: containers, unknown elements, and their xml:base.

See https://www.w3.org/TR/xmlbase/
"""

from collections.abc import Sequence

from sitemap_cli.parse.collector import Collector, Position
from sitemap_cli.parse.format import RecordSink
from sitemap_cli.parse.protocol import UNDECLARED
from sitemap_cli.parse.records import get_base
from sitemap_cli.parse.values import loc_urls
from sitemap_cli.parse.xml.positions import PositionTracker

# The parser copies the rest of its buffer for each.
_MAX_INSPECTED = 20
# Feeds, and what they list.
_OF_FEEDS = frozenset({"entry", "feed", "item", "rss"})


class Surroundings:
    """The open elements between the root and the next record.

    ``depth`` is their number, and ``base`` the base URL that they and the root give, or "". ``in_unknown``
    says whether one of them is unknown to the format, and ``in_foreign`` whether one has a foreign namespace.
    """

    __slots__ = (
        *(
            "_bases",
            "_collector",
            "_foreign_depth",
            "_inspected",
            "_line",
            "_name",
            "_unknown_depth",
            "base",
            "depth",
        ),
        *("in_foreign", "in_unknown"),
    )

    def __init__(self, collector: Collector) -> None:
        self._collector = collector
        self._bases: list[str] = []
        self._foreign_depth = self._inspected = 0
        # The outermost unknown element.
        self._unknown_depth = 0
        self._name = ""
        self._line = 0
        self.base = ""
        self.depth = 0
        self.in_foreign = False
        self.in_unknown = False

    def enter_root(self, attributes: Sequence[str]) -> None:
        """Take the base URL of the root element."""
        self.base = get_base(attributes)

    def enter_container(self, attributes: Sequence[str]) -> None:
        """Enter an element that may contain records."""
        self.depth += 1
        self._bases.append(self.base)
        if attributes:
            self.base = loc_urls.resolve_url(self.base, get_base(attributes)) or self.base

    def enter_unknown(self, name: str, line: int, attributes: Sequence[str]) -> None:
        """Enter another element; ``name`` is canonical, or as expat gives it if the element is foreign."""
        self.enter_container(attributes)
        if "}" in name and not self.in_foreign and not name.startswith(UNDECLARED):
            self.in_foreign = True
            self._foreign_depth = self.depth
        if not self.in_unknown:
            self.in_unknown = True
            self._unknown_depth, self._name, self._line = self.depth, name, line

    def adopt_namespace(self, raw: str, sink: RecordSink, positions: PositionTracker) -> bool:
        """Count a namespace as that of the format if a record has it only because of an element around it.

        Args:
            raw: the name of the element that begins, as expat gives it.
            sink: knows the names of records.
            positions: the position of its start tag.

        Returns: whether it did that.
        """
        namespace, _, local = raw.rpartition("}")
        if local.lower() not in sink.records or self._inspected >= _MAX_INSPECTED:
            return False
        self._inspected += 1
        tag = positions.read_tag()
        if not tag.startswith(b"<" + local.encode()) or b"xmlns" in tag:
            return False
        sink.names.adopt_namespace(namespace)
        return True

    def leave_element(self, sink: RecordSink) -> None:
        """Leave the innermost element; report an unknown one without records if the format wants that."""
        if self.in_unknown and self.depth == self._unknown_depth:
            self.report_unknown(sink)
        if self.depth == self._foreign_depth:
            self.in_foreign = False
        self.depth -= 1
        if self._bases:
            self.base = self._bases.pop()

    def report_unknown(self, sink: RecordSink) -> None:
        """Report the unknown element that ends, unless it was reported as one that contains records."""
        if not self.in_unknown:
            return
        self.in_unknown = False
        name = self._name
        local = name.rpartition("}")[2]
        if self._collector.was_reported("misplaced-entry", local):
            return
        if "}" not in name or local.lower() in sink.records or local.lower() in _OF_FEEDS:
            sink.report_stray_element(name, self._line)

    def report_record(self, record: str, line: int) -> None:
        """Report that an unknown element contains a record."""
        local = self._name.rpartition("}")[2]
        message = f"{record} inside of {local}, where no reader looks for it"
        self._collector.report_once("misplaced-entry", local, message, Position(line))
