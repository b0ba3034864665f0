"""The output of one or several documents, and the exit code of each."""

import os
import stat
import sys
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from sitemap_cli.cli.console import Console
from sitemap_cli.cli.output_file import STDOUT, open_output
from sitemap_cli.cli.view import document_rows
from sitemap_cli.cli.view.live_progress import DELAY, Line, show_line
from sitemap_cli.cli.view.numbers import format_count, format_size
from sitemap_cli.errors import UnreadableError
from sitemap_cli.inputs.opened_document import OpenedDocument
from sitemap_cli.model.values import Severity
from sitemap_cli.parse.reader import DocumentReader, read_document


class DocumentListing:
    """Context manager that prints documents; ``codes`` has the exit code of each document.

    The output is opened for the first readable document. Without one, an existing file is kept.

    Args:
        console: where problems and errors are printed.
        format_: ``text``, ``csv`` or ``jsonl``.
        output: the file to write; None or ``-`` is stdout.
        several: whether there may be several documents; each is then printed with its name.
    """

    def __init__(self, console: Console, format_: str, output: Path | None, *, several: bool) -> None:
        self.codes: list[int] = []
        self._console = console
        self._format = format_
        self._output = output
        self._several = several
        self._stack = ExitStack()
        self._print: document_rows.PrintDocument | None = None
        self._reading: DocumentReader | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def add(self, name: str, opening: AbstractContextManager[OpenedDocument]) -> None:
        """Open, read and print a document.

        Raises:
            UnreadableError: it cannot be read, and it is the only document.
        """
        try:
            with opening as opened:
                reading = read_document(
                    opened.chunks,
                    base_url=opened.base_url,
                    charset=opened.charset,
                    is_truncated=lambda: any(fault.severity is Severity.ERROR for fault in opened.problems),
                )
                document = document_rows.Document(reading, opened.problems, name if self._several else None)
                self._reading = reading
                self._open_printer()(document)
                self.codes.append(document.exit_code)
        except UnreadableError as error:
            self.fail(error)

    def fail(self, error: UnreadableError) -> None:
        """Print that a document cannot be read.

        Raises:
            UnreadableError: it is the only document.
        """
        if not self._several:
            raise error
        self._console.print_error(error)
        self.codes.append(error.exit_code)

    def is_output_file(self, path: Path) -> bool:
        """Return whether a file is the output, which must not be read as a document."""
        try:
            target = os.fstat(sys.stdout.fileno()) if self._output in (None, STDOUT) else self._output.stat()
            return stat.S_ISREG(target.st_mode) and os.path.samestat(target, path.stat())
        except OSError:
            return False

    def _describe(self) -> Line:
        """Return what was read so far of the current document."""
        reading = self._reading
        if reading is None:
            return Line()
        urls = (
            format_count(reading.urls, "URL") if reading.urls else format_count(reading.sitemaps, "sitemap")
        )
        documents = (f"{len(self.codes):,} documents",) if self._several else ()
        return Line((*documents, urls, format_size(reading.bytes)))

    def _open_printer(self) -> document_rows.PrintDocument:
        if self._print is None:
            stream = self._stack.enter_context(open_output(self._output))
            shown = self._stack.enter_context(
                show_line(self._console, "parsing", self._describe, delay=DELAY)
            )
            stream = shown.clear_for(stream)
            several = self._several
            self._print = self._stack.enter_context(
                document_rows.print_json_lines(stream, self.codes, several=several)
                if self._format == "jsonl"
                else document_rows.print_rows(stream, self._format, self._console, several=several)
            )
        return self._print
