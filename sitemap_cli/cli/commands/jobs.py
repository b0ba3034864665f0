"""Recorded runs: how they ended, and what they brought."""

from typing import Annotated, Any, Literal

import typer

from sitemap_cli.cli.adapter import command
from sitemap_cli.cli.runtime import Run
from sitemap_cli.model import Status, Verdict
from sitemap_cli.output.safe import safe

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
    if format_ != "text":
        run.console.json(found, lines=format_ == "jsonl")
    elif found:
        run.console.show(_table(found, short=run.console.width is not None))
    else:
        run.console.note("no jobs; record one: sitemap analyze example.com")


@command()
async def show(
    run: Run,
    job: Annotated[str, typer.Argument(metavar="ID", help="A job's id, or a prefix of it.")],
    format_: Annotated[Literal["text", "json"], typer.Option("--format", help="What to print.")] = "text",
) -> None:
    """Show one job: its verdict, its sitemaps, what was wrong."""
    from sitemap_cli.cli.summary import drawn
    from sitemap_cli.services import findings, results

    async with run.database() as db, db.reading() as session:
        result = await results.result(session, run.settings.tenant, job)
        found = await findings.listing(session, result["job_id"])
    if format_ == "json":
        run.console.json(result)
    else:
        run.console.show(drawn(result, found))


def _table(rows: list[dict[str, Any]], *, short: bool) -> Any:
    """A line for each job; ``short`` abbreviates ids and times, so that a line fits a terminal."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for heading in ("job", "domain", "status", "verdict", "sitemaps", "urls", "started"):
        counted = heading in ("sitemaps", "urls")
        folds = heading == "domain"
        table.add_column(heading, justify="right" if counted else "left", no_wrap=not folds, overflow="fold")
    long = _id_length(rows) if short else None
    for row in rows:
        started = (row["started_at"] or "")[5:16].replace("T", " ") if short else row["started_at"] or ""
        counts = (f"{row['sitemaps']:,}", f"{row['urls']:,}", started)
        named = (row["job_id"][:long], Text(safe(row["domain"])), row["status"], row["verdict"] or "")
        table.add_row(*named, *counts)
    return table


def _id_length(rows: list[dict[str, Any]]) -> int:
    """How much of an id tells these jobs apart; the first 8 characters are its minute."""
    ids = {row["job_id"] for row in rows}
    return next((n for n in range(8, 36) if len({each[:n] for each in ids}) == len(ids)), 36)
