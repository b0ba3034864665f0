"""The help of commands, and pages about what several have in common."""

from typing import Annotated

import typer

from sitemap_cli.cli.framework.command import command
from sitemap_cli.cli.framework.runtime import Run


@command()
async def help_(
    run: Run,
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="COMMAND|TOPIC", help="A command, or one of fetching, configuration, exit-codes."
        ),
    ] = None,
) -> None:
    """Show the help of a command, or of a topic: fetching, configuration or exit-codes.

    $ sitemap help jobs list
    $ sitemap help fetching
    """
    from sitemap_cli.cli.framework.app import format_help

    typer.echo(format_help(names or (), no_color=run.settings.no_color), color=True)
