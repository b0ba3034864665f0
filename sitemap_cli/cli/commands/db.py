"""The database: its schema and its size."""

from typing import Any

from sitemap_cli.cli.framework.command import command
from sitemap_cli.cli.framework.options import ReportFormat
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.cli.view.numbers import format_size

GROUP = "db"


@command()
async def upgrade(run: Run) -> None:
    """Create the schema, or bring it up to date."""
    from sitemap_cli.storage import schema
    from sitemap_cli.storage.database import Database

    async with Database.open_unprepared(run.settings.database) as db:
        before = await db.read_revision()
        await db.upgrade_schema()
    done = "is up to date" if before == schema.HEAD else "is now up to date" if before else "was created"
    run.console.print_note(f"{db.name} {done} (revision {schema.HEAD})")


@command()
async def info(
    run: Run,
    format_: ReportFormat = "text",
) -> None:
    """Say where the database is, its revision, its size and what it holds."""
    from sitemap_cli.services.reporting.database_stats import count_rows
    from sitemap_cli.storage.database import Database

    async with Database.open_unprepared(run.settings.database) as db:
        facts: dict[str, Any] = {"database": db.name, "revision": await db.read_revision()}
        if facts["revision"] is not None:
            async with db.reading() as session:
                facts |= await count_rows(session)
    if format_ == "json":
        run.console.print_json(facts)
    else:
        run.console.print_lines(f"{name:10} {_render_info(name, value)}" for name, value in facts.items())


def _render_info(name: str, value: str | int | None) -> str:
    if value is None:
        return "none; sitemap db upgrade makes one"
    if isinstance(value, str):
        return value
    return f"{format_size(value)} ({value:,})" if name == "bytes" else f"{value:,}"
