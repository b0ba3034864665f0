"""Options that several commands share."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sitemap_cli.cli.framework.option_types import parse_file_name
from sitemap_cli.output.difference_format import list_difference_formats
from sitemap_cli.output.output_format import list_output_formats
from sitemap_cli.output.site_report_format import list_site_report_formats
from sitemap_cli.output.table_format import list_table_formats


def split_commas(values: Sequence[str] | None) -> list[str] | None:
    """Return the values of a repeatable option, each of which may be several with commas between them.

    Raises:
        typer.BadParameter: there are only commas, which would mean the same as no option at all.
    """
    parts = [part.strip() for each in values or () for part in each.split(",") if part.strip()]
    if not parts and any(each.strip() for each in values or ()):
        raise typer.BadParameter("there is nothing between the commas")
    return parts or None


def keep_values(values: Sequence[str] | None) -> list[str] | None:
    """Return the values of a repeatable option whose values may have commas."""
    return list(values) if values else None


_format = typer.Option("--format", help="Output format.")

TextOrJson = Annotated[Literal["text", "json"], _format]
"""Formats of a single result."""

TextJsonOrLines = Annotated[Literal["text", "json", "jsonl"], _format]
"""Formats of a list that is complete before it is printed."""

TextOrLines = Annotated[Literal["text", "jsonl"], _format]
"""Formats of results that are printed as they arrive."""

TextLinesOrCsv = Annotated[Literal["text", "jsonl", "csv"], _format]
"""Formats of many rows that are printed as they arrive."""

if TYPE_CHECKING:
    OutputFormatName = str
    ListFormat = str
    DifferenceFormatName = str
    SiteReportFormatName = str
else:
    # The names of the files in output/formats and others, which the type checker cannot know.
    OutputFormatName = Annotated[Literal[list_output_formats()], _format]
    ListFormat = Annotated[Literal[("text", *list_table_formats())], _format]
    DifferenceFormatName = Annotated[Literal[list_difference_formats()], _format]
    SiteReportFormatName = Annotated[Literal[list_site_report_formats()], _format]

RawCsv = Annotated[
    bool,
    typer.Option(
        "--raw-csv", help="Write values as they are, without protecting spreadsheets from formulas."
    ),
]

ForExcel = Annotated[
    bool,
    typer.Option(
        "--excel", help="Begin CSV with a byte order mark, so that Excel shows umlauts and other letters."
    ),
]

Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", parser=parse_file_name, help="Output file; - is stdout."),
]

BaseUrl = Annotated[
    str | None, typer.Option(metavar="URL", help="URL at which a local folder or file will be published.")
]

BaseUrls = Annotated[
    list[str] | None,
    typer.Option(
        "--base-url",
        metavar="URL",
        # An option with a callback may be a single text in the configuration file.
        callback=keep_values,
        help="URL at which a local folder or file will be published; once for all, or once for each.",
    ),
]

Wait = Annotated[
    bool, typer.Option("--wait", help="Wait for another run of the same domain instead of exiting with 75.")
]

Metrics = Annotated[
    str | None,
    typer.Option(metavar="FILE|:PORT", help="Write Prometheus metrics to a file, or serve them at a port."),
]

Limit = Annotated[int | None, typer.Option(min=1, metavar="N", help="Show at most N.")]

Column = Annotated[
    str | None, typer.Option(metavar="NAME|N", help="Column or key that has the domain; guessed by default.")
]

Slow = Annotated[
    str,
    typer.Option(
        metavar="DURATION", help="Time until the first byte after which a page is slow, such as 800ms."
    ),
]
DEFAULT_SLOW = "2s"

WithTag = Annotated[
    list[str] | None,
    typer.Option(
        "--tag",
        metavar="TAG",
        callback=split_commas,
        help="Only domains with this tag; repeated or with commas, with all of them.",
    ),
]

UnderTag = Annotated[
    list[str] | None,
    typer.Option("--tag", metavar="TAG", help="Tag to add; repeatable, and with commas."),
]
