"""Manage the database: upgrade, check, copy and shrink it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sitemap_cli.cli.framework.command import command
from sitemap_cli.cli.framework.option_types import parse_file_name
from sitemap_cli.cli.framework.options import TextOrJson
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.cli.view.database_lines import QUICKLY_COUNTED
from sitemap_cli.cli.view.numbers import format_size
from sitemap_cli.errors import UsageError
from sitemap_cli.model import exit_codes

if TYPE_CHECKING:
    from sitemap_cli.model.database_results import DatabaseInfo
    from sitemap_cli.storage.database import Database

GROUP = "db"
CHAPTER = "Management"
DEFAULT_KEEP = 30
"""Jobs that pruning would keep, where no policy is set."""


@command()
async def upgrade(run: Run) -> None:
    """Create the schema, or bring it up to date.

    $ sitemap db upgrade
    $ sitemap db upgrade --database postgresql://sitemap@db.example.com/sitemap
    """
    from sitemap_cli.storage.database import Database
    from sitemap_cli.storage.schema_revision import HEAD

    async with Database.open_unprepared(run.settings.database) as db:
        before = await db.read_revision()
        await db.upgrade_schema()
    state = "is up to date" if before == HEAD else "is now up to date" if before else "was created"
    run.console.print_note(f"{db.name} {state} (revision {HEAD})")


@command()
async def info(
    run: Run,
    keep: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Show what jobs prune --keep N would free. Default: the policy, or 30;"
            f" with more than {QUICKLY_COUNTED:,} jobs, only if N is given.",
        ),
    ] = None,
    format_: TextOrJson = "text",
) -> None:
    """Print where the database is, its size by table, its contents, and what pruning would free.

    $ sitemap db info
    $ sitemap db info --format json
    """
    from sitemap_cli.cli.view.database_lines import format_info
    from sitemap_cli.model.database_results import DatabaseInfo
    from sitemap_cli.storage.database import Database

    async with Database.open_unprepared(run.settings.database) as db:
        revision = await db.read_revision()
        if revision is None:
            found = DatabaseInfo(db.name, None)
        else:
            found = await _load_info(run, db, revision, keep)
    if format_ == "json":
        run.console.print_json(found)
    else:
        run.console.print_lines(format_info(found, run.console.clock))


async def _load_info(run: Run, db: "Database", revision: str, keep: int | None) -> "DatabaseInfo":
    """Load what the database has, and what pruning would remove, unless counting that takes long."""
    from msgspec import UNSET
    from msgspec.structs import replace

    from sitemap_cli.model.database_results import Prunable
    from sitemap_cli.services.catalog.pruning import KeepRule, estimate_pruning
    from sitemap_cli.services.reporting.database_stats import load_database_info
    from sitemap_cli.storage.schema_revision import HEAD
    from sitemap_cli.storage.sqlite_files import find_log_size

    async with db.reading() as session:
        found = await load_database_info(session, db.name, revision)
    log_bytes = find_log_size(db.url) if db.url.get_backend_name() == "sqlite" else UNSET
    found = replace(found, log_bytes=log_bytes)
    if revision != HEAD or (keep is None and (found.jobs or 0) > QUICKLY_COUNTED):
        return found
    kept = keep or run.settings.keep or DEFAULT_KEEP
    async with db.reading() as session:
        rows = await estimate_pruning(session, KeepRule(run.settings.tenant, kept))
    return replace(found, prunable=Prunable(kept, rows.jobs, rows.documents, rows.urls, rows.bytes))


@command()
async def backup(
    run: Run,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", parser=parse_file_name, help="New file for the copy; no file is replaced."
        ),
    ],
) -> None:
    """Copy a SQLite database to a new file, while other processes write to it.

    The copy is checked before it gets its name. --database takes it like any other database. To
    restore it, stop all commands, remove the old file with its -wal and -shm, and put the copy in its place.

    $ sitemap db backup /backups/sitemap-2026-11-29.db
    """
    from sitemap_cli.cli.view.live_progress import show_copy_progress
    from sitemap_cli.progress import CopyProgress
    from sitemap_cli.storage import sqlite_backup
    from sitemap_cli.storage.database import Database

    if str(file) == "-":
        hint = "sitemap db backup FILE"
        raise UsageError("a database cannot be copied to stdout", hint=hint)
    async with Database.open_unprepared(run.settings.database) as db:
        sqlite_backup.require_sqlite(db.url)
        await _require_tables(db)
        progress = CopyProgress()
        with show_copy_progress(run.console, str(file), progress):
            size = await sqlite_backup.back_up(db.url, file, progress)
    run.console.print_note(f"{db.name} was copied to {file} ({format_size(size)})")


@command()
async def vacuum(
    run: Run,
    wait: Annotated[
        bool,
        typer.Option("--wait", help="Wait for running jobs and other processes instead of exiting with 75."),
    ] = False,
) -> None:
    """Give the space of removed rows back.

    SQLite rebuilds the file, which needs free space of up to twice its size. Nothing can be written
    meanwhile. Postgres keeps most of the space for new rows, and can be used meanwhile.

    $ sitemap db vacuum --wait
    """
    from sitemap_cli.cli.view.live_progress import show_copy_progress
    from sitemap_cli.progress import CopyProgress
    from sitemap_cli.storage.database import Database
    from sitemap_cli.tasks.vacuuming import vacuum_database

    on_wait = run.console.print_note if wait else None
    async with Database.open_unprepared(run.settings.database) as db:
        await _require_tables(db)
        with show_copy_progress(run.console, "vacuum", CopyProgress()):
            sizes = await vacuum_database(db, on_wait)
        is_postgres = db.url.get_backend_name() != "sqlite"
    note = f"{format_size(sizes.before)} before, {format_size(sizes.after)} after"
    run.console.print_note(f"{db.name} was vacuumed: {note}")
    if is_postgres:
        run.console.print_note(
            "Postgres reuses the space of removed rows. It gives back only empty pages at the end of tables;"
            " VACUUM FULL gives back all of it, and locks the tables meanwhile"
        )


@command()
async def check(
    run: Run,
    quick: Annotated[
        bool, typer.Option("--quick", help="Skip the checks that read all entries and indexes.")
    ] = False,
    format_: TextOrJson = "text",
) -> int:
    """Check that the database is sound; exit code 5 if it is damaged.

    It looks at the pages of a SQLite file, the schema, and rows that contradict one another. Others may use
    the database meanwhile. Nothing is changed.

    $ sitemap db check --quick
    """
    from sitemap_cli.cli.view.database_lines import format_check
    from sitemap_cli.cli.view.live_progress import show_copy_progress
    from sitemap_cli.errors import DamagedError
    from sitemap_cli.model.database_results import DatabaseCheck, Soundness
    from sitemap_cli.progress import CopyProgress
    from sitemap_cli.storage.database import Database
    from sitemap_cli.tasks.database_check import check_database

    progress = CopyProgress()
    async with Database.open_unprepared(run.settings.database) as db:
        try:
            revision = await db.read_revision()
        except DamagedError:
            # The first check says what is wrong with the file.
            revision = ""
        if revision is None:
            raise _make_missing_error(db.name)
        with show_copy_progress(run.console, "check", progress):
            checks = check_database(
                db, revision or None, is_quick=quick, on_check=lambda name: setattr(progress, "doing", name)
            )
            lines = [each async for each in checks]
    is_sound = bool(revision) and all(each.result != Soundness.DAMAGED for each in lines)
    found = DatabaseCheck(db.name, revision or None, is_sound, lines)
    if format_ == "json":
        run.console.print_json(found)
    else:
        run.console.print_lines(format_check(found))
    return exit_codes.OK if is_sound else exit_codes.DATABASE


async def _require_tables(db: "Database") -> None:
    """Check that there is a database.

    Raises:
        UsageError: there is no file, or an empty one.
    """
    if await db.read_revision() is None:
        raise _make_missing_error(db.name)


def _make_missing_error(name: str) -> UsageError:
    return UsageError("there is no database", where=name, hint="choose one with --database")
