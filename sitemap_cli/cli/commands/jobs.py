"""Recorded runs: how they ended, and what they brought."""

from typing import Annotated, Any, Literal

import typer

from sitemap_cli.cli.adapter import command
from sitemap_cli.cli.runtime import Run
from sitemap_cli.model import Status, Verdict

GROUP = "jobs"


@command()
async def list_(
    run: Run,
    domain: Annotated[str | None, typer.Option(metavar="D", help="Only of this domain.")] = None,
    status: Annotated[Status | None, typer.Option(help="Only with this status.")] = None,
    verdict: Annotated[Verdict | None, typer.Option(help="Only with this verdict.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="At most so many.")] = None,
    format_: Annotated[
        Literal["text", "json", "jsonl"], typer.Option("--format", help="What to print.")
    ] = "text",
) -> None:
    """List jobs, newest first."""
    from sitemap_cli.services import jobs, results

    async with run.database() as db, db.reading() as session:
        rows = await jobs.listing(
            session, run.settings.tenant, domain=domain, status=status, verdict=verdict, limit=limit
        )
    found = results.summary(rows)
    if format_ == "text":
        run.console.out.print(_table(found), soft_wrap=True)
    else:
        run.console.json(found, lines=format_ == "jsonl")


@command()
async def show(
    run: Run,
    job: Annotated[str, typer.Argument(metavar="ID", help="A job's id, or a prefix of it.")],
    format_: Annotated[Literal["text", "json"], typer.Option("--format", help="What to print.")] = "text",
) -> None:
    """Show one job: its verdict, its sitemaps, what was wrong."""
    from sitemap_cli.cli.summary import show as show_summary
    from sitemap_cli.services import findings, results

    async with run.database() as db, db.reading() as session:
        result = await results.result(session, run.settings.tenant, job)
        found = await findings.listing(session, result["job_id"])
    if format_ == "json":
        run.console.json(result)
    else:
        show_summary(run.console.out, result, found)


def _table(rows: list[dict[str, Any]]) -> Any:
    from rich.table import Table
    from rich.text import Text

    from sitemap_cli.cli.safe import safe

    table = Table(box=None, pad_edge=False)
    for heading, side in (
        ("job", "left"),
        ("domain", "left"),
        ("status", "left"),
        ("verdict", "left"),
        ("sitemaps", "right"),
        ("urls", "right"),
        ("started", "left"),
    ):
        table.add_column(heading, justify=side, no_wrap=True)  # type: ignore[arg-type]
    for row in rows:
        counts = (f"{row['sitemaps']:,}", f"{row['urls']:,}", (row["started_at"] or "")[:19])
        named = (row["job_id"], Text(safe(row["domain"])), row["status"], row["verdict"] or "")
        table.add_row(*named, *counts)
    return table
