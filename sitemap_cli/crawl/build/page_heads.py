"""Heads of the pages of a build, with the lines of what they say."""

import mimetypes
import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from sitemap_cli.audit.build_facts import FilePlace
from sitemap_cli.crawl.build.page_files import HTML_ENDINGS
from sitemap_cli.crawl.build.site_folder import SiteFolder
from sitemap_cli.crawl.pages.html_head import LIMIT, HtmlHead, decode_page, parse_head

MAX_HEADS = 1_000
"""Heads that are kept in memory: pages link to each other."""
HTML = "text/html"

_DOCUMENT = re.compile(r"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_TYPES = mimetypes.MimeTypes(())


@dataclass(frozen=True, slots=True)
class BuiltHead:
    """The head of a file.

    ``text`` is empty for files that are not HTML; ``is_document`` says that it is a whole page rather than a
    fragment. ``lines`` are the line and column of each position of the head.
    """

    file: str
    content_type: str | None
    head: HtmlHead
    is_html: bool
    is_document: bool
    lines: Mapping[str, tuple[int, int]]

    def find_place(self, name: str) -> FilePlace:
        """Return the place of a part of the head, else the file."""
        return FilePlace(self.file, *self.lines.get(name, (None, None)))


class PageHeads:
    """Reads the heads of files, and keeps the last ones."""

    def __init__(self, folder: SiteFolder) -> None:
        self._folder = folder
        self._heads: OrderedDict[tuple[str, str], BuiltHead] = OrderedDict()

    def read(self, file: str, url: str) -> BuiltHead:
        """Return the head of a file that is the page of a URL.

        Raises:
            OSError: the file cannot be read.
        """
        known = self._heads.get((file, url))
        if known is None:
            known = self._heads[file, url] = self._read_file(file, url)
            if len(self._heads) > MAX_HEADS:
                self._heads.popitem(last=False)
        return known

    def _read_file(self, file: str, url: str) -> BuiltHead:
        shown = self._folder.show(file)
        content_type = HTML if file.endswith(HTML_ENDINGS) else _TYPES.guess_type(file)[0]
        has_no_ending = "." not in file.rpartition("/")[2]
        if content_type != HTML and not has_no_ending:
            return BuiltHead(shown, content_type, HtmlHead(), is_html=False, is_document=False, lines={})
        text = decode_page([self._folder.read_beginning(file, LIMIT)], None)
        is_document = _DOCUMENT.search(text) is not None
        if has_no_ending and not is_document:
            return BuiltHead(shown, None, HtmlHead(), is_html=False, is_document=False, lines={})
        head = parse_head(text, url)
        lines = {name: _find_line(text, at) for name, at in head.positions.items()}
        return BuiltHead(shown, HTML, head, is_html=True, is_document=is_document, lines=lines)


def _find_line(text: str, at: int) -> tuple[int, int]:
    """Return line and column of a position, both from 1."""
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
