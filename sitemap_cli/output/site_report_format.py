"""What a format of site reports is: a module in ``site_reports/`` with a ``FORMAT``."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from sitemap_cli import plugins

if TYPE_CHECKING:
    from collections.abc import Callable

    from sitemap_cli.model.site_report import ReportDocument

PACKAGE = "sitemap_cli.output.site_reports"


@dataclass(frozen=True, slots=True)
class SiteReportFormat:
    """A format in which a report is written.

    One that ``is_page`` is for a browser: it goes to no terminal unless the user names stdout.
    """

    write_report: "Callable[[ReportDocument, BinaryIO], None]"
    is_page: bool = False


def list_site_report_formats() -> tuple[str, ...]:
    """Return the names of all formats of site reports."""
    return plugins.list_names(PACKAGE)


def load_site_report_format(name: str) -> SiteReportFormat:
    """Return the format of a name that :func:`list_site_report_formats` returns."""
    found: SiteReportFormat = plugins.load_module(PACKAGE, name).FORMAT
    return found
