"""Parse documents and print what they list, without a database."""

from typing import TYPE_CHECKING, Annotated

import typer

from sitemap_cli.cli.framework.command import command
from sitemap_cli.cli.framework.options import Output, TextLinesOrCsv
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.errors import UnreadableError
from sitemap_cli.model import exit_codes
from sitemap_cli.settings import FETCH

if TYPE_CHECKING:
    from sitemap_cli.cli.view.document_listing import DocumentListing
    from sitemap_cli.fetch.interface import Fetcher

CHAPTER = "Single documents"


@command(FETCH)
async def parse(
    run: Run,
    sources: Annotated[
        list[str],
        typer.Argument(metavar="FILE|URL|-", help="Files, URLs, folders or patterns; - is stdin."),
    ],
    base_url: Annotated[
        str | None, typer.Option(metavar="URL", help="URL of the document, to resolve relative URLs.")
    ] = None,
    glob: Annotated[
        list[str] | None,
        typer.Option(metavar="PATTERN", help="Only files of a folder that match; repeatable."),
    ] = None,
    format_: TextLinesOrCsv = "text",
    output: Output = None,
) -> int:
    """Parse documents, print the URLs and sitemaps they list, and report problems.

    Several files, URLs, folders (with their subfolders) and quoted patterns such as 'maps/**/*.xml' are read
    one after another. Each line of csv and jsonl then names its source.

    $ sitemap parse sitemap.xml
    $ sitemap parse https://example.com/sitemap.xml.gz --format csv -o urls.csv
    # From another program
    $ curl -s https://example.com/sitemap.xml | sitemap parse - --format jsonl
    """
    from sitemap_cli.cli.output_file import check_output
    from sitemap_cli.cli.view.document_listing import DocumentListing
    from sitemap_cli.inputs import sources as inputs

    inputs.check_sources(sources, base_url)
    several = len(sources) > 1 or not inputs.is_single_document(sources[0])
    check_output(output)
    with DocumentListing(run.console, format_, output, several=several) as listing:
        await _read_sources(run, listing, sources, glob or [], base_url)
    return exit_codes.combine(listing.codes)


async def _read_sources(
    run: Run, listing: "DocumentListing", sources: list[str], globs: list[str], base_url: str | None
) -> None:
    from asyncio import sleep

    from sitemap_cli.cli.framework.signals import interrupt_on_signal
    from sitemap_cli.inputs import sources as inputs

    async with run.open_fetchers() as fetchers:
        for source in sources:
            await sleep(0)  # signals are handled here, between two sources
            if inputs.is_url(source):
                await _fetch_document(fetchers.for_url(source), listing, source, base_url)
            else:
                with interrupt_on_signal():
                    _open_documents(run, listing, source, globs, base_url)


async def _fetch_document(
    fetcher: "Fetcher", listing: "DocumentListing", url: str, base_url: str | None
) -> None:
    from sitemap_cli.cli.framework.signals import interrupt_on_signal
    from sitemap_cli.crawl.error_bodies import is_sitemap_beginning
    from sitemap_cli.fetch.interface import Request
    from sitemap_cli.inputs import opened_document

    fetched = await fetcher.fetch(Request(url, keeps_error=is_sitemap_beginning))
    with interrupt_on_signal():
        listing.add(fetched.url, opened_document.open_response(fetched, base_url))


def _open_documents(
    run: Run, listing: "DocumentListing", source: str, globs: list[str], base_url: str | None
) -> None:
    """List the files of a local source, except the output file itself."""
    from sitemap_cli.inputs import opened_document, sources

    for each in sources.expand_source(source, globs):
        if isinstance(each, UnreadableError):
            listing.fail(each)
        elif isinstance(each, str) or not listing.is_output_file(each):
            listing.add(str(each), opened_document.open_local(each, base_url, run.settings.max_bytes))
