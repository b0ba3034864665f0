"""Remembers from where a document can be read again, in case it turns out to be broken."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sitemap_cli.parse.xml.tags import LOOSE_ATTRIBUTES

if TYPE_CHECKING:
    from pyexpat import XMLParserType

_WHOLE_TAG = re.compile(f"<{LOOSE_ATTRIBUTES}>".encode())


class OpenElement:
    """An element around entries: where its tag begins in the parser's bytes, and a copy of the tag."""

    __slots__ = ("index", "tag")

    def __init__(self, index: int) -> None:
        self.index = index
        self.tag = b""


class Checkpoints:
    """Positions between two tags, as byte indices of what the parser was given.

    Nothing from ``last`` on was recorded: a tag begins there, which is finished if ``passed`` is True.
    ``open_elements`` are the elements around it, the root first; the root stays after its end.
    """

    __slots__ = ("_parser", "_previous", "last", "open_elements", "passed")

    def __init__(self, parser: "XMLParserType") -> None:
        self._parser = parser
        self._previous = 0
        self.last = 0
        self.passed = False
        self.open_elements: list[OpenElement] = []

    def begin_tag(self) -> None:
        """Note that the current tag begins something."""
        self.last = self._parser.CurrentByteIndex
        self.passed = False

    def finish_tag(self) -> None:
        """Note that the current tag is finished."""
        self._previous = self.last
        self.last = self._parser.CurrentByteIndex
        self.passed = True

    def enter_element(self) -> None:
        """Note that the current tag begins an element around entries."""
        self.finish_tag()
        self.open_elements.append(OpenElement(self.last))

    def leave_element(self) -> None:
        """Note that the current tag ends the innermost of these elements."""
        self.finish_tag()
        if len(self.open_elements) > 1:
            self.open_elements.pop()

    def move_to(self, index: int) -> None:
        """Note that everything before this byte was recorded."""
        self.last = self._previous = index
        self.passed = False

    def locate_restart(self, kept: bytearray, first: int) -> int:
        """Return where to begin to read again in ``kept``, the bytes from ``first`` on."""
        at = self.last - first
        if not self.passed:
            return at
        # The end event of an empty element has the index after its tag, any other end event that of its tag.
        previous = _WHOLE_TAG.match(kept, self._previous - first) if self._previous >= first else None
        if previous and previous[0].endswith(b"/>") and previous.end() == at:
            return at
        tag = _WHOLE_TAG.match(kept, at)
        return tag.end() if tag else at

    def copy_tags(self, kept: bytearray, first: int) -> None:
        """Copy the tags of the open elements from ``kept``, the bytes from ``first`` on."""
        for each in reversed(self.open_elements):
            if each.tag:
                return
            found = _WHOLE_TAG.match(kept, each.index - first)
            each.tag = bytes(found[0]) if found else b""

    def get_open_tags(self) -> Sequence[bytes]:
        """Return the tags of the open elements."""
        return [each.tag for each in self.open_elements]
