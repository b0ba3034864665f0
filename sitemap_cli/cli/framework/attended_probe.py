"""A probe that the user watches: the size of its sample, its progress display, and a note about a signal."""

import time
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from sitemap_cli.cli.framework.option_types import GIVEN, PAGES, SHARE
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.configuration import read_variable
from sitemap_cli.errors import LockedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sitemap_cli.crawl.pages.probed_page import ProbedPage
    from sitemap_cli.crawl.targets import Target
    from sitemap_cli.fetch.interface import Fetcher
    from sitemap_cli.model.check_results import ProbedPages
    from sitemap_cli.services.checking.build_probe import BuildProbe
    from sitemap_cli.services.probing.probe_store import ProbeTarget, SampleSize
    from sitemap_cli.settings import Settings
    from sitemap_cli.storage.database import Database
    from sitemap_cli.tasks.joint_check import StartedCheck
    from sitemap_cli.tasks.run_job import RunContext

DEFAULT_SAMPLE = "200"
ON, OFF = (GIVEN, "yes", "on"), ("0", "false", "no", "off")
"""Words for ``--probe`` in the configuration file and the environment."""


def parse_sample(text: str, *, option: str, hint: str) -> "SampleSize":
    """Parse the size of a sample: a number of pages, or a percentage of them.

    Raises:
        UsageError: it is neither.
    """
    from sitemap_cli.services.probing.probe_store import SampleSize

    given = text.strip()
    if PAGES.fullmatch(given) and int(given):
        return SampleSize(int(given))
    if (found := SHARE.fullmatch(given)) and 0 < float(found[1]) <= 100:
        return SampleSize(share=float(found[1]) / 100)
    raise UsageError("not a sample size", where=f"{option} {text}", hint=hint)


def parse_probe(text: str | None) -> "SampleSize | None":
    """Parse the value of ``check --probe``: the size of a sample, ``all``, true or false; None if it is off.

    Raises:
        UsageError: it is something else.
    """
    from sitemap_cli.services.probing.probe_store import SampleSize

    if text is None or (word := text.strip().lower()) in OFF:
        return None
    if word == "all":
        return SampleSize()
    hint = "--probe=500, --probe=5% or --probe=all"
    if word in ON:
        return replace(parse_sample(DEFAULT_SAMPLE, option="--probe", hint=hint), is_default=True)
    return parse_sample(text, option="--probe", hint=hint)


def open_build(target: "Target", size: "SampleSize") -> "BuildProbe":
    """Return the files of a local build, or beside a sitemap; all pages unless a size is given."""
    from sitemap_cli.crawl.build.build_reader import BuildReader
    from sitemap_cli.services.checking.build_probe import BuildProbe
    from sitemap_cli.services.probing.probe_store import SampleSize

    folder, base = target.folder or Path(), target.urls[0]
    if folder.is_file():
        folder, base = folder.parent, base[: base.rindex("/") + 1]
    return BuildProbe(BuildReader(folder, base), SampleSize() if size.is_default else size)


def refuse_build(name: str) -> NoReturn:
    """Refuse to probe the pages of a recorded job of a local build.

    Raises:
        UsageError: always.
    """
    hint = "name the folder instead: sitemap check FOLDER --base-url URL --probe"
    why = "the job is of a local build, whose files may have changed since"
    raise UsageError("cannot probe", where=f"--probe {name}", why=why, hint=hint)


async def probe_checked_job(
    run: Run,
    context: "RunContext",
    job_id: str,
    target: "Target | None",
    size: "SampleSize",
    spent: float,
    *,
    wait: bool,
) -> "tuple[ProbedPages, float] | None":
    """Probe the pages of a job that will be checked, holding the lock of its domain.

    Args:
        run: this invocation.
        context: what the job was run with.
        job_id: the id of the job.
        target: what was analyzed; None if only the job's id is known.
        size: the size of the sample.
        spent: seconds of the deadline that the analysis took.
        wait: whether to wait for another run that holds the lock.

    Returns:
        How the pages of the job responded, and the seconds that this took; None if the job lists no pages.

    Raises:
        LockedError: another run holds the lock, and ``wait`` is off.
    """
    from sitemap_cli.model.check_results import ProbedPages
    from sitemap_cli.services.catalog import domain_catalog
    from sitemap_cli.services.probing import probe_store
    from sitemap_cli.services.reporting import probe_result
    from sitemap_cli.tasks.locking import domain_lock

    db, tenant = context.db, run.settings.tenant
    async with db.reading() as session:
        subject = await probe_store.find_probe_target(session, tenant, None, job_id)
        request_settings = await domain_catalog.load_request_settings(session, subject.domain_id)
    if not subject.entry_count:
        return None
    settings = request_settings.apply_to(run.settings, read_variable)
    settings = replace(settings, deadline=max(settings.deadline - spent, 0.0))
    command = f"sitemap check --job {subject.job_id} --probe={size.text}"
    note = f"stopped; the job and the responses so far are recorded, and this resumes: {command}"
    async with domain_lock(db, tenant, subject.domain, run.console.print_note if wait else None):
        began = time.monotonic()
        fetcher = context.fetchers.for_target(target, settings)
        skipped = await run_probe(run, db, fetcher, settings, subject, size, note)
    async with db.reading() as session:
        counts = await probe_result.count_responses(session, subject.job_id)
    probed = ProbedPages(**counts._asdict(), unasked=dict(sorted(skipped.items())))
    return probed, time.monotonic() - began


async def probe_started_check(
    run: Run,
    context: "RunContext",
    started: "StartedCheck",
    size: "SampleSize",
    spent: float,
    locked: "list[int]",
    *,
    wait: bool,
) -> "StartedCheck":
    """Probe the pages of a job that will be checked, and return it with the responses and the time left.

    The exit code is added to ``locked`` if another run holds the lock of the domain. The files of a local
    build are read when it is checked.
    """
    if started.target is not None and started.target.is_local:
        return replace(started, build=open_build(started.target, size))
    try:
        found = await probe_checked_job(run, context, started.job_id, started.target, size, spent, wait=wait)
    except LockedError as error:
        run.console.print_error(error)
        locked.append(error.exit_code)
        return started
    if found is None:
        return started
    probed, seconds = found
    return replace(started, deadline=started.deadline - seconds, probed=probed)


async def run_probe(
    run: Run,
    db: "Database",
    fetcher: "Fetcher",
    settings: "Settings",
    subject: "ProbeTarget",
    size: "SampleSize",
    note: str,
    take: "Callable[[list[ProbedPage]], None] | None" = None,
) -> "Mapping[str, int]":
    """Probe the pages of a job, and return how many could not be requested, by reason.

    The caller holds the lock of the domain. ``take`` gets each group of pages after it was recorded; ``note``
    is printed if a signal stops the probe.
    """
    from sitemap_cli.cli.framework.signals import note_if_stopped
    from sitemap_cli.cli.view.live_progress import show_batch_progress
    from sitemap_cli.progress import BatchProgress
    from sitemap_cli.services.probing import probe_store
    from sitemap_cli.tasks.probe import ProbeRun, probe_pages

    async with db.reading() as session:
        known = await probe_store.count_probed_pages(session, subject.job_id)
    progress = BatchProgress(max(size.resolve(subject.entry_count), known), known)
    probing = ProbeRun(db, fetcher, settings, subject, size, progress)
    with (
        show_batch_progress(run.console, subject.domain, progress, "pages"),
        note_if_stopped(run.console, note),
    ):
        async with aclosing(probe_pages(probing)) as groups:
            async for group in groups:
                if take is not None:
                    take(group)
    return probing.skipped
