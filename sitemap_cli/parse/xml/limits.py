"""Bounds what one entry may hold."""

from collections import Counter
from collections.abc import Sequence

from sitemap_cli.parse.records import Node

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
LONG = 256
"""Characters of a field from which on it counts as long."""


class Budget:
    """What is left for one record. ``dropped`` says how many elements of a name were too many."""

    __slots__ = ("_nodes", "_room", "dropped")

    def __init__(self) -> None:
        self._nodes = 0
        self._room = MAX_LONG
        self.dropped: dict[str, int] = {}

    def spend(self, nodes: int) -> None:
        """Count elements that were kept."""
        self._nodes += nodes

    def has_room(self, name: str, children: Sequence[Node], counts: Counter[str]) -> bool:
        """Whether one more child of this name is kept; otherwise it is counted.

        ``counts`` is empty until there are many, and counts children by name from then on.
        """
        if self._nodes <= MAX_NODES and (len(children) < MAX_SAME or _is_rare(name, children, counts)):
            return True
        if name in self.dropped or len(self.dropped) < MAX_DROPPED:
            self.dropped[name] = self.dropped.get(name, 0) + 1
        return False

    def allows(self, text: str) -> bool:
        """Whether a text is kept."""
        if len(text) <= LONG:
            return True
        self._room -= len(text)
        return len(text) <= MAX_TEXT and self._room > 0

    def modest(self, attributes: Sequence[str]) -> Sequence[str]:
        """The attributes of an element, unless they are of a size no honest file has."""
        size = sum(map(len, attributes))
        self._room -= size if size > LONG else 0
        return attributes if size <= MAX_TEXT and self._room > 0 else ()


def _is_rare(name: str, children: Sequence[Node], counts: Counter[str]) -> bool:
    """Whether a name still has room among many children; counting begins only where it matters."""
    if not counts:
        counts.update(child.name for child in children)
    counts[name] += 1
    return counts[name] <= MAX_SAME and len(children) < MAX_CHILDREN
