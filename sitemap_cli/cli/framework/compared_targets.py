"""Two sites, sitemaps, folders or files to compare: they are read now, into a temporary database."""

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sitemap_cli.cli.framework.compared_jobs import ComparedJobs
from sitemap_cli.cli.framework.difference_options import DifferenceOptions
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.errors import StorageError, UsageError
from sitemap_cli.model import exit_codes
from sitemap_cli.model.values import Verdict

if TYPE_CHECKING:
    from sitemap_cli.crawl.targets import Target
    from sitemap_cli.output.difference_format import Comparison
    from sitemap_cli.storage.database import Database
    from sitemap_cli.storage.models import Job
    from sitemap_cli.tasks.run_job import RunContext

STDIN_NAME = "stdin"


@asynccontextmanager
async def read_now(
    run: Run, texts: tuple[str, str], base_urls: Sequence[str], options: DifferenceOptions
) -> AsyncIterator[ComparedJobs]:
    """Read two targets as ``analyze`` does, and return their jobs; the database is removed at the end.

    Raises:
        UsageError: a target is invalid.
        StorageError: there is no room for temporary files.
    """
    from sitemap_cli.tasks.preparation.preparer import open_preparer
    from sitemap_cli.tasks.run_job import RunContext

    with TemporaryDirectory(prefix="sitemap-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        targets = _parse_targets(texts, base_urls, folder)
        fresh = replace(run, settings=replace(run.settings, database=str(folder / "sitemap.db")))
        async with fresh.open_database() as db:
            async with fresh.open_fetchers() as fetchers, open_preparer(fresh.settings) as preparer:
                fetchers.check_options(targets)
                context = RunContext(db, fetchers, fresh.settings, preparer=preparer)
                read = [await _read_target(run, context, each) for each in targets]
            codes = [_judge(run, *each, options) for each in zip(read, targets, strict=True)]
            failed = [each for each in codes if each != exit_codes.OK]
            if options.ignores_host and not failed:
                read = await _ignore_hosts(db, read, targets[1])
            old, new = read
            yield ComparedJobs(
                db,
                (old, new),
                _describe(old, new, targets, options),
                exit_code=exit_codes.combine(failed) if failed else exit_codes.OK,
            )


def _parse_targets(texts: Sequence[str], base_urls: Sequence[str], folder: Path) -> "list[Target]":
    """Return the targets; a folder or file without a base URL is published where its first URL is.

    Raises:
        UsageError: a target is invalid, or there are more base URLs than folders and files.
    """
    from sitemap_cli.crawl.targets import STDIN, find_build_histories, parse_target
    from sitemap_cli.inputs.base_url_guess import guess_base_url

    if list(texts).count(STDIN) > 1:
        raise UsageError("standard input can be read only once", where=STDIN)
    names = [_copy_stdin(folder) if each == STDIN else each for each in texts]
    local = [find_build_histories(each) is not None for each in names]
    if len(base_urls) > max(1, sum(local)) or (base_urls and not any(local)):
        what = f"{len(base_urls)} base URLs for {sum(local)} local folders and files"
        raise UsageError(what, where=", ".join(base_urls))
    left = iter(base_urls if len(base_urls) > 1 else [*base_urls] * sum(local))
    found = list["Target"]()
    for text, name, is_local in zip(texts, names, local, strict=True):
        base_url = next(left, None) if is_local else None
        if is_local and base_url is None:
            base_url = guess_base_url(Path(name).expanduser())
        target = parse_target(name, base_url=base_url)
        found.append(replace(target, text=STDIN_NAME) if text == STDIN else target)
    return found


def _copy_stdin(folder: Path) -> str:
    """Copy standard input to a file, and return its name.

    Raises:
        StorageError: the file cannot be written.
    """
    import shutil

    path = folder / "stdin.xml"
    try:
        with path.open("wb") as stream:
            shutil.copyfileobj(sys.stdin.buffer, stream)
    except OSError as error:
        raise StorageError("cannot write", where=str(folder), why=error.strerror or str(error)) from error
    return str(path)


async def _read_target(run: Run, context: "RunContext", target: "Target") -> "Job":
    """Record a job in a transaction, run it, and return how it ended."""
    from sitemap_cli.cli.view.live_progress import show_progress
    from sitemap_cli.progress import Progress
    from sitemap_cli.services.catalog.job_start import NewJob, start_job
    from sitemap_cli.services.recording import jobs
    from sitemap_cli.services.shared import ids
    from sitemap_cli.tasks.locking import describe_process
    from sitemap_cli.tasks.run_job import open_new_job, run_new_job

    new = NewJob(run.settings.tenant, ids.generate_id(), target, describe_process())
    async with open_new_job(context.db, new, None) as stopwatch:
        async with context.db.transaction() as session:
            started = await start_job(session, new)
        progress = Progress()
        with show_progress(run.console, target.domain, progress):
            await run_new_job(context, started, progress, stopwatch)
    async with context.db.reading() as session:
        return (await jobs.find_job(session, run.settings.tenant, new.job_id)).job


async def _ignore_hosts(db: "Database", read: "Sequence[Job]", target: "Target") -> "list[Job]":
    """Give all URLs the host of a target, and return the jobs as they are recorded then."""
    from sitemap_cli.services.history.host_replacement import replace_hosts
    from sitemap_cli.storage.models import Job
    from sitemap_cli.urls import canonical_url, url_origin

    ids = [each.id for each in read]
    async with db.transaction() as session:
        await replace_hosts(session, ids, url_origin(canonical_url(target.urls[0])).rstrip("/"))
    async with db.reading() as session:
        return [await session.get_one(Job, each) for each in ids]


def _judge(run: Run, job: "Job", target: "Target", options: DifferenceOptions) -> int:
    """Return the exit code for a target; print why it cannot be compared, if so."""
    from sitemap_cli.cli.framework.failures import print_failure
    from sitemap_cli.cli.view.next_steps import describe_remedy
    from sitemap_cli.services.recording.job_pairs import PARTIAL_HINT

    if job.verdict == Verdict.PARTIAL and options.takes_partial:
        run.console.print_note(f"{target.text} was read in part: {job.error}")
        return exit_codes.OK
    if job.verdict == Verdict.PARTIAL:
        fields = {"verdict": job.verdict, "error": job.error}
        run.console.print_log("error", f"{target.text} was read in part: {job.error}", "job-failed", fields)
        run.console.print_note(f"hint: {PARTIAL_HINT}")
    else:
        print_failure(run.console, job.id, target.text, target.domain, job.verdict, job.error)
        if hint := describe_remedy(job.verdict, target.text):
            run.console.print_note(f"hint: {hint}")
    return exit_codes.for_verdict(job.verdict)


def _describe(
    old: "Job", new: "Job", targets: "Sequence[Target]", options: DifferenceOptions
) -> "Comparison":
    from msgspec import UNSET

    from sitemap_cli.model.difference import ComparedSide
    from sitemap_cli.model.difference_results import DiffHead
    from sitemap_cli.model.values import Status
    from sitemap_cli.output.difference_format import Comparison
    from sitemap_cli.output.iso_times import format_milliseconds

    sides = [
        ComparedSide(job.id, target.text, format_milliseconds(job.started_at or job.created_at))
        for job, target in zip((old, new), targets, strict=True)
    ]
    head = DiffHead(
        from_=sides[0].name,
        to=sides[1].name,
        from_at=sides[0].time,
        to_at=sides[1].time,
        section=UNSET if options.section is None else options.section,
        partial=UNSET if old.status == Status.COMPLETED == new.status else True,
    )
    return Comparison(head, sides[0], sides[1], None, f"sitemap:{sides[0].name} {sides[1].name}")
