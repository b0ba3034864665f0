"""Completion scripts of shells, for users and packagers."""

from typing import Annotated, Literal

import typer

from sitemap_cli.cli.framework.command import command
from sitemap_cli.cli.framework.runtime import Run


@command()
async def completion(
    run: Run,
    shell: Annotated[
        Literal["bash", "zsh", "fish", "powershell"],
        typer.Argument(metavar="SHELL", help="bash, zsh, fish or powershell."),
    ],
) -> None:
    """Print the completion script of a shell. It completes domains, jobs, rules and tags, too.

    sitemap --install-completion installs it for the shell in use.

    # For one user, or for all of them
    $ sitemap completion bash > ~/.local/share/bash-completion/completions/sitemap
    $ sitemap completion zsh > /usr/local/share/zsh/site-functions/_sitemap
    $ sitemap completion fish > ~/.config/fish/completions/sitemap.fish
    """
    from sitemap_cli.cli.framework.completion_scripts import SCRIPTS

    run.console.print_lines(SCRIPTS[shell].splitlines())
