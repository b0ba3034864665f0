"""Limits what one record may hold."""

from collections import Counter
from collections.abc import Sequence

from sitemap_cli.parse.records import Node

MAX_TEXT = 64 * 1024
"""Characters of one field."""
MAX_SAME = 1_000
"""Children with the same name that an element keeps."""
MAX_CHILDREN = 20_000
"""Children that an element keeps."""
MAX_NODES = 50_000
"""Elements that a record keeps."""
MAX_LONG_TEXT = 4 * 1024 * 1024
"""Characters of all long fields of a record together."""
MAX_DROPPED_NAMES = 20
"""Names for which a record counts the elements that were dropped."""
LONG_TEXT = 256
"""Characters above which a field is long."""


class RecordBudget:
    """What is left of the limits for one record; ``dropped`` counts elements that were too many, by name."""

    __slots__ = ("_nodes", "_text_left", "dropped")

    def __init__(self) -> None:
        self._nodes = 0
        self._text_left = MAX_LONG_TEXT
        self.dropped: dict[str, int] = {}

    def add_nodes(self, nodes: int) -> None:
        """Count elements that were kept."""
        self._nodes += nodes

    def has_room(self, name: str, children: Sequence[Node], counts: Counter[str]) -> bool:
        """Return whether one more child of this name may be kept; otherwise count it as dropped.

        ``counts`` is empty until there are many children, and from then on counts them by name.
        """
        if self._nodes <= MAX_NODES and (len(children) < MAX_SAME or _is_rare(name, children, counts)):
            return True
        if name in self.dropped or len(self.dropped) < MAX_DROPPED_NAMES:
            self.dropped[name] = self.dropped.get(name, 0) + 1
        return False

    def has_room_for_later_text(self, kept: int) -> bool:
        """Return whether one more text beside the fields may be kept; otherwise count it as dropped."""
        if kept < MAX_SAME:
            return True
        self.dropped["text"] = self.dropped.get("text", 0) + 1
        return False

    def has_room_for_text(self, text: str) -> bool:
        """Return whether a text may be kept, and count its characters if it is long."""
        if len(text) <= LONG_TEXT:
            return True
        self._text_left -= len(text)
        return len(text) <= MAX_TEXT and self._text_left > 0

    def limit_attributes(self, attributes: Sequence[str]) -> Sequence[str]:
        """Return the attributes of an element, or none if they are larger than in any honest file."""
        size = sum(map(len, attributes))
        self._text_left -= size if size > LONG_TEXT else 0
        return attributes if size <= MAX_TEXT and self._text_left > 0 else ()


def _is_rare(name: str, children: Sequence[Node], counts: Counter[str]) -> bool:
    """Return whether a name still has room among many children; they are counted only from then on."""
    if not counts:
        counts.update(child.name for child in children)
    counts[name] += 1
    return counts[name] <= MAX_SAME and len(children) < MAX_CHILDREN
