"""The database: its schema and its size."""

from typing import Annotated, Any, Literal

import typer

from sitemap_cli.cli.adapter import command
from sitemap_cli.cli.runtime import Run

GROUP = "db"


@command()
async def upgrade(run: Run) -> None:
    """Create the schema, or bring it up to date."""
    from sitemap_cli.storage import schema
    from sitemap_cli.storage.database import Database

    async with Database.unprepared(run.settings.database) as db:
        before = await db.revision()
        await db.upgrade()
    state = "is up to date" if before == schema.HEAD else f"upgraded from {before or 'nothing'}"
    run.console.note(f"{db.name}: {state}, revision {schema.HEAD}")


@command()
async def info(
    run: Run,
    format_: Annotated[Literal["text", "json"], typer.Option("--format", help="What to print.")] = "text",
) -> None:
    """Say where the database is, its revision, its size and what it holds."""
    from sitemap_cli.services.inventory import inventory
    from sitemap_cli.storage.database import Database

    async with Database.unprepared(run.settings.database) as db:
        facts: dict[str, Any] = {"database": db.name, "revision": await db.revision()}
        if facts["revision"] is not None:
            async with db.reading() as session:
                facts |= await inventory(session)
    if format_ == "json":
        run.console.json(facts)
    else:
        for name, value in facts.items():
            run.console.line(f"{name:12} {value if isinstance(value, str | None) else format(value, ',')}")
