"""How differences are compared and written, as the options of a command say."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sitemap_cli.cli.framework.url_options import parse_section_option
from sitemap_cli.cli.output_file import check_output
from sitemap_cli.errors import UsageError
from sitemap_cli.output.difference_format import DifferenceFormat, load_difference_format

if TYPE_CHECKING:
    from sitemap_cli.crawl.url_scope import UrlSection


@dataclass(frozen=True, slots=True)
class DifferenceOptions:
    """The format, the file, the part of the site that counts, and whether jobs read in part are taken."""

    name: str
    format: DifferenceFormat
    path: Path | None
    section: str | None
    parts: "tuple[UrlSection, ...]"
    limit: int | None
    raw_csv: bool
    for_excel: bool
    takes_partial: bool
    ignores_host: bool = False


def parse_difference_options(
    format_: str,
    *,
    section: str | None,
    limit: int | None,
    raw_csv: bool,
    for_excel: bool,
    takes_partial: bool,
    ignores_host: bool,
    output: Path | None,
) -> DifferenceOptions:
    """Return the options of these names.

    Raises:
        UsageError: one of them is invalid, or two exclude each other.
        StorageError: the output cannot be written.
    """
    chosen = load_difference_format(format_)
    if (raw_csv or for_excel) and not chosen.is_csv:
        raise UsageError(f"{'--raw-csv' if raw_csv else '--excel'} needs --format csv")
    parts = () if section is None else (parse_section_option(section),)
    check_output(output)
    most = chosen.limit if limit is None else limit
    return DifferenceOptions(
        format_, chosen, output, section, parts, most, raw_csv, for_excel, takes_partial, ignores_host
    )
