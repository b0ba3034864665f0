"""One run of ``sitemap indexnow``: its options, its job, and what it prints."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from msgspec import convert

from sitemap_cli.cli.framework.chosen_job import choose_noted_job
from sitemap_cli.cli.framework.failures import is_seen
from sitemap_cli.cli.framework.job_references import parse_job_reference
from sitemap_cli.cli.framework.option_types import parse_page_url
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.cli.framework.signals import note_if_stopped
from sitemap_cli.cli.output_file import open_output
from sitemap_cli.cli.view.live_progress import show_steps
from sitemap_cli.cli.view.numbers import format_count
from sitemap_cli.cli.view.submission_summary import render_batch, render_summary
from sitemap_cli.configuration import read_variable
from sitemap_cli.crawl import key_file
from sitemap_cli.crawl.key_file import KeyFile
from sitemap_cli.crawl.targets import split_login
from sitemap_cli.crawl.url_submission import ENDPOINT
from sitemap_cli.errors import UnreadableError, UsageError
from sitemap_cli.model import exit_codes
from sitemap_cli.model.submission_results import (
    SUBMISSION_SCHEMA,
    SubmissionBatchLine,
    SubmissionResult,
    SubmissionSummaryLine,
    SubmittedBatch,
    SubmittedHost,
)
from sitemap_cli.model.values import Status
from sitemap_cli.output.json_text import encode_json
from sitemap_cli.progress import StepProgress
from sitemap_cli.services.history.submissions import Selection
from sitemap_cli.services.recording.job_choice import format_job_time
from sitemap_cli.settings import Settings
from sitemap_cli.spool import open_spool
from sitemap_cli.tasks.locking import domain_lock
from sitemap_cli.tasks.selected_urls import SelectedUrls, SubmittedChanges, add_changed_urls, add_listed_urls
from sitemap_cli.tasks.submission import SubmissionRun
from sitemap_cli.urls import canonical_domain

if TYPE_CHECKING:
    from sitemap_cli.services.recording.job_choice import ChosenJob
    from sitemap_cli.services.recording.job_pairs import JobReference
    from sitemap_cli.storage.database import Database
    from sitemap_cli.storage.models import Job

HINT = "publish a text file with the key there, or name the URL of another one with --key-location"


@dataclass(frozen=True, slots=True)
class SubmissionOptions:
    """What the user wants to submit, and how."""

    key: str
    key_file: KeyFile | None
    new_since: "JobReference | None"
    hosts: frozenset[str]
    endpoints: tuple[str, ...]
    is_all: bool
    is_only_new: bool
    with_removed: bool
    trusts_lastmod: bool
    is_again: bool
    is_dry_run: bool

    @classmethod
    def parse(
        cls,
        *,
        key: str | None,
        key_location: str | None,
        hosts: Sequence[str],
        endpoints: Sequence[str],
        new_since: str | None,
        **flags: bool,
    ) -> "SubmissionOptions":
        """Return the options after a check of each.

        Raises:
            UsageError: one cannot be used.
        """
        if key_location is not None and hosts:
            what = "--key-location and --host cannot be used together"
            raise UsageError(what, why="a key file is of one host")
        location = None if key_location is None else parse_page_url("--key-location", key_location)
        since = None
        if new_since is not None:
            since = parse_job_reference("--new-since", new_since, ends_day=False)
        named = [parse_page_url("--endpoint", each) or "" for each in endpoints]
        return cls(
            key=key_file.parse_key("--key", key),
            key_file=None if location is None else key_file.parse_key_location("--key-location", location),
            new_since=since,
            hosts=frozenset(map(canonical_domain, hosts)),
            endpoints=tuple(dict.fromkeys(named)) or (ENDPOINT,),
            **flags,
        )

    def name_selection(self, scope: str | None, base: "Job | None", *, trusts_lastmod: bool) -> str:
        """Return a text that is the same if the same URLs of a job are selected."""
        words = ["all"] if self.is_all else [f"since {base.id}" if base else "first run"]
        words += ["only new"] if self.is_only_new else []
        words += ["and removed"] if self.with_removed else []
        words += [] if trusts_lastmod else ["without lastmods"]
        return f"{', '.join(words)} {self.name_extent(scope)}"

    def name_extent(self, scope: str | None) -> str:
        """Return a text about the part of the site whose URLs are selected."""
        host = "all hosts" if self.key_file is None else f"{self.key_file.host}{self.key_file.folder}"
        return f"below {scope or '/'} on {host}"


@dataclass(frozen=True, slots=True)
class _Subject:
    """The job whose URLs are submitted, and the one since which they are new or changed.

    ``doubt`` is why a new lastmod alone does not count; None if it does.
    """

    chosen: "ChosenJob"
    base: "Job | None"
    selection: str
    doubt: str | None

    def select_for(self, tenant: str, endpoint: str) -> Selection:
        """Return the selection for one endpoint."""
        job = self.chosen.job
        return Selection(tenant, job.domain_id, job.id, endpoint, self.selection)


async def run_submission(
    run: Run,
    db: "Database",
    domain: str | None,
    job: str | None,
    options: SubmissionOptions,
    format_: str,
    *,
    wait: bool,
) -> int:
    """Submit the URLs of a job while holding the lock of its domain, print the result, return the exit code.

    Raises:
        NotFoundError: there is no such domain or job.
        UsageError: the job is a local build.
        LockedError: another run holds the lock, and ``wait`` is off.
    """
    from sitemap_cli.services.recording.job_choice import choose_job

    domain, login = (None, None) if domain is None else split_login(domain.strip())
    chosen = await choose_noted_job(run, db, domain, job)
    if options.is_dry_run:
        return await _submit(run, db, chosen, options, login, format_)
    async with domain_lock(db, run.settings.tenant, chosen.domain, run.console.print_note if wait else None):
        # The previous holder of the lock may have recorded a newer job.
        async with db.reading() as session:
            chosen = await choose_job(session, run.settings.tenant, domain, job)
        return await _submit(run, db, chosen, options, login, format_)


async def _submit(
    run: Run,
    db: "Database",
    chosen: "ChosenJob",
    options: SubmissionOptions,
    login: str | None,
    format_: str,
) -> int:
    if chosen.job.is_local:
        why = "the pages of a local build are not published"
        raise UsageError("cannot submit URLs", where=chosen.job.id, why=why, hint="analyze the site itself")
    subject = await _find_subject(db, run.settings.tenant, chosen, options)
    hosts = key_file.list_host_names(chosen.domain) | options.hosts
    with open_spool() as spool:
        urls = SelectedUrls(spool, hosts, options.key, options.key_file)
        await _select_urls(run, db, subject, options, urls)
        settings = await _load_settings(run, db, chosen, login)
        async with run.open_fetchers() as fetchers:
            task = SubmissionRun(
                db,
                fetchers.for_target(None, settings),
                options.key,
                urls,
                asyncio.get_running_loop().time() + settings.deadline,
                is_again=options.is_again,
            )
            return await _run_task(run, task, subject, options, format_)


async def _run_task(
    run: Run, task: SubmissionRun, subject: _Subject, options: SubmissionOptions, format_: str
) -> int:
    """Check the key files, submit, and print each response and the result."""
    selections = [subject.select_for(run.settings.tenant, each) for each in options.endpoints]
    await task.count_accepted_before(selections)
    note = "stopped; what was accepted so far is recorded, and the same command continues"
    progress = StepProgress("URLs", task.urls.count * len(selections))
    is_listing = format_ == "text" and run.console.width is not None
    with note_if_stopped(run.console, note), show_steps(run.console, "submitting", progress) as (shown, _):
        if is_listing:
            # A line for each request says as much, on the same terminal.
            shown.hide()
        await task.check_key_files(all_hosts=options.is_dry_run)
        _print_faults(run, task, options)
        for each in () if options.is_dry_run else selections:
            async with aclosing(task.submit(each)) as batches:
                async for batch in batches:
                    _print_batch(run, batch, format_)
                    progress.done += batch.urls
    _print_result(run, _build_result(task, subject, options), format_)
    return _choose_exit_code(task, options)


def _print_faults(run: Run, task: SubmissionRun, options: SubmissionOptions) -> None:
    """Print why key files are not accepted."""
    for host, fault in task.faults.items():
        where = task.urls.hosts[host].key_file.describe(options.key)
        why = f"the key file {fault}"
        run.console.print_error(
            UnreadableError(f"cannot submit URLs of {host}", where=where, why=why, hint=HINT)
        )


async def _find_subject(
    db: "Database", tenant: str, chosen: "ChosenJob", options: SubmissionOptions
) -> _Subject:
    """Return the job to submit, with the one to compare it with."""
    base = None if options.is_all else await _find_base(db, tenant, chosen, options)
    is_lastmod_used = base is not None and not (options.is_only_new or options.trusts_lastmod)
    doubt = await _find_doubt(db, chosen.job) if is_lastmod_used else None
    selection = options.name_selection(chosen.scope, base, trusts_lastmod=doubt is None)
    return _Subject(chosen, base, selection, doubt)


async def _find_doubt(db: "Database", job: "Job") -> str | None:
    """Return why the lastmods of a site are wrong; None if they are right, or if too little is known."""
    from sitemap_cli.services.history.trust_evidence import load_trust

    async with db.reading() as session:
        trust = await load_trust(session, job)
    return trust.because if trust.reliable is False else None


async def _find_base(
    db: "Database", tenant: str, chosen: "ChosenJob", options: SubmissionOptions
) -> "Job | None":
    """Return the job to compare with; None if there is no earlier one.

    Several endpoints get the same URLs: those since the job that each of them has.

    Raises:
        NotFoundError: ``--new-since`` names no complete job.
        UsageError: it names one that cannot be compared.
    """
    from sitemap_cli.services.history import submissions
    from sitemap_cli.services.recording.job_pairs import find_job_at

    async with db.reading() as session:
        if options.new_since is not None:
            base = await find_job_at(session, tenant, chosen.job, options.new_since)
            _check_order(base, chosen.job, options.new_since)
            return base
        extent = options.name_extent(chosen.scope)
        found = [await submissions.find_base(session, chosen.job, each, extent) for each in options.endpoints]
    known = [each for each in found if each is not None]
    return min(known, key=lambda each: each.id, default=None)


def _check_order(base: "Job", job: "Job", reference: "JobReference") -> None:
    if base.id > job.id:
        why = f"it is newer than job {job.id}"
        raise UsageError("nothing to compare with", where=reference.where, why=why)


async def _select_urls(
    run: Run, db: "Database", subject: _Subject, options: SubmissionOptions, urls: SelectedUrls
) -> None:
    """Write the URLs to submit to the temporary file."""
    job, base = subject.chosen.job, subject.base
    if job.status != Status.COMPLETED:
        note = "the job was read in part: URLs that could not be read are not submitted"
        run.console.print_note(f"{note}, and removed ones are not known" if options.with_removed else note)
    if options.is_all:
        await add_listed_urls(db, job.id, subject.chosen.scope, urls)
    elif base is None:
        note = (
            f"first run: there is no earlier complete job of {subject.chosen.domain}, so nothing is new; "
            f"--all submits all {format_count(job.urls, 'URL')}"
        )
        run.console.print_note(note)
    else:
        run.console.print_note(f"compared with the job of {format_job_time(base)}")
        if subject.doubt is not None:
            note = "a new lastmod alone does not count, as lastmods of the site are not reliable"
            run.console.print_note(f"{note}: {subject.doubt}; --trust-lastmod counts it")
        changes = SubmittedChanges(
            job,
            base,
            subject.chosen.scope,
            is_only_new=options.is_only_new,
            with_removed=options.with_removed,
            trusts_lastmod=subject.doubt is None,
        )
        await add_changed_urls(db, changes, urls)
    urls.finish()


async def _load_settings(run: Run, db: "Database", chosen: "ChosenJob", login: str | None) -> Settings:
    from sitemap_cli.services.catalog import domain_catalog

    async with db.reading() as session:
        request_settings = await domain_catalog.load_request_settings(session, chosen.job.domain_id)
    settings = request_settings.apply_to(run.settings, read_variable)
    return settings if login is None else replace(settings, user=login)


def _print_batch(run: Run, batch: SubmittedBatch, format_: str) -> None:
    if format_ == "text":
        run.console.print_rendered(render_batch(batch))
    elif format_ == "jsonl":
        with open_output(None) as stdout:
            stdout.write(encode_json(convert(batch, SubmissionBatchLine, from_attributes=True)))
            stdout.flush()
    if batch.error is not None and not is_seen(format_, None):
        text = f"URLs of {batch.host} were not accepted ({batch.endpoint}): {batch.error}"
        run.console.print_log("error", text, "submission-failed", {"status": batch.status_code})


def _print_result(run: Run, result: SubmissionResult, format_: str) -> None:
    if format_ == "text":
        run.console.print_rendered(render_summary(result))
    elif format_ == "json":
        run.console.print_json(result)
    else:
        with open_output(None) as stdout:
            stdout.write(encode_json(convert(result, SubmissionSummaryLine, from_attributes=True)))


def _build_result(task: SubmissionRun, subject: _Subject, options: SubmissionOptions) -> SubmissionResult:
    urls = task.urls
    hosts = [
        SubmittedHost(
            host, each.key_file.describe(options.key), task.faults.get(host), each.count, each.first
        )
        for host, each in urls.hosts.items()
    ]
    return SubmissionResult(
        schema=SUBMISSION_SCHEMA,
        domain=subject.chosen.domain,
        job_id=subject.chosen.job.id,
        compared_with=None if subject.base is None else subject.base.id,
        dry_run=options.is_dry_run,
        endpoints=list(options.endpoints),
        urls=urls.count,
        accepted=task.accepted,
        accepted_before=task.accepted_before,
        remaining=urls.count * len(options.endpoints) - task.accepted - task.accepted_before,
        skipped=dict(urls.skipped),
        hosts=hosts,
        batches=task.batches,
    )


def _choose_exit_code(task: SubmissionRun, options: SubmissionOptions) -> int:
    if not task.faults and not any(each.error for each in task.batches):
        return exit_codes.OK
    is_partial = len(task.faults) < len(task.urls.hosts) if options.is_dry_run else task.accepted
    return exit_codes.PARTIAL if is_partial else exit_codes.UNREADABLE
