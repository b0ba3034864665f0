"""Parses XML piece by piece, safely; the only module that imports an XML library.

defusedxml provides the parser and its protection against entities and DTDs. It has no limits on depth, token
and text, and its events cost three times what they need to, so those parts are our own.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, XMLParser

from sitemap_cli.parse.collector import Collector
from sitemap_cli.parse.encoding import SUBSTITUTE
from sitemap_cli.parse.entry_extensions import read_faultless
from sitemap_cli.parse.fast import plain_entries
from sitemap_cli.parse.fast.extended_entries import ExtendedEntries
from sitemap_cli.parse.fast.feed_items import FeedItems, UsualItems
from sitemap_cli.parse.fast.uniform_entries import UniformEntries
from sitemap_cli.parse.format import RecordSink, RootElement
from sitemap_cli.parse.xml import namespaces
from sitemap_cli.parse.xml.cursor import Cursor
from sitemap_cli.parse.xml.handlers import ElementHandlers, StopParsing
from sitemap_cli.parse.xml.record_builder import NestedRecord

MAX_TOKEN = 1024 * 1024
"""Bytes of one name, attribute, comment and so on; expat 2.5 is quadratic beyond (CVE-2023-52425)."""
MAX_TAG = 4 * MAX_TOKEN
"""Bytes of a start tag that is long because it has many attributes."""
MAX_NAMES = 300_000
"""Different names in one document; expat never frees one."""
MAX_KEPT = 2 * MAX_TAG
"""Bytes that are kept to be read again if the document turns out to be broken."""

_TAG = re.compile(rb"<[^!?/]")
# https://github.com/libexpat/libexpat/blob/master/expat/lib/expat.h, enum XML_Error
_INVALID_TOKEN = 4
_ADVICE = {
    _INVALID_TOKEN: "; often an unescaped & or <, which must be written &amp; or &lt;",
    7: "; an end tag does not match the element opened last",
    11: "; XML knows only &amp; &lt; &gt; &quot; and &apos;",
    27: "; the xmlns attribute for the prefix is missing",
}


@dataclass(frozen=True, slots=True)
class XmlFault:
    """Where and why a document is not well-formed.

    ``line``, ``column`` and ``index`` are the parser's own, in the bytes it was given. ``is_reported_later``
    is True if the recovery reports what is wrong, ``is_nesting`` if an entry begins inside another one, which
    may still be well-formed.
    """

    message: str
    line: int
    column: int
    index: int
    is_reported_later: bool = False
    is_nesting: bool = False


class UnrecordedRest(NamedTuple):
    """What is to be read again: its position, its bytes, and the tags that are open there."""

    cursor: Cursor
    data: bytes
    open_tags: Sequence[bytes]


class XmlStream:
    """One document on its way through expat.

    Args:
        collector: receives problems.
        choose_sink: returns what takes the records of a document with this root; None to stop.
        line: for rebuilt XML, the line on which it begins in the document.
    """

    __slots__ = (
        "_collector",
        "_cursor",
        "_extended",
        "_fed",
        "_items",
        "_kept",
        "_kept_from",
        "_parser",
        "_uniform",
        "handlers",
    )

    def __init__(
        self,
        collector: Collector,
        choose_sink: Callable[[RootElement], RecordSink | None],
        line: int | None = None,
    ) -> None:
        self._collector = collector
        self._parser = XMLParser(target=object(), encoding="utf-8", forbid_dtd=True)
        # Newer versions of expat defer tokens, so that events would come late; MAX_TOKEN bounds them here.
        if hasattr(self._parser.parser, "SetReparseDeferralEnabled"):
            self._parser.parser.SetReparseDeferralEnabled(False)
        self.handlers = ElementHandlers(self._parser.parser, collector, choose_sink, line)
        self._cursor = Cursor(collector)
        self._fed = 0
        self._kept_from = 0
        self._kept = bytearray()
        self._extended: ExtendedEntries | None = None
        self._uniform = UniformEntries()
        self._items: FeedItems | None = None

    def parse(self, data: bytes) -> XmlFault | None:
        """Parse the next piece of UTF-8; return what is wrong with it, if anything."""
        self._fed += len(data)
        self._kept += data
        try:
            self._parser.feed(data)
        except ParseError as error:
            self._copy_tags()
            return self._build_fault(error)
        except DefusedXmlException as error:
            message = f"the document has declarations of its own, which can be an attack: {error}"
            self._collector.stop("dtd-forbidden", message)
        except NestedRecord as nested:
            self._copy_tags()
            line, column, index = nested.args
            message = "an entry begins before the previous one has ended"
            return XmlFault(message, line, column, index, is_nesting=True)
        except StopParsing:
            pass
        else:
            self._copy_tags()
            self._drop_recorded()
            self._check_limits()
        return None

    def close(self) -> XmlFault | None:
        """Finish the document; return what is missing, if anything."""
        try:
            self._parser.close()
        except ParseError as error:
            return self._build_fault(error)
        return None

    def take_simple_entries(self, text: str, at: int = 0, line: int | None = None) -> int:
        """Let simple entries bypass the parser; return where the first other one begins.

        Args:
            text: a piece as :func:`~sitemap_cli.parse.fast.plain_entries.decode_piece` returns it.
            at: where to begin in it.
            line: the line there; None if that is known to the parser.
        """
        handlers = self.handlers
        sink = handlers.sink
        if sink is not None and sink.usual_items is not None:
            return self._take_feed_items(text, at, line, sink.usual_items)
        take = sink.take_plain_entries if sink and handlers.is_between_records(1) else None
        if not text or take is None or self._fed != self._parser.parser.CurrentByteIndex:
            return at
        handlers.report_stray_text()
        first = line or handlers.positions.line
        is_piece = line is None
        take_uniform = self._uniform.take_rest if is_piece else None
        done, last = plain_entries.take_entries(
            text, at, first, take, take_uniform=take_uniform, try_rest=is_piece
        )
        if done < len(text) and sink and sink.take_extended_entry and sink.take_extended_entries:
            takers = sink.take_extended_entry, sink.take_extended_entries
            skip_comments = handlers.ignores_comments() or done > at
            done, last = self._get_extended_entries().take_entries(
                text, done, last, *takers, skip_comments=skip_comments
            )
        if done > at:
            self._skip_bytes(text[at:done].encode("latin-1"), last - first)
        return done

    def _take_feed_items(self, text: str, at: int, line: int | None, usual: UsualItems) -> int:
        """Let usual items of a feed bypass the parser; return where the first other one begins."""
        handlers, form = self.handlers, usual.form
        around = handlers.surroundings
        if not text or line is not None or around.in_unknown or around.base:
            return at
        if not handlers.is_between_records(len(form.parents)):
            return at
        if self._fed != self._parser.parser.CurrentByteIndex:
            return at
        tags = handlers.checkpoints.get_open_tags()
        if self._items is None:
            self._items = FeedItems(form, tags, namespaces.read_prefixes(tags[0]))
        if not self._items.has_parents(tags):
            return at
        handlers.report_stray_text()
        first = handlers.positions.line
        done, last = self._items.take_items(text, at, first, usual.take)
        if done > at:
            self._skip_bytes(text[at:done].encode("latin-1"), last - first)
        return done

    def rewind(self) -> UnrecordedRest | None:
        """Return what was not recorded; None if it was too much to be kept."""
        checkpoints = self.handlers.checkpoints
        if checkpoints.last < self._kept_from:
            return None
        at = checkpoints.locate_restart(self._kept, self._kept_from)
        self._cursor.advance(bytes(self._kept[:at]))
        return UnrecordedRest(self._cursor, bytes(self._kept[at:]), checkpoints.get_open_tags())

    def _get_extended_entries(self) -> ExtendedEntries:
        """Return what reads entries with extensions of this document."""
        if self._extended is None:
            root = self.handlers.checkpoints.get_open_tags()[0]
            self._extended = ExtendedEntries(namespaces.read_bound_prefixes(root), read_faultless)
        return self._extended

    def _skip_bytes(self, data: bytes, line_ends: int) -> None:
        self.handlers.skip_bytes(data, line_ends)
        self._cursor.advance(bytes(self._kept))
        self._cursor.skip_counted(data, line_ends)
        self._kept.clear()
        self._kept_from = self._fed
        self.handlers.checkpoints.move_to(self._fed)

    def _copy_tags(self) -> None:
        self.handlers.checkpoints.copy_tags(self._kept, self._kept_from)

    def _drop_recorded(self) -> None:
        """Keep only the bytes that would have to be read again."""
        done = self.handlers.checkpoints.last - self._kept_from
        if done < 0 or len(self._kept) - done > MAX_KEPT:
            done = len(self._kept)
        self._cursor.advance(bytes(self._kept[:done]))
        del self._kept[:done]
        self._kept_from += done

    def _check_limits(self) -> None:
        """Stop where memory or time would grow with one token, one text or an endless number of names."""
        self.handlers.trim_text()
        parser = self._parser.parser
        pending = self._fed - max(parser.CurrentByteIndex, 0)
        if pending > MAX_TOKEN and not self._is_tag(pending):
            self._stop("token-too-long", "a name, attribute, comment or tag is longer than 1 MiB")
        elif len(parser.intern) > MAX_NAMES:
            self._stop("too-many-names", f"more than {MAX_NAMES:,} different element and attribute names")

    def _is_tag(self, pending: int) -> bool:
        recent = self._kept[-MAX_TOKEN:]
        quoted = b'"' in recent or b"'" in recent
        return pending <= MAX_TAG and quoted and _TAG.match(self._kept, len(self._kept) - pending) is not None

    def _stop(self, code: str, message: str) -> None:
        self._collector.stop(code, message, self.handlers.positions.get_current())

    def _build_fault(self, error: ParseError) -> XmlFault:
        line, column = error.position
        message = str(error).partition(": line ")[0]
        # Before the root, a document that lost its beginning is likelier than an unescaped character.
        if self.handlers.sink or error.code != _INVALID_TOKEN:
            message += _ADVICE.get(error.code, "")
        index = self._parser.parser.ErrorByteIndex
        at = index - self._kept_from
        byte = self._kept[at : at + 1] if at >= 0 else b""
        is_reported_later = self._collector.has_substitutes and byte == SUBSTITUTE
        return XmlFault(message, line, column, index, is_reported_later)
