"""Makes well-formed XML of what is not, so that the parser can read on.

What it writes keeps every end of line, so that lines stay true. It never makes up an address: an entry
whose address may be cut is given up.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sitemap_cli.parse import detection
from sitemap_cli.parse.collector import Harvest, Position
from sitemap_cli.parse.fast import plain_entries
from sitemap_cli.parse.recovery import merge_markers, sections
from sitemap_cli.parse.recovery.element_stack import VOID, Elements
from sitemap_cli.parse.recovery.repair_log import Repairs
from sitemap_cli.parse.recovery.writer import Mended
from sitemap_cli.parse.xml import tags, text_repairs
from sitemap_cli.parse.xml.cursor import Cursor
from sitemap_cli.parse.xml.handlers import MAX_DEPTH
from sitemap_cli.parse.xml.stream import MAX_TOKEN
from sitemap_cli.parse.xml.tags import Tag

if TYPE_CHECKING:
    from sitemap_cli.parse.format import Sink

MAX_ROOTS = 1_000
"""Documents one after the other that are read."""
_BLANKS = b" \t\r\n"


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
        *("_conflict", "_doubtful", "_elements", "_ended", "_final", "_harvest", "_junk", "_out"),
        *("_output", "_repairs", "_root", "_rootless", "_roots"),
    )

    def __init__(
        self,
        harvest: Harvest,
        cursor: Cursor,
        output: Mended,
        opened: Sequence[bytes],
        ended: "Sink | None",
    ) -> None:
        self._harvest = harvest
        self._repairs = Repairs(harvest, cursor, self._flush)
        self._output = output
        self._root = list(opened[:1])
        self._roots = len(self._root)
        self._ended = ended is not None
        self._elements = Elements(self._repairs.tell, self._flush, self._spoil)
        self._conflict = self._final = self._doubtful = self._rootless = False
        self._junk: list[str] = []
        self._out: list[bytes] = []
        self._elements.sink = ended
        if opened and not ended:
            self._begin(opened, 0)

    def missing(self) -> Position | None:
        """The place that was reached, if the last document has no end."""
        whole = self._ended or (self._rootless and self._elements.between)
        return None if whole else self._repairs.where(len(self._repairs.data))

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
            repairs.end("token-too-long", "a comment, section or tag of more than 1 MiB", 0)

    def _token(self, data: bytes, at: int) -> int:
        """Take what begins there, and return where it ends; -1 when it takes more to know."""
        if data[at] != 0x3C:
            return self._text(data, at)
        if len(data) - at < sections.LONGEST_OPENING and not self._final:
            return -1
        if start := tags.START.match(data, at):
            return self._start(data, start)
        if data.startswith(b"</", at):
            return self._end(data, at)
        if opening := sections.OPENING.match(data, at):
            return self._section(data, opening)
        return self._less_than(data, at)

    def _text(self, data: bytes, at: int) -> int:
        end = data.find(b"<", at)
        if end < 0:
            end = len(data) if self._final else text_repairs.divided(data, at)
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
            text = merge_markers.without_markers(
                text, self._repairs.within(at), starts_line=self._starts_line(at)
            )
        if self._elements:
            if self._doubtful and text.strip(_BLANKS):
                self._out.append(text_repairs.UNKNOWN)
            self._out.append(text_repairs.mended(text, self._repairs.within(at)))
            self._elements.filled = self._elements.filled or bool(text.strip(_BLANKS))
        elif self._ended and text.strip(_BLANKS):
            self._repairs.junk(at + len(text) - len(text.lstrip(_BLANKS)))

    def _less_than(self, data: bytes, at: int) -> int:
        """A ``<`` that begins nothing."""
        if data.startswith(merge_markers.BEGINNING, at) and self._starts_line(at):
            if not self._final and len(data) - at < tags.LOOKAHEAD and data.find(b"\n", at) < 0:
                return -1
            if (end := merge_markers.first(data, at, self._repairs.tell)) > 0:
                self._conflict = True
                return end
        # An end tag that was damaged: what follows may be text of something else.
        self._doubtful = self._elements.in_address and data[at + 1 : at + 3].lstrip()[:1] in (b"/", b">")
        self._written(b"<", at)
        return at + 1

    def _starts_line(self, at: int) -> bool:
        return self._repairs.data[at - 1] in b"\r\n" if at else self._repairs.where(0).column == 1

    def _section(self, data: bytes, opening: re.Match[bytes]) -> int:
        """A comment, CDATA section, instruction or declaration."""
        kind = opening.lastgroup or ""
        closing = sections.CLOSING[kind]
        at, inside = opening.start(), opening.end()
        end = data.find(closing, inside)
        if end < 0 and self._final:
            self._repairs.tell("unclosed-tag", f"a {kind} that never ends", at)
        if end < 0:
            return len(data) if self._final else -1
        content = data[inside:end]
        if self._elements:
            self._out += sections.within(kind, content, inside, self._harvest, self._repairs)
            self._elements.filled = self._elements.filled or kind == "cdata"
        elif self._ended:
            sections.without(kind, content, inside, self._harvest, self._repairs)
        return end + len(closing)

    def _start(self, data: bytes, start: re.Match[bytes]) -> int:
        at = start.start()
        if self._elements.between and (end := self._whole(data, start)) > at:
            return end
        end = tags.extent(data, start.end(), final=self._final)
        if end < 0 or (end == len(data) and data[-1:] != b">"):
            return len(data) if self._final else -1
        tag = tags.taken_apart(data, start, end, self._repairs.tell)
        self._doubtful = False
        if self._elements or self._is_first(tag):
            if not self._elements:
                self._root = [data[at:end]]
            self._opened(tag)
            self._keep_lines(data[at:end])
        return end

    def _whole(self, data: bytes, start: re.Match[bytes]) -> int:
        """Take whole entries at once: plain ones the fast way, one whose texts alone are wrong in one go."""
        at = start.start()
        if data.startswith(plain_entries.BEGIN, at):
            self._flush()
            end = self._output.quick(data, at, self._repairs.line(at))
            if end > at:
                return end
        entry = tags.ENTRY.match(data, at)
        if entry is None or not self._elements.is_record(start[1].decode("utf-8", "replace").lower()):
            return -1
        self._out.append(text_repairs.mended_entry(entry[0], self._repairs.within(at)))
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
            self._begin(self._around(local, at), at)
            return True
        goes_on = self._elements.is_record(local.lower()) and not self._junk
        if not goes_on and not detection.is_root(local):
            self._repairs.junk(at)
            if not tag.empty and local.lower() not in VOID and len(self._junk) < MAX_DEPTH:
                self._junk.append(local.lower())
            return False
        self._rootless = goes_on
        if self._roots == MAX_ROOTS:
            self._repairs.end("too-many-roots", f"more than {MAX_ROOTS:,} documents in one", at)
            return False
        self._repairs.tell("second-root", "after the end there is more, which is read, too", at)
        self._begin(self._root if goes_on else [], at)
        return True

    def _around(self, local: str, at: int) -> Sequence[bytes]:
        """The root that is missing around the first element, if one is."""
        around = detection.around(local)
        if around:
            self._rootless = True
            self._root = list(around)
            self._repairs.tell("root-missing", "the root is missing; the entries are read all the same", at)
        return around

    def _begin(self, opened: Sequence[bytes], at: int) -> None:
        """Begin a document, in which some elements may be open already."""
        self._ended = False
        self._roots += 1
        self._elements = Elements(self._repairs.tell, self._flush, self._spoil)
        self._output.open(self._repairs.where(at).line or 1, same=bool(opened))
        for tag in opened:
            if start := tags.START.match(tag):
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
            self._doubtful = False
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
            self._out.append(sections.line_ends(skipped))

    def _skipped(self, name: bytes, at: int) -> None:
        if self._elements:
            shown = name[:64].decode("utf-8", "replace")
            self._doubtful = self._elements.in_address
            self._repairs.tell("stray-end-tag", f"the end of {shown!a}, which is not open", at)
        elif self._ended:
            local = name.rpartition(b":")[2].decode("utf-8", "replace").lower()
            del self._junk[self._junk.index(local) if local in self._junk else len(self._junk) :]
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
