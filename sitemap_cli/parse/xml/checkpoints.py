"""Remembers from where a document can be read anew, should it turn out to be broken."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyexpat import XMLParserType

WHOLE_TAG = re.compile(rb"<(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+>")


class Opened:
    """An element around entries: where its tag begins in the parser's bytes, and a copy of the tag."""

    __slots__ = ("index", "tag")

    def __init__(self, index: int) -> None:
        self.index = index
        self.tag = b""


class Marks:
    """Places between two tags, as bytes of what the parser was given.

    ``last`` is the one from which on nothing was recorded: there begins a tag, which is done with if
    ``passed``. ``open`` are the elements around it, the root first; that stays when it has ended.
    """

    __slots__ = ("_before", "_parser", "last", "open", "passed")

    def __init__(self, parser: "XMLParserType") -> None:
        self._parser = parser
        self._before = 0
        self.last = 0
        self.passed = False
        self.open: list[Opened] = []

    def note(self) -> None:
        """A tag that begins something is in hand."""
        self.last = self._parser.CurrentByteIndex
        self.passed = False

    def done(self) -> None:
        """The tag in hand is done with."""
        self._before = self.last
        self.last = self._parser.CurrentByteIndex
        self.passed = True

    def enter(self) -> None:
        """The tag in hand begins an element around entries."""
        self.done()
        self.open.append(Opened(self.last))

    def leave(self) -> None:
        """The tag in hand ends the innermost one."""
        self.done()
        if len(self.open) > 1:
            self.open.pop()

    def move(self, index: int) -> None:
        """Everything before that byte was recorded."""
        self.last = self._before = index
        self.passed = False

    def start(self, kept: bytearray, first: int) -> int:
        """Where the part begins that has to be read again, in the bytes from ``first`` on that were kept."""
        at = self.last - first
        if not self.passed:
            return at
        # The end of an element without content is told after its tag, that of any other before.
        before = WHOLE_TAG.match(kept, self._before - first) if self._before >= first else None
        if before and before[0].endswith(b"/>") and before.end() == at:
            return at
        passed = WHOLE_TAG.match(kept, at)
        return passed.end() if passed else at

    def copy_tags(self, kept: bytearray, first: int) -> None:
        """Keep the tags of the elements that are open."""
        for each in reversed(self.open):
            if each.tag:
                return
            found = WHOLE_TAG.match(kept, each.index - first)
            each.tag = bytes(found[0]) if found else b""

    def tags(self) -> Sequence[bytes]:
        """The tags of the elements that are open."""
        return [each.tag for each in self.open]
