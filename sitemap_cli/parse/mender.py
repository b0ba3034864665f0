"""Makes well-formed XML of what is not, so that the parser can read on.

What it writes keeps every end of line, so that lines stay true. It never makes up an address: an entry
whose address may be cut is given up.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sitemap_cli.parse import conflicts, flaws, judge, lane, tags
from sitemap_cli.parse.builder import MAX_DEPTH
from sitemap_cli.parse.cursor import Cursor
from sitemap_cli.parse.elements import Elements
from sitemap_cli.parse.harvest import Harvest, Position
from sitemap_cli.parse.mended import Mended
from sitemap_cli.parse.repairs import Repairs
from sitemap_cli.parse.tags import Tag

if TYPE_CHECKING:
    from sitemap_cli.parse.format import Sink

MAX_TOKEN = 1024 * 1024
"""Bytes of one comment, section or tag."""
MAX_ROOTS = 1_000
"""Documents one after the other that are read."""
_OPENING = re.compile(
    rb"<(?:(?P<comment>!--)|(?P<cdata>!\[CDATA\[)|(?P<instruction>\?)|(?P<declaration>![A-Za-z]))"
)
_CLOSING = {"comment": b"-->", "cdata": b"]]>", "instruction": b"?>", "declaration": b">"}
_LONGEST_OPENING = len("<![CDATA[")
_BLANKS = b" \t\r\n"
_NOT_LINE_ENDS = bytes(set(range(256)) - set(b"\r\n"))


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
        *("_conflict", "_elements", "_ended", "_final", "_harvest", "_out", "_output", "_repairs", "_root"),
        "_roots",
    )

    def __init__(
        self, harvest: Harvest, cursor: Cursor, output: Mended, opened: Sequence[bytes], ended: "Sink | None"
    ) -> None:
        self._harvest = harvest
        self._repairs = Repairs(harvest, cursor, self._flush)
        self._output = output
        self._root = list(opened[:1])
        self._roots = len(self._root)
        self._ended = ended is not None
        self._elements = Elements(self._repairs.tell, self._flush, self._spoil)
        self._conflict = self._final = False
        self._out: list[bytes] = []
        self._elements.sink = ended
        if opened and not ended:
            self._begin(opened, 0)

    def missing(self) -> Position | None:
        """The place that was reached, if the last document has no end."""
        return None if self._ended else self._repairs.where(len(self._repairs.data))

    def feed(self, piece: bytes, *, final: bool = False) -> None:
        """Take the next piece of UTF-8; ``final`` says that there is no more."""
        repairs = self._repairs
        repairs.data = data = repairs.data + piece
        self._final = final
        at = 0
        while at < len(data) and not self._harvest.ended:
            end = self._token(data, at)
            if end < 0:
                break
            at = end
        self._flush()
        repairs.advance(at)
        if len(repairs.data) > MAX_TOKEN and not self._harvest.ended:
            message = "a comment, section or tag of more than 1 MiB"
            self._harvest.end("token-too-long", message, repairs.where(0))

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
            end = len(data) if self._final else flaws.divided(data, at)
        if end < 0:
            return -1
        text = data[at:end]
        if text.strip(_BLANKS):
            self._written(text, at)
        elif self._elements:
            self._out.append(text)
        return end

    def _written(self, text: bytes, at: int) -> None:
        if self._conflict:
            text = conflicts.without_markers(
                text, self._repairs.within(at), starts_line=self._starts_line(at)
            )
        if self._elements:
            self._out.append(flaws.mended(text, self._repairs.within(at)))
            self._elements.filled = self._elements.filled or bool(text.strip(_BLANKS))
        elif self._ended and text.strip(_BLANKS):
            self._repairs.junk(at + len(text) - len(text.lstrip(_BLANKS)))

    def _less_than(self, data: bytes, at: int) -> int:
        """A ``<`` that begins nothing."""
        if data.startswith(conflicts.BEGINNING, at) and self._starts_line(at):
            if not self._final and len(data) - at < tags.LOOKAHEAD and data.find(b"\n", at) < 0:
                return -1
            if (end := conflicts.first(data, at, self._repairs.tell)) > 0:
                self._conflict = True
                return end
        self._written(b"<", at)
        return at + 1

    def _starts_line(self, at: int) -> bool:
        before = self._repairs.data[at - 1 : at] if at else b""
        return before in (b"\n", b"\r") or (not before and self._repairs.where(0).column == 1)

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
            self._out += (b"<![CDATA[", flaws.without_controls(content, self._repairs.within(at)), b"]]>")
            self._elements.filled = True
            return
        if kind == "comment":
            flaws.first_control(content, self._repairs.within(at))
            self._harvest.hint(content.decode("utf-8", "replace"))
        declares = kind == "instruction" and content.startswith(b"xml ")
        wrong = kind == "comment" and b"--" in content
        if wrong and self._ended:
            self._repairs.junk(at - len("<!--"))
        elif wrong or (declares and self._elements):
            self._repairs.tell("misplaced-markup", f"{kind} that is not as it has to be, or not where", at)
        self._keep_lines(content)

    def _declaration(self, content: bytes, at: int) -> None:
        if not self._elements:
            self._junk(at)
        elif b"[" in content and content[:9].upper() == b"<!DOCTYPE":
            message = "a DOCTYPE with declarations of its own, which can be an attack"
            self._harvest.end("dtd-forbidden", message, self._repairs.where(at))
        else:
            self._repairs.tell("misplaced-markup", "a declaration that has no place here", at)

    def _start(self, data: bytes, start: re.Match[bytes]) -> int:
        at = start.start()
        if self._elements.between and (end := self._whole(data, start)) > at:
            return end
        end = tags.extent(data, start.end(), final=self._final)
        if end < 0 or (end == len(data) and data[-1:] != b">"):
            return len(data) if self._final else -1
        tag = tags.taken_apart(data, start, end, self._repairs.tell)
        if self._elements or self._is_first(tag):
            if not self._elements:
                self._root = [data[at:end]]
            self._opened(tag)
            self._keep_lines(data[at:end])
        return end

    def _whole(self, data: bytes, start: re.Match[bytes]) -> int:
        """Take whole entries at once: plain ones the fast way, one whose texts alone are wrong in one go."""
        at = start.start()
        if data.startswith(lane.BEGIN, at):
            self._flush()
            end = self._output.quick(data, at, self._repairs.line(at))
            if end > at:
                return end
        entry = tags.ENTRY.match(data, at)
        if entry is None or not self._elements.is_record(start[1].decode("utf-8", "replace").lower()):
            return -1
        self._out.append(flaws.mended_entry(entry[0], self._repairs.within(at)))
        return entry.end()

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
            self._repairs.junk(at)
            return False
        if self._roots == MAX_ROOTS:
            message = f"more than {MAX_ROOTS:,} documents in one"
            self._harvest.end("too-many-roots", message, self._repairs.where(at))
            return False
        self._repairs.tell("second-root", "after the end there is more, which is read, too", at)
        self._begin(self._root if goes_on else [], at)
        return True

    def _begin(self, opened: Sequence[bytes], at: int) -> None:
        """Begin a document, in which some elements may be open already."""
        self._ended = False
        self._roots += 1
        self._elements = Elements(self._repairs.tell, self._flush, self._spoil)
        self._output.open(self._repairs.where(at).line or 1, same=bool(opened))
        for tag in opened:
            start = tags.START.match(tag)
            assert start is not None  # noqa: S101 - it was a tag before
            self._opened(tags.taken_apart(tag, start, len(tag), lambda *_: None)._replace(empty=False))

    def _end(self, data: bytes, at: int) -> int:
        found = tags.END.match(data, at)
        if found is None:  # a "</" without a name
            self._skipped(b"", at)
            return at + 2
        if not found[2] and found.end() == len(data):
            return len(data) if self._final else -1
        if not found[2]:
            self._repairs.tell("unclosed-tag", "a tag without its end", at)
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

    def _keep_lines(self, skipped: bytes) -> None:
        if self._elements:
            self._out.append(skipped.translate(None, _NOT_LINE_ENDS))

    def _skipped(self, name: bytes, at: int) -> None:
        if self._elements:
            shown = name[:64].decode("utf-8", "replace")
            self._repairs.tell("stray-end-tag", f"the end of {shown!a}, which is not open", at)
        else:
            self._junk(at)

    def _junk(self, at: int) -> None:
        if self._ended:
            self._repairs.junk(at)

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
