"""What a report format is: a module in ``reports/`` with a ``FORMAT``, named as users name the format."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sitemap_cli import plugins

if TYPE_CHECKING:
    from collections.abc import Callable

PACKAGE = "sitemap_cli.output.reports"


@dataclass(frozen=True, slots=True)
class CiSummary:
    """A page that a CI system shows for a run: the file that a variable names, and what is appended to it."""

    variable: str
    format_name: str


@dataclass(frozen=True, slots=True)
class ReportFormat:
    """A format in which the report of a check is written.

    ``ci_summary`` is the page that is written as well, where the CI system of this format has one. A format
    with ``every_place`` gets all places of the findings, not only examples. ``has_notes`` is false where
    there is no room for notes, which go to stderr then. ``options`` are the flags that it takes, as keywords
    of ``write_report``.
    """

    write_report: "Callable[..., None]"
    ci_summary: CiSummary | None = None
    every_place: bool = False
    has_notes: bool = True
    options: frozenset[str] = frozenset()


def list_report_formats() -> tuple[str, ...]:
    """Return the names of all report formats."""
    return plugins.list_names(PACKAGE)


def load_report_format(name: str) -> ReportFormat:
    """Return the format of a name that :func:`list_report_formats` returns."""
    found: ReportFormat = plugins.load_module(PACKAGE, name).FORMAT
    return found
