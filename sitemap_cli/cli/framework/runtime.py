"""Composition root: builds database, fetchers and console from settings, and turns errors into exit codes."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sitemap_cli import configuration
from sitemap_cli.cli.console import Console
from sitemap_cli.crawl.fetchers import Fetchers
from sitemap_cli.errors import SitemapError
from sitemap_cli.settings import Settings

if TYPE_CHECKING:
    from sitemap_cli.storage.database import Database


@dataclass(frozen=True, slots=True)
class Run:
    """One invocation of a command."""

    settings: Settings
    console: Console

    @asynccontextmanager
    async def open_database(self) -> "AsyncIterator[Database]":
        """Open the database; it is closed when the block ends.

        A user at a terminal sees where the default database is when it is created.
        """
        from sitemap_cli.storage.database import Database

        is_new = self.settings.database is None and _is_first_use()
        async with Database.open(self.settings.database) as db:
            if is_new:
                self.console.print_note(f"created the database {db.name}; {ANOTHER_DATABASE}")
            yield db

    @asynccontextmanager
    async def open_fetchers(
        self, connections: int | None = None, processes: int = 1
    ) -> AsyncIterator[Fetchers]:
        """Open the fetchers of this command.

        With many sites, ``connections`` limits concurrent requests in all. A process of several that share
        hosts keeps to its share of the limits per host.
        """
        settings = self.settings
        if connections:
            settings = replace(settings, concurrency=connections)
        fetchers = Fetchers(settings, processes, for_many=connections is not None)
        try:
            yield fetchers
        finally:
            await fetchers.close()


ANOTHER_DATABASE = "--database PATH or SITEMAP_DATABASE chooses another"


def _is_first_use() -> bool:
    """Return whether a user at a terminal is about to create the default database."""
    from sitemap_cli.storage.database_url import parse_database_url

    return sys.stderr.isatty() and not Path(str(parse_database_url(None).database)).exists()


Body = Callable[[Run], Awaitable[int | None]]


def run_command(
    body: Body,
    given: Mapping[str, Any],
    config: Path | None,
    repeated: str = "",
    notes: Iterable[str] = (),
    locate: Callable[[SitemapError], None] | None = None,
) -> None:
    """Run one command and exit the process with its code.

    Args:
        body: the command.
        given: the settings of the command line and the environment.
        config: the configuration file, if one was named.
        repeated: the options that commands in hints repeat.
        notes: sentences to print first.
        locate: changes an error to name where the wrong value was set.
    """
    known = {name: given[name] for name in ("verbose", "log_format") if name in given}
    console = Console(Settings(**known), repeated)
    try:
        settings = configuration.resolve_settings(given, config)
        console = Console(settings, repeated)
        _report_configuration(console, config)
        for each in notes:
            console.print_note(each)
        code = _run_loop(body, Run(settings, console))
    except SitemapError as error:
        if locate is not None:
            locate(error)
        console.print_error(error)
        code = error.exit_code
    raise SystemExit(code)


def _report_configuration(console: Console, config: Path | None) -> None:
    """Name files that were skipped, and with ``-v`` the one in force."""
    path, skipped = (config, []) if config else configuration.find_file()
    for each in skipped:
        console.print_note(f"{each}; --config reads it")
    if path and console.settings.verbose:
        console.print_log("info", f"configuration file: {path}", "configuration", {"path": str(path)})


def _run_loop(body: Body, run: Run) -> int:
    import asyncio

    from sitemap_cli.cli.framework import logs
    from sitemap_cli.cli.framework.signals import run_until_signal

    logs.send_logs_to(run.console)
    return asyncio.run(run_until_signal(body(run)))
