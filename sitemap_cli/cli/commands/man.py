"""Manual pages, for readers and packagers."""

from pathlib import Path
from typing import Annotated

import typer

from sitemap_cli.cli.framework.command import command
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.errors import NotFoundError, StorageError


@command()
async def man(
    run: Run,
    page: Annotated[
        str | None, typer.Argument(metavar="COMMAND", help="The command that the page is about.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FOLDER", help="Write all pages to this folder.")
    ] = None,
) -> None:
    """Print a manual page in the roff language, or write all of them to a folder.

    $ sitemap man | man -l -
    $ sitemap man analyze | man -l -
    $ sitemap man --output ~/.local/share/man/man1
    """
    from sitemap_cli.cli.framework.app import load_outline
    from sitemap_cli.cli.framework.manual_pages import list_manual_pages

    pages = dict(list_manual_pages(load_outline()))
    if output is not None:
        _write_pages(output, pages)
        return
    name = f"sitemap-{page}.1" if page else "sitemap.1"
    if name not in pages:
        raise NotFoundError("no such manual page", where=name, hint="sitemap --help lists the commands")
    run.console.print_lines(pages[name].splitlines())


def _write_pages(folder: Path, pages: dict[str, str]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in pages.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageError("cannot write", where=str(folder), why=error.strerror or str(error)) from error
