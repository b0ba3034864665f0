"""Where a report of a site goes: a file, or stdout unless that is a terminal and the report a page."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sitemap_cli.cli.console import Console
from sitemap_cli.cli.output_file import STDOUT, check_output, open_output
from sitemap_cli.cli.view.numbers import format_size
from sitemap_cli.errors import UsageError
from sitemap_cli.output.site_report_format import SiteReportFormat, load_site_report_format

if TYPE_CHECKING:
    from sitemap_cli.model.site_report import ReportDocument


@dataclass(frozen=True, slots=True)
class ReportPlace:
    """The format of a report, and its file; None for stdout."""

    format: SiteReportFormat
    path: Path | None


def parse_report_output(format_: str, path: Path | None) -> ReportPlace:
    """Return how to write a report, and where; whether that can be written is known before any work.

    Raises:
        UsageError: a page would go to a terminal.
        StorageError: the file cannot be written.
    """
    chosen = load_site_report_format(format_)
    if path is None and chosen.is_page and sys.stdout.isatty():
        what = f"{format_} is not for a terminal"
        raise UsageError(what, hint=f"name a file: -o report.{format_}, or choose --format markdown")
    check_output(path)
    return ReportPlace(chosen, None if path == STDOUT else path)


def write_document(console: Console, document: "ReportDocument", place: ReportPlace) -> None:
    """Write a report, and print on stderr where it is.

    Raises:
        StorageError: the output cannot be written.
    """
    with open_output(place.path) as stream:
        place.format.write_report(document, stream)
    if place.path is None or not place.path.is_file():
        return
    size = format_size(place.path.stat().st_size)
    link = f"  {place.path.resolve().as_uri()}" if sys.stderr.isatty() else ""
    console.print_note(f"{place.path}: {size}{link}")
