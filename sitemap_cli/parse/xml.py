"""Reads XML piece by piece, safely; the only module that imports an XML library.

defusedxml gives the parser and its handlers against entities and DTDs. It has no limits for depth,
token and text, and events cost three times what they need to, so those parts are ours.
"""

import re

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, XMLParser

from sitemap_cli.model import Severity
from sitemap_cli.parse import judge, lane
from sitemap_cli.parse.builder import Builder, Stopped
from sitemap_cli.parse.harvest import Harvest, Position
from sitemap_cli.parse.prolog import Prolog

MAX_TOKEN = 1024 * 1024
"""Bytes of one name, attribute, comment ...; expat 2.5 is quadratic beyond (CVE-2023-52425)."""
MAX_TAG = 4 * MAX_TOKEN
"""Bytes of a start tag that is long because it has many attributes."""
MAX_NAMES = 300_000
"""Different names in one document; expat never forgets one."""

_MARKUP = re.compile(rb"<[A-Za-z?!]")
_TAG = re.compile(rb"<[^!?/]")
# https://github.com/libexpat/libexpat/blob/master/expat/lib/expat.h, enum XML_Error
_ADVICE = {
    4: "; often a bare & or <, to be written &amp; or &lt;",
    7: "; an element is closed that was not opened last",
    11: "; XML knows only &amp; &lt; &gt; &quot; and &apos;",
    27: "; the xmlns attribute for the prefix is missing",
}


class XmlBody:
    """One XML document on its way through the parser."""

    __slots__ = ("_builder", "_fed", "_harvest", "_held", "_junk", "_junk_at", "_parser", "_prolog", "_tail")

    def __init__(self, harvest: Harvest) -> None:
        self._harvest = harvest
        self._prolog = Prolog(harvest)
        self._parser = XMLParser(target=object(), encoding="utf-8", forbid_dtd=True)
        self._builder = Builder(self._parser.parser, harvest, lambda root: judge.by_root(root, harvest))
        self._fed = 0
        self._held = b""
        self._tail = b""
        self._junk: bytes | None = None
        self._junk_at: Position | None = None

    def feed(self, piece: bytes) -> None:
        """Take the next piece of UTF-8."""
        if self._junk is not None:
            self._rummage(piece)
        elif self._prolog.done:
            self._take(piece)
        else:
            self._introduce(piece)

    def close(self) -> None:
        """Learn that there is no more."""
        rest = self._prolog.close() + self._held
        if self._junk is None:
            self._parse(rest)
        else:
            self._rummage(rest)
        if self._prolog.html:
            judge.html(self._harvest)
        elif self._junk is not None:
            self._tell_junk()
        elif not self._harvest.ended:
            self._finish()

    def _introduce(self, piece: bytes) -> None:
        ready = self._prolog.feed(piece)
        if self._prolog.html:
            judge.html(self._harvest)
        elif not self._harvest.ended:
            begin = max(ready.find(lane.BEGIN), 0)
            self._parse(ready[:begin])
            if not self._harvest.ended:
                self._take(ready[begin:])

    def _take(self, piece: bytes) -> None:
        """Cut at the end of an entry, so that the parser stands between two of them at every cut."""
        data = self._held + piece
        end = data.rfind(lane.END) + len(lane.END)
        if end < len(lane.END):
            end = len(data)
        self._held = data[end:]
        at = self._run(data[:end])
        if at < end:
            self._parse(data[at:end])

    def _run(self, data: bytes) -> int:
        """Take the fast lane as far as it goes."""
        quick = self._builder.quick
        if quick is None or self._prolog.prefixed or self._fed != self._parser.parser.CurrentByteIndex:
            return 0
        done = lane.run(data, self._builder.places.line, quick)
        self._builder.skip(data[:done])
        return done

    def _parse(self, data: bytes) -> None:
        self._fed += len(data)
        try:
            self._parser.feed(data)
        except ParseError as error:
            self._broken(error, data)
        except DefusedXmlException as error:
            self._harvest.end("dtd-forbidden", f"declarations of its own, which can be an attack: {error}")
        except Stopped:
            pass
        else:
            self._guard(data)

    def _guard(self, data: bytes) -> None:
        """Stop where memory or time would grow with one token, one text or ever new names."""
        self._builder.trim()
        parser = self._parser.parser
        pending = self._fed - max(parser.CurrentByteIndex, 0)
        self._tail = (self._tail + data)[-pending:] if pending else b""
        if pending > MAX_TOKEN and not self._is_tag(pending):
            self._end("token-too-long", "a name, attribute, comment or tag of more than 1 MiB")
        elif len(parser.intern) > MAX_NAMES:
            self._end("too-many-names", f"more than {MAX_NAMES:,} different names of elements and attributes")

    def _is_tag(self, pending: int) -> bool:
        recent = self._tail[-MAX_TOKEN:]
        quoted = b'"' in recent or b"'" in recent
        return pending <= MAX_TAG and quoted and _TAG.match(self._tail) is not None

    def _broken(self, error: ParseError, data: bytes) -> None:
        index = self._parser.parser.ErrorByteIndex
        line, column = error.position
        at = self._builder.places.of(line, column, index)
        if self._builder.finished:
            self._junk_at = at
            self._junk = b""
            self._rummage(data[index - self._fed :])
            return
        judge.by_broken_root(self._prolog.root, self._harvest)
        message = str(error).partition(": line ")[0]
        self._harvest.end("not-well-formed", message + _ADVICE.get(error.code, ""), at)

    def _finish(self) -> None:
        try:
            self._parser.close()
        except ParseError as error:
            line, column = error.position
            at = self._builder.places.of(line, column, self._parser.parser.ErrorByteIndex)
            if self._builder.finished:
                self._harvest.problem("junk-after-end", "something unfinished stands after the end", at)
                return
            judge.by_broken_root(self._prolog.root, self._harvest)
            self._harvest.end("truncated", "the document ends before its root element does", at)

    def _end(self, code: str, message: str) -> None:
        judge.by_broken_root(self._prolog.root, self._harvest)
        self._harvest.end(code, message, self._builder.places.here())

    def _rummage(self, data: bytes) -> None:
        """Look whether there may be entries in what stands after the end."""
        found = _MARKUP.search((self._junk or b"") + data)
        self._junk = found[0] if found else data[-1:]

    def _tell_junk(self) -> None:
        if self._junk and _MARKUP.match(self._junk):
            message = "another document or more elements stand after the end, and were not read"
            self._harvest.problem(
                "junk-after-end", message, self._junk_at, severity=Severity.ERROR, lost=True
            )
        else:
            self._harvest.problem("junk-after-end", "something stands after the end", self._junk_at)
