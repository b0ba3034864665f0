"""Makes well-formed XML of the tokens of a broken document, so that the parser can read on.

The rebuilt XML keeps every line end, so that line numbers stay true. No URL is ever made up: an entry whose
URL may be cut is left out.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sitemap_cli.parse import detection
from sitemap_cli.parse.collector import Collector
from sitemap_cli.parse.fast import plain_entries
from sitemap_cli.parse.recovery import sections
from sitemap_cli.parse.recovery.element_stack import ElementStack
from sitemap_cli.parse.recovery.fragments import Fragments
from sitemap_cli.parse.recovery.repair_log import RepairLog
from sitemap_cli.parse.recovery.writer import RecoveryWriter
from sitemap_cli.parse.xml import tags, text_repairs
from sitemap_cli.parse.xml.cursor import Cursor
from sitemap_cli.parse.xml.handlers import MAX_DEPTH
from sitemap_cli.parse.xml.tags import Tag

if TYPE_CHECKING:
    from sitemap_cli.parse.format import RecordSink

MAX_ROOTS = 1_000
"""Documents in one file that are read."""
_BLANKS = b" \t\r\n"
_URL_LINE = re.compile(rb"https?://[^\s<>\"]+\s*(?:[\r\n]|\Z)", re.IGNORECASE)


class DocumentRebuilder:
    """Decides what each token of a broken document becomes.

    ``log`` takes the problems and holds the part of the document that is being read.

    Args:
        collector: receives every repair.
        cursor: the position where the recovery begins.
        writer: takes the rebuilt document.
        open_tags: the start tags of the elements that are open there, the root first.
        ended_sink: what took the entries of the root element, if that has ended already.
    """

    __slots__ = (
        *("_collector", "_elements", "_ended", "_fragments", "_has_added_root", "_lacks_root"),
        *("_maybe_cut", "_out", "_root", "_roots", "_writer", "log"),
    )

    def __init__(
        self,
        collector: Collector,
        cursor: Cursor,
        writer: RecoveryWriter,
        open_tags: Sequence[bytes],
        ended_sink: "RecordSink | None",
    ) -> None:
        self._collector = collector
        self._writer = writer
        self.log = RepairLog(collector, cursor, self.flush)
        self._root = list(open_tags[:1])
        self._roots = len(self._root)
        self._ended = ended_sink is not None
        self._lacks_root = self._has_added_root = False
        # Whether text may come that belongs to a URL whose end tag was damaged.
        self._maybe_cut = False
        self._fragments = Fragments()
        self._out: list[bytes] = []
        self._elements = ElementStack(self.log.report, self.flush, self._discard_record)
        self._elements.sink = ended_sink
        if open_tags and not ended_sink:
            self._begin_document(open_tags, 0)

    @property
    def is_complete(self) -> bool:
        """Whether the last document has its end."""
        return self._ended or (self._lacks_root and self._elements.only_root)

    def take_text(self, text: bytes, at: int) -> None:
        """Write a text with its flaws repaired."""
        content = text.lstrip(_BLANKS)
        if not self._elements:
            if self._ended and content:
                _report_outer_text(self.log, content, at + len(text) - len(content), self._fragments)
            elif not self._roots:
                self._fragments.take_text(content)
        elif content:
            if self._maybe_cut:
                self._out.append(text_repairs.UNKNOWN)
            self._out.append(text_repairs.repair_text(text, self.log.report_from(at)))
            self._elements.has_text = True
        else:
            self._out.append(text)

    def take_less_than(self, at: int, *, is_damaged_end: bool) -> None:
        """Write a ``<`` that begins no tag; what follows a damaged end tag may be text of another element."""
        self._maybe_cut = self._elements.in_url and is_damaged_end
        self.take_text(b"<", at)

    def take_section(self, kind: str, content: bytes, at: int) -> None:
        """Write a comment, CDATA section, instruction or declaration whose content begins there."""
        if self._elements:
            self._out += sections.rewrite_section(kind, content, at, self._collector, self.log)
            self._elements.has_text = self._elements.has_text or kind == "cdata"
        elif self._ended:
            sections.check_outer_section(kind, content, at, self._collector, self.log)

    def take_whole_entries(self, data: bytes, start: re.Match[bytes]) -> int:
        """Take whole entries at once and return where they end; -1 if this start tag begins none.

        Plain entries bypass the parser. An entry with flaws in its texts alone is repaired in one go.
        """
        if not self._elements.only_root:
            return -1
        at = start.start()
        if data.startswith(plain_entries.BEGIN, at):
            self.flush()
            end = self._writer.take_simple_entries(data, at, self.log.get_line(at))
            if end > at:
                return end
        entry = tags.ENTRY.match(data, at)
        if entry is None or not self._elements.is_record(start[1].decode("utf-8", "replace").lower()):
            return -1
        self._out.append(text_repairs.repair_entry(entry[0], self.log.report_from(at)))
        return entry.end()

    def take_start_tag(self, tag: Tag, text: bytes) -> None:
        """Write a start tag, or begin a document with it; ``text`` is the tag as it is."""
        self._maybe_cut = False
        if self._elements or self._begins_document(tag):
            if not self._elements:
                self._root = [text]
            self._open_element(tag)
            self._keep_line_ends(text)

    def take_end_tag(self, name: bytes, text: bytes, at: int) -> None:
        """Write an end tag, and those that are missing before it; ``text`` is the tag as it is."""
        written = self._elements.close_element(name, at) if self._elements else None
        if written is None:
            self.take_stray_end_tag(name, at)
        else:
            self._maybe_cut = False
            self._out += written
            if not self._elements:
                if self._has_added_root and not self._fragments.head_missing:
                    self.log.report("head-missing", "the root element ends, but its beginning is missing", at)
                self._end_document()
        self._keep_line_ends(text)

    def take_stray_end_tag(self, name: bytes, at: int) -> None:
        """Skip the end tag of an element that is not open."""
        if self._elements:
            self._maybe_cut = self._elements.in_url
            _report_stray_end(self.log, name, at)
            if self._elements.is_record(name.decode("utf-8", "replace")):
                _report_lost_start(self.log, self._collector, at)
            return
        self._fragments.close_element(name)
        if self._ended:
            self.log.report_junk(at)

    def flush(self) -> None:
        """Write what is ready; the first write decides what takes the entries."""
        if self._out:
            # The same list is used again: callers that report a problem are about to append to it.
            written = b"".join(self._out)
            self._out.clear()
            if not self._collector.stopped:
                self._elements.sink = self._writer.write(written)

    def _begins_document(self, tag: Tag) -> bool:
        """Begin a document with this tag, the first or another one; return whether there is one."""
        at, local = tag.at, tag.name.rpartition(b":")[2].decode("utf-8", "replace")
        if not self._roots:
            if self._fragments.take_start_tag(tag, local):
                return False
            self._begin_document(self._add_missing_root(local, at), at)
            return True
        continues = self._elements.begins_entry(local.lower()) and not self._fragments.is_open
        if not continues and not detection.is_root(local):
            _report_outer_element(self.log, local, at, self._elements, self._fragments)
            self._fragments.open_element(tag, local)
            return False
        self._lacks_root = continues
        if self._roots == MAX_ROOTS:
            self.log.stop("too-many-roots", f"more than {MAX_ROOTS:,} documents in one file", at)
            return False
        message = "there is more after the end of the root element; it was read as well"
        self.log.report("second-root", message, at)
        self._begin_document(self._root if continues else [], at)
        return True

    def _add_missing_root(self, local: str, at: int) -> Sequence[bytes]:
        """Return the tags of the root that should be around the first element; none if it needs none."""
        root = _find_missing_root(self.log, local, at, head_missing=self._fragments.head_missing)
        if root:
            self._lacks_root = self._has_added_root = True
            self._root = list(root)
        return root

    def _begin_document(self, open_tags: Sequence[bytes], at: int) -> None:
        """Begin a document, in which some elements may be open already."""
        self._ended = False
        self._roots += 1
        self._elements = ElementStack(self.log.report, self.flush, self._discard_record)
        self._writer.open_document(self.log.locate(at).line or 1, same=bool(open_tags))
        for tag in open_tags:
            if start := tags.START.match(tag):
                opened = tags.parse_tag(tag, start, len(tag), lambda *_: None)
                self._open_element(opened._replace(empty=False))

    def _open_element(self, tag: Tag) -> None:
        is_root = not self._elements
        self._out += self._elements.open_element(tag)
        if is_root or self._elements.depth > MAX_DEPTH:
            self.flush()
        if not self._elements:
            self._end_document()

    def _end_document(self) -> None:
        self._ended = True
        self.flush()
        self._writer.close_document()

    def _keep_line_ends(self, skipped: bytes) -> None:
        if self._elements:
            self._out.append(sections.keep_line_ends(skipped))

    def _discard_record(self) -> None:
        self.flush()
        self._writer.discard_record()


def _report_outer_text(log: RepairLog, content: bytes, at: int, fragments: Fragments) -> None:
    """Report a text after the end of the last document; URLs that are in no element are lost."""
    log.report_junk(at)
    if not fragments.is_open and _URL_LINE.match(content):
        log.report("stray-address", "URLs after the end of the document were left out", at)


def _report_outer_element(
    log: RepairLog, local: str, at: int, elements: ElementStack, fragments: Fragments
) -> None:
    """Report an element after the end of the last document; an entry in another element is lost."""
    log.report_junk(at)
    if elements.is_record(local.lower()) and not fragments.in_script:
        log.report("stray-tag", f"{local} in an element after the end of the document was left out", at)


def _report_stray_end(log: RepairLog, name: bytes, at: int) -> None:
    shown = name[:64].decode("utf-8", "replace")
    what = f"an end tag for {shown!a}, which is not open," if name else "an end tag without a name"
    log.report("stray-end-tag", f"{what} was skipped", at)


def _report_lost_start(log: RepairLog, collector: Collector, at: int) -> None:
    """Report an entry whose start tag is missing, if the end tag is not just one too many."""
    if collector.has_lone_link:
        collector.has_lone_link = False
        log.report("half-entry", "an entry without its start tag was left out", at)


def _find_missing_root(log: RepairLog, local: str, at: int, *, head_missing: bool) -> Sequence[bytes]:
    """Return the tags of the missing root, and report it."""
    root = detection.get_missing_root(local, head_missing=head_missing)
    if root:
        code = "head-missing" if head_missing else "root-missing"
        what = "beginning of the document" if head_missing else "root element"
        log.report(code, f"the {what} is missing; the entries were read anyway", at)
    return root
