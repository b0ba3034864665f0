"""Reads XML piece by piece, safely; the only module that imports an XML library.

defusedxml gives the parser and its handlers against entities and DTDs. It has no limits for depth,
token and text, and events cost three times what they need to, so those parts are ours.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, XMLParser

from sitemap_cli.parse.collector import Harvest
from sitemap_cli.parse.encoding import SUBSTITUTE
from sitemap_cli.parse.fast import extended_entries, plain_entries
from sitemap_cli.parse.format import Root, Sink
from sitemap_cli.parse.xml import namespaces
from sitemap_cli.parse.xml.cursor import Cursor
from sitemap_cli.parse.xml.handlers import Builder, Nested, Stopped

MAX_TOKEN = 1024 * 1024
"""Bytes of one name, attribute, comment ...; expat 2.5 is quadratic beyond (CVE-2023-52425)."""
MAX_TAG = 4 * MAX_TOKEN
"""Bytes of a start tag that is long because it has many attributes."""
MAX_NAMES = 300_000
"""Different names in one document; expat never forgets one."""
MAX_KEPT = 2 * MAX_TAG
"""Bytes that are kept to be read again when the document turns out to be broken."""

_TAG = re.compile(rb"<[^!?/]")
# https://github.com/libexpat/libexpat/blob/master/expat/lib/expat.h, enum XML_Error
_ADVICE = {
    4: "; often a bare & or <, to be written &amp; or &lt;",
    7: "; an element is closed that was not opened last",
    11: "; XML knows only &amp; &lt; &gt; &quot; and &apos;",
    27: "; the xmlns attribute for the prefix is missing",
}


@dataclass(frozen=True, slots=True)
class Broken:
    """Where and why a document is not well-formed; ``index`` is a byte of what the parser was given.

    ``told`` if the mender will say what is wrong.
    """

    message: str
    line: int
    column: int
    index: int
    told: bool = False


Rest = tuple[Cursor, bytes, Sequence[bytes]]
"""What is to be read again: a place, the bytes from there, and the tags that are open there."""


class Stream:
    """One document on its way through expat.

    Args:
        harvest: takes what is found.
        choose: is told the root, and tells who takes the records.
        line: for mended XML, the line on which it begins.
    """

    __slots__ = ("_cursor", "_fed", "_from", "_harvest", "_kept", "_parser", "_prefixes", "builder")

    def __init__(
        self, harvest: Harvest, choose: Callable[[Root], Sink | None], line: int | None = None
    ) -> None:
        self._harvest = harvest
        self._parser = XMLParser(target=object(), encoding="utf-8", forbid_dtd=True)
        # Newer versions of expat put tokens off, so that events would come late; we bound tokens ourselves.
        if hasattr(self._parser.parser, "SetReparseDeferralEnabled"):
            self._parser.parser.SetReparseDeferralEnabled(False)
        self.builder = Builder(self._parser.parser, harvest, choose, line)
        self._cursor = Cursor(harvest)
        self._fed = 0
        self._from = 0
        self._kept = bytearray()
        self._prefixes: frozenset[str] | None = None

    def parse(self, data: bytes) -> Broken | None:
        """Take the next piece of UTF-8; tell what is wrong with it."""
        self._fed += len(data)
        self._kept += data
        try:
            self._parser.feed(data)
        except ParseError as error:
            self.builder.marks.copy_tags(self._kept, self._from)
            return self._broken(error)
        except DefusedXmlException as error:
            self._harvest.end("dtd-forbidden", f"declarations of its own, which can be an attack: {error}")
        except Nested as nested:
            self.builder.marks.copy_tags(self._kept, self._from)
            line, column, index = nested.args
            return Broken("an entry begins before the last one has ended", line, column, index)
        except Stopped:
            pass
        else:
            self.builder.marks.copy_tags(self._kept, self._from)
            self._forget()
            self._guard()
        return None

    def finish(self) -> Broken | None:
        """Learn that there is no more, and tell what is missing."""
        try:
            self._parser.close()
        except ParseError as error:
            return self._broken(error)
        return None

    def quick(self, text: str, at: int = 0, line: int | None = None) -> int:
        """Let entries of this text, the lane's, go past the parser; return where the others begin."""
        builder = self.builder
        take = builder.quick
        if not text or take is None or self._fed != self._parser.parser.CurrentByteIndex:
            return at
        builder.settle()
        first = line or builder.places.line
        done, last = plain_entries.run(text, at, first, take, all_=line is None)
        if done < len(text) and builder.sink and builder.sink.rich:
            quiet = builder.quiet or done > at
            done, last = extended_entries.run(
                text, done, last, self._bound(), builder.sink.rich, comments=quiet
            )
        if done > at:
            self._skip(text[at:done].encode("latin-1"), last - first)
        return done

    def _bound(self) -> frozenset[str]:
        """The customary prefixes that the root binds to what they customarily mean."""
        if self._prefixes is None:
            self._prefixes = namespaces.customary(self.builder.marks.tags()[0])
        return self._prefixes

    def again(self) -> Rest | None:
        """What was not recorded; None if it was too much to be kept."""
        marks = self.builder.marks
        if marks.last < self._from:
            return None
        at = marks.start(self._kept, self._from)
        self._cursor.advance(bytes(self._kept[:at]))
        return self._cursor, bytes(self._kept[at:]), marks.tags()

    def _skip(self, data: bytes, breaks: int) -> None:
        self.builder.skip(data, breaks)
        self._cursor.advance(bytes(self._kept))
        self._cursor.skip(data, breaks)
        self._kept.clear()
        self._from = self._fed
        self.builder.marks.move(self._fed)

    def _forget(self) -> None:
        """Keep no more than what would have to be read again."""
        done = self.builder.marks.last - self._from
        if done < 0 or len(self._kept) - done > MAX_KEPT:
            done = len(self._kept)
        self._cursor.advance(bytes(self._kept[:done]))
        del self._kept[:done]
        self._from += done

    def _guard(self) -> None:
        """Stop where memory or time would grow with one token, one text or ever new names."""
        self.builder.trim()
        parser = self._parser.parser
        pending = self._fed - max(parser.CurrentByteIndex, 0)
        if pending > MAX_TOKEN and not self._is_tag(pending):
            self._end("token-too-long", "a name, attribute, comment or tag of more than 1 MiB")
        elif len(parser.intern) > MAX_NAMES:
            self._end("too-many-names", f"more than {MAX_NAMES:,} different names of elements and attributes")

    def _is_tag(self, pending: int) -> bool:
        recent = self._kept[-MAX_TOKEN:]
        quoted = b'"' in recent or b"'" in recent
        return pending <= MAX_TAG and quoted and _TAG.match(self._kept, len(self._kept) - pending) is not None

    def _end(self, code: str, message: str) -> None:
        self._harvest.end(code, message, self.builder.places.here())

    def _broken(self, error: ParseError) -> Broken:
        line, column = error.position
        message = str(error).partition(": line ")[0] + _ADVICE.get(error.code, "")
        index = self._parser.parser.ErrorByteIndex
        byte = self._kept[index - self._from : index - self._from + 1] if index >= self._from else b""
        unreadable = self._harvest.substituted and byte == SUBSTITUTE
        return Broken(message, line, column, index, unreadable)
