"""What changed between two jobs of a site, or between two sites, folders or files."""

from typing import Annotated

import typer

from sitemap_cli.cli.framework.command import command
from sitemap_cli.cli.framework.options import BaseUrls, DifferenceFormatName, ForExcel, Output, RawCsv
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.cli.framework.url_options import Section
from sitemap_cli.model import exit_codes
from sitemap_cli.settings import FETCH

CHAPTER = "History"


@command(FETCH)
async def diff(
    run: Run,
    old: Annotated[
        str | None,
        typer.Argument(
            metavar="DOMAIN|OLD",
            help="Domain, URL of it, or local build, whose jobs are compared; with NEW, the older side.",
        ),
    ] = None,
    new: Annotated[
        str | None,
        typer.Argument(
            metavar="NEW",
            help="Compare OLD with this site, sitemap, folder or file: both are read now. - is stdin.",
        ),
    ] = None,
    from_: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="JOB|DATE",
            help="The older job: an id, or the last complete one at a date or age, such as 7d. "
            "Default: the complete one before the newer job.",
        ),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(metavar="JOB|DATE", help="The newer job. Default: the last complete one."),
    ] = None,
    section: Section = None,
    limit: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="N",
            help="List at most N URLs of each kind; all are counted. "
            "Default: all; 20 in text and Markdown, 100 in Atom.",
        ),
    ] = None,
    format_: DifferenceFormatName = "text",
    raw_csv: RawCsv = False,
    excel: ForExcel = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 1 if something differs, as git diff does.")
    ] = False,
    partial: Annotated[
        bool,
        typer.Option(
            "--partial", help="Also take jobs that were read in part; then removed URLs are not known."
        ),
    ] = False,
    ignore_host: Annotated[
        bool,
        typer.Option(
            "--ignore-host",
            help="With NEW: compare paths and parameters only, such as of a staging site with production.",
        ),
    ] = False,
    base_url: BaseUrls = None,
    output: Output = None,
) -> int:
    """Show which URLs were added, removed or changed between the last two complete jobs of DOMAIN.

    With OLD and NEW: between two sites, sitemaps, folders or files, which are read now; nothing is recorded.

    A URL that moved to another sitemap has not changed. A URL that is listed twice counts once. Spellings of
    a URL that mean the same, such as HTTPS://EXAMPLE.COM:443/ and https://example.com/, are one URL. Values
    are compared as they are written.

    $ sitemap diff example.com
    $ sitemap diff example.com --from 7d --format markdown
    $ sitemap diff example.com --format atom -o changes.xml
    $ sitemap diff old.xml new.xml --exit-code
    $ sitemap diff https://staging.example.com https://example.com --ignore-host
    """
    from sitemap_cli.cli.framework.compared_jobs import choose_recorded, print_difference
    from sitemap_cli.cli.framework.compared_targets import read_now
    from sitemap_cli.cli.framework.difference_options import parse_difference_options
    from sitemap_cli.errors import UsageError

    if old is None and from_ is None and to is None:
        raise UsageError("name a DOMAIN, or OLD and NEW", hint="sitemap domains list shows the domains")
    if new is not None and (from_ is not None or to is not None):
        raise UsageError("--from and --to choose recorded jobs", hint="name a DOMAIN alone, without NEW")
    if ignore_host and new is None:
        raise UsageError("--ignore-host needs OLD and NEW", hint="jobs of one domain have the same host")
    options = parse_difference_options(
        format_,
        section=section,
        limit=limit,
        raw_csv=raw_csv,
        for_excel=excel,
        takes_partial=partial,
        ignores_host=ignore_host,
        output=output,
    )
    chosen = (
        choose_recorded(run, old, from_, to, base_url or (), options)
        if new is None
        else read_now(run, (old or "", new), base_url or (), options)
    )
    async with chosen as compared:
        if compared.exit_code != exit_codes.OK:
            return compared.exit_code
        summary = await print_difference(run, compared, options)
    return exit_codes.FINDINGS if exit_code and summary.counts.total else exit_codes.OK
