"""Makes well-formed XML of what is not, so that the parser can read on.

What it writes keeps every end of line, so that lines stay true. It never makes up an address: an entry
whose address may be cut is given up.
"""

import re
from typing import TYPE_CHECKING, Protocol

from sitemap_cli.model import Severity
from sitemap_cli.parse import flaws, judge, lane, tags
from sitemap_cli.parse.builder import MAX_DEPTH
from sitemap_cli.parse.cursor import Cursor, breaks
from sitemap_cli.parse.elements import Elements
from sitemap_cli.parse.harvest import MAX_PROBLEMS, Harvest, Position
from sitemap_cli.parse.tags import Tag

if TYPE_CHECKING:
    from sitemap_cli.parse.format import Sink

MAX_TOKEN = 1024 * 1024
"""Bytes of one comment, section or tag."""
MAX_ROOTS = 1_000
"""Documents one after the other that are read."""
MAX_UNREADABLE = 10_000
"""Places that cannot be read, after which a document is no text."""
HOLD = 64 * 1024
"""Bytes of text that are held while its end is awaited."""

_OPENING = re.compile(
    rb"<(?:(?P<comment>!--)|(?P<cdata>!\[CDATA\[)|(?P<instruction>\?)|(?P<declaration>![A-Za-z]))"
)
_CLOSING = {"comment": b"-->", "cdata": b"]]>", "instruction": b"?>", "declaration": b">"}
_LONGEST_OPENING = len("<![CDATA[")
_CONFLICT = re.compile(rb"<{7}(?:[ \t][^\r\n<]*+)?(?=[\r\n])")
_CONFLICT_LATER = re.compile(rb"^(?:={7}|>{7}|\|{7})(?:[ \t][^\r\n]*+)?(?=[\r\n])", re.MULTILINE)
_LONGEST_REFERENCE = 40
_NOT_LINE_ENDS = bytes(set(range(256)) - set(b"\r\n"))
_ONCE = frozenset({"unbound-prefix", "misplaced-markup"})


class Output(Protocol):
    """Takes the mended documents."""

    def open(self, line: int) -> None:
        """A document begins on this line."""

    def write(self, data: bytes) -> "Sink | None":
        """Take the next piece, and tell who takes its entries as soon as that is known."""

    def quick(self, data: bytes, at: int, line: int) -> int:
        """Where the entries end that could go the fast way from there; asked only between two entries."""

    def spoil(self) -> None:
        """Give up the entry that is open."""

    def end(self) -> None:
        """The document ends."""


class Mender:
    """Takes a broken document from a place between two tags to its end.

    Args:
        harvest: hears of every repair.
        cursor: where it begins.
        output: where the mended document goes.
        opened: the start tags of the elements that are open there, the root first.
        ended: who took the entries of the root, if that has ended already.
    """

    __slots__ = (
        *("_conflict", "_cursor", "_data", "_elements", "_ended", "_final", "_harvest", "_junked", "_out"),
        *("_output", "_root", "_roots", "_unreadable"),
    )

    def __init__(
        self, harvest: Harvest, cursor: Cursor, output: Output, opened: list[bytes], ended: "Sink | None"
    ) -> None:
        self._harvest = harvest
        self._cursor = cursor
        self._output = output
        self._root = opened[:1]
        self._roots = len(self._root)
        self._ended = ended is not None
        self._elements = Elements(self._tell, self._flush, self._spoil)
        self._conflict = self._junked = False
        self._unreadable = 0
        self._out: list[bytes] = []
        self._data = b""
        self._final = False
        self._elements.sink = ended
        if opened and not ended:
            self._begin(opened, 0)

    @property
    def complete(self) -> bool:
        """Whether the last document has its end."""
        return self._ended

    def here(self) -> Position:
        """The place that was reached."""
        return self._where(len(self._data))

    def feed(self, piece: bytes, *, final: bool = False) -> None:
        """Take the next piece of UTF-8; ``final`` says that there is no more."""
        self._data = data = self._data + piece
        self._final = final
        at = 0
        while at < len(data) and not self._harvest.ended:
            end = self._token(data, at)
            if end < 0:
                break
            at = end
        self._flush()
        self._cursor.advance(data, at)
        self._data = data[at:]
        if len(self._data) > MAX_TOKEN and not self._harvest.ended:
            message = "a comment, section or tag of more than 1 MiB"
            self._harvest.end("token-too-long", message, self._where(0))

    def _token(self, data: bytes, at: int) -> int:
        """Take what begins there, and return where it ends; -1 when it takes more to know."""
        if data[at] != 0x3C:
            return self._text(data, at)
        if len(data) - at < _LONGEST_OPENING and not self._final:
            return -1
        if start := tags.START.match(data, at):
            return self._start(data, start)
        if data.startswith(b"</", at):
            return self._end(data, at)
        if opening := _OPENING.match(data, at):
            return self._section(data, opening)
        return self._less_than(data, at)

    def _text(self, data: bytes, at: int) -> int:
        end = data.find(b"<", at)
        if end < 0:
            end = len(data) if self._final else _divided(data, at)
        if end < 0:
            return -1
        text = data[at:end]
        if not text.isspace():
            self._written(text, at)
        elif self._elements:
            self._out.append(text)
        return end

    def _written(self, text: bytes, at: int) -> None:
        if self._conflict:
            text = _CONFLICT_LATER.sub(lambda found: self._marker(found[0], at + found.start()), text)
        if self._elements:
            self._out.append(flaws.mended(text, self._from(at)))
            self._elements.filled = self._elements.filled or not text.isspace()
        elif self._ended and not text.isspace():
            self._junk(at)

    def _less_than(self, data: bytes, at: int) -> int:
        """A ``<`` that begins nothing."""
        if data.startswith(b"<<<<<<<", at):
            if not self._final and len(data) - at < tags.LOOKAHEAD and b"\n" not in data[at:]:
                return -1
            if (marker := _CONFLICT.match(data, at)) and not self._marker(marker[0], at):
                self._conflict = True
                return marker.end()
        self._written(b"<", at)
        return at + 1

    def _marker(self, marker: bytes, at: int) -> bytes:
        """What is left of a marker: nothing where it has a line of its own."""
        if self._where(at).column != 1:
            return marker
        shown = marker[:7].decode()
        self._tell("merge-conflict", f"a line {shown} of a merge that was not finished; both sides count", at)
        return b""

    def _section(self, data: bytes, opening: re.Match[bytes]) -> int:
        """A comment, CDATA section, instruction or declaration."""
        kind = opening.lastgroup or ""
        closing = _CLOSING[kind]
        at, inside = opening.start(), opening.end()
        end = data.find(closing, inside)
        if end < 0:
            return len(data) if self._final else -1
        if kind == "declaration":
            self._declaration(data[at:end], at)
        self._passed(kind, data[inside:end], inside)
        return end + len(closing)

    def _passed(self, kind: str, content: bytes, at: int) -> None:
        """What is written of a section: its content if it is text, its ends of line in any case."""
        if kind == "cdata" and self._elements:
            self._out += (b"<![CDATA[", flaws.without_controls(content, self._from(at)), b"]]>")
            self._elements.filled = True
            return
        if kind == "comment":
            self._harvest.hint(content.decode("utf-8", "replace"))
        declares = kind == "instruction" and content[:4] == b"xml " and self._elements
        if declares or (kind == "comment" and b"--" in content):
            self._tell("misplaced-markup", f"{kind} that is not as it has to be, or not where", at)
        self._keep_lines(content)

    def _declaration(self, content: bytes, at: int) -> None:
        if not self._elements:
            return
        if b"[" in content and content[:9].upper() == b"<!DOCTYPE":
            message = "a DOCTYPE with declarations of its own, which can be an attack"
            self._harvest.end("dtd-forbidden", message, self._where(at))
        else:
            self._tell("misplaced-markup", "a declaration that has no place here", at)

    def _start(self, data: bytes, start: re.Match[bytes]) -> int:
        at = start.start()
        if self._elements.between and (end := self._quick(data, start)) > at:
            return end
        end = tags.extent(data, start.end(), final=self._final)
        if end < 0 or (end == len(data) and data[-1:] != b">"):
            return len(data) if self._final else -1
        tag = tags.taken_apart(data, start, end, self._tell)
        if self._elements or self._is_first(tag):
            if not self._elements:
                self._root = [data[at:end]]
            self._opened(tag)
            self._keep_lines(data[at:end])
        return end

    def _quick(self, data: bytes, start: re.Match[bytes]) -> int:
        """Let plain entries go the fast way."""
        at = start.start()
        if not data.startswith(lane.BEGIN, at):
            return -1
        self._flush()
        return self._output.quick(data, at, self._cursor.line + breaks(data, at))

    def _opened(self, tag: Tag) -> None:
        root = not self._elements
        self._out += self._elements.start(tag)
        if root or self._elements.depth > MAX_DEPTH:
            self._flush()
        if not self._elements:
            self._finish()

    def _is_first(self, tag: Tag) -> bool:
        """Whether a document begins with this tag, the first or another one."""
        at, local = tag.at, tag.name.rpartition(b":")[2].decode("utf-8", "replace")
        if not self._roots:
            self._begin([], at)
            return True
        goes_on = self._elements.is_record(local.lower())
        if not goes_on and not judge.is_root(local):
            self._junk(at)
            return False
        if self._roots == MAX_ROOTS:
            message = f"more than {MAX_ROOTS:,} documents in one"
            self._harvest.problem(
                "junk-after-end", message, self._where(at), severity=Severity.ERROR, lost=True
            )
            self._harvest.ended = True
            return False
        self._tell("second-root", "after the end there is more, which is read, too", at)
        self._begin(self._root if goes_on else [], at)
        return True

    def _begin(self, opened: list[bytes], at: int) -> None:
        """Begin a document, in which some elements may be open already."""
        self._ended = False
        self._roots += 1
        self._elements = Elements(self._tell, self._flush, self._spoil)
        self._output.open(self._where(at).line or 1)
        for tag in opened:
            start = tags.START.match(tag)
            assert start is not None  # noqa: S101 - it was a tag before
            self._opened(tags.taken_apart(tag, start, len(tag), lambda *_: None)._replace(empty=False))

    def _end(self, data: bytes, at: int) -> int:
        found = tags.END.match(data, at)
        if found is None:
            return self._stray(data, at)
        if not found[2] and found.end() == len(data):
            return len(data) if self._final else -1
        if not found[2]:
            self._tell("unclosed-tag", "a tag without its end", at)
        written = self._elements.end(found[1], at) if self._elements else None
        if written is None:
            self._skipped(found[1], at)
        else:
            self._out += written
            if not self._elements:
                self._finish()
        self._keep_lines(found[0])
        return found.end()

    def _finish(self) -> None:
        self._ended = True
        self._flush()
        self._output.end()

    def _stray(self, data: bytes, at: int) -> int:
        """A ``</`` without a name."""
        end = data.find(b">", at, at + tags.LOOKAHEAD) + 1
        if not end and not self._final and len(data) - at < tags.LOOKAHEAD:
            return -1
        self._skipped(b"", at)
        return end or at + 2

    def _keep_lines(self, skipped: bytes) -> None:
        if self._elements:
            self._out.append(skipped.translate(None, _NOT_LINE_ENDS))

    def _skipped(self, name: bytes, at: int) -> None:
        if self._elements:
            shown = name[:64].decode("utf-8", "replace")
            self._tell("stray-end-tag", f"the end of {shown!a}, which is not open", at)
        elif self._ended:
            self._junk(at)

    def _junk(self, at: int) -> None:
        if not self._junked:
            self._junked = True
            self._harvest.problem("junk-after-end", "something stands after the end", self._where(at))

    def _spoil(self) -> None:
        self._flush()
        self._output.spoil()

    def _flush(self) -> None:
        """Write what is ready; at the first time it turns out who takes the entries."""
        if self._out:
            # The same list goes on: whoever reports a problem is about to add to it.
            written = b"".join(self._out)
            self._out.clear()
            if not self._harvest.ended:
                self._elements.sink = self._output.write(written)

    def _from(self, start: int) -> flaws.Report:
        """Who takes the problems of a text that begins there."""
        return lambda code, message, at: self._tell(code, message, start + at)

    def _tell(self, code: str, message: str, at: int) -> None:
        """Report a repair; when nobody will see it any more, its place is not looked for."""
        harvest = self._harvest
        if harvest.ended:
            return
        self._flush()
        where = self._where(at) if harvest.problems < MAX_PROBLEMS else Position()
        if code in ("control-character", "bad-encoding"):
            code = code if harvest.substituted else "control-character"
            self._unreadable += 1
        if code in _ONCE:
            harvest.once(code, message, message, where)
        elif self._unreadable > MAX_UNREADABLE:
            harvest.end(
                "bad-encoding", f"more than {MAX_UNREADABLE:,} places cannot be read", self._where(at)
            )
        else:
            harvest.problem(code, message, where)

    def _where(self, at: int) -> Position:
        return self._cursor.at(self._data, at)


def _divided(data: bytes, at: int) -> int:
    """Where a text that has no end yet can be divided without harm; -1 while it is short."""
    if len(data) - at < HOLD:
        return -1
    end = len(data) - _LONGEST_REFERENCE
    reference = data.rfind(b"&", end - _LONGEST_REFERENCE, end)
    end = reference if reference > at else end
    while data[end] & 0xC0 == 0x80 or data[end - 1 : end] in b"]\r":
        end -= 1
    return end
