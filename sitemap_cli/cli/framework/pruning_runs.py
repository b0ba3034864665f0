"""Remove old jobs for a command: the rule, the progress display, a note if a signal stops it."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sitemap_cli.cli.framework.option_types import parse_age
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.cli.view.numbers import format_count
from sitemap_cli.errors import UsageError
from sitemap_cli.progress import PruneProgress

if TYPE_CHECKING:
    from sitemap_cli.model.prune_results import PruneResult
    from sitemap_cli.services.catalog.pruning import KeepRule
    from sitemap_cli.services.catalog.removal import RemovedRows
    from sitemap_cli.storage.database import Database

# The longest age: a century.
MAX_AGE = 100 * 365 * 86_400
NUMBER = re.compile(r"[0-9.]+")
VACUUM = "the file keeps the space for new jobs; give it back to the system with: sitemap db vacuum"


def parse_rule(run: Run, older_than: str | None) -> "KeepRule":
    """Return which jobs to keep, by ``--keep`` or the configuration, and by ``--older-than``.

    Raises:
        UsageError: neither is given, or the age is not a duration.
    """
    from sitemap_cli.services.catalog.pruning import KeepRule

    keep, since = run.settings.keep, None
    if older_than is not None:
        if NUMBER.fullmatch(older_than.strip()):
            # A number is in seconds elsewhere; where days are meant, that would remove nearly everything.
            days = f"--older-than {older_than.strip()}d"
            raise UsageError("no unit", where=f"--older-than {older_than}", hint=f"for days, write {days}")
        age = parse_age("--older-than", older_than, "90d, or 12h")
        if age > MAX_AGE:
            raise UsageError("too long", where=f"--older-than {older_than}", why="at most a century")
        since = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=age)
    elif keep is None:
        hint = "sitemap jobs prune --keep 30, or --older-than 90d; or keep = 30 in sitemap.toml"
        raise UsageError("say which jobs to remove", hint=hint)
    return KeepRule(run.settings.tenant, keep, since)


async def run_prune(run: Run, rule: "KeepRule", domain: str | None, format_: str, *, dry_run: bool) -> None:
    """Remove jobs, or count them, and print what was removed.

    Raises:
        NotFoundError: the domain is unknown.
    """
    from sitemap_cli.cli.view.live_progress import show_prune_progress
    from sitemap_cli.cli.view.prune_summary import format_pruned
    from sitemap_cli.services.catalog import domain_catalog
    from sitemap_cli.tasks.locking import mark_stale_jobs
    from sitemap_cli.tasks.prune import Pruning, estimate_pruning, prune_jobs

    progress, domain_ids, found = PruneProgress(), None, None
    async with run.open_database() as db:
        if not dry_run:
            await mark_stale_jobs(db, rule.tenant)
        if domain is not None:
            async with db.reading() as session:
                domain_ids = [await domain_catalog.find_known_id(session, rule.tenant, domain)]
        pruning = Pruning(db, rule, progress, domain_ids)
        with _note_if_stopped(run, progress), show_prune_progress(run.console, progress):
            if dry_run:
                found = await estimate_pruning(pruning)
            else:
                await prune_jobs(pruning)
        result = await _build_result(db, progress, found)
        is_sqlite = db.url.get_backend_name() == "sqlite"
    if format_ == "json":
        run.console.print_json(result)
    elif result.jobs or result.documents or not run.settings.quiet:
        run.console.print_lines(format_pruned(result, with_domains=run.settings.verbose > 0))
    if result.skipped:
        domains = format_count(result.skipped, "domain")
        run.console.print_note(f"{domains} skipped, as a job is running; the next prune removes their jobs")
    if is_sqlite and result.documents and not dry_run:
        run.console.print_note(VACUUM)


async def apply_policy(
    run: Run, db: "Database", *, job_ids: "Sequence[str]" = (), batch_id: str | None = None
) -> None:
    """Remove jobs as the setting ``keep`` says, of the domains of jobs or of a batch that just ended."""
    from sitemap_cli.cli.view.live_progress import show_prune_progress
    from sitemap_cli.tasks.prune import apply_policy

    if run.settings.keep is not None and (job_ids or batch_id):
        progress = PruneProgress()
        with show_prune_progress(run.console, progress):
            await apply_policy(db, run.settings, progress, batch_id=batch_id, job_ids=job_ids)


async def _build_result(
    db: "Database", progress: PruneProgress, found: "Mapping[int, RemovedRows] | None"
) -> "PruneResult":
    from sitemap_cli.model.prune_results import DomainPruned, PruneResult
    from sitemap_cli.services.catalog.pruning import load_domain_names

    async with db.reading() as session:
        names = await load_domain_names(session, list(progress.jobs_by_domain if found is None else found))
    if found is None:
        domains = [DomainPruned(names.get(key, ""), jobs) for key, jobs in progress.jobs_by_domain.items()]
    else:
        domains = [
            DomainPruned(names.get(key, ""), each.jobs, each.documents, each.urls, each.bytes)
            for key, each in found.items()
        ]
    return PruneResult(
        found is not None,
        progress.jobs,
        progress.documents,
        progress.urls,
        progress.bytes,
        progress.skipped,
        sorted(domains, key=lambda each: each.domain),
    )


@contextmanager
def _note_if_stopped(run: Run, progress: PruneProgress) -> Iterator[None]:
    """Print what was removed until a signal stopped the block."""
    from asyncio import CancelledError

    from sitemap_cli.cli.framework.signals import Stopped

    try:
        yield
    except (CancelledError, Stopped):
        jobs, documents = format_count(progress.jobs, "job"), format_count(progress.documents, "document")
        run.console.print_note(f"stopped; {jobs} and {documents} removed so far; the next prune continues")
        raise
