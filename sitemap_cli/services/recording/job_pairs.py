"""Choose the two jobs that are compared: those that the user names, or the last two complete ones of a site.

Only jobs with the same history are compared. Jobs that were read in part are refused unless the caller takes
them: what they do not list may still be there.
"""

import datetime as dt
import shlex
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.errors import NotFoundError, UsageError
from sitemap_cli.model.values import Status
from sitemap_cli.services.recording import jobs
from sitemap_cli.services.recording.job_choice import ENDINGS, ChosenJob, choose_job, format_job_time
from sitemap_cli.services.recording.job_history import READ_STATUSES
from sitemap_cli.services.shared.id_prefix import LAST
from sitemap_cli.storage.models import Job

PARTIAL_HINT = "--partial compares what both read, without removals"


@dataclass(frozen=True, slots=True)
class JobReference:
    """How the user names a job: by an id, a unique prefix or ``last``; or by a time.

    A time stands for the last complete job at or before it. ``option`` and ``text`` are for messages.
    """

    option: str
    text: str
    time: dt.datetime | None = None

    @property
    def job_id(self) -> str | None:
        """The id or the prefix of one; None for a time, and for the last job of the site."""
        is_last = self.text.strip().lower() in LAST
        return None if is_last or self.time is not None else self.text

    @property
    def where(self) -> str:
        """The place that an error names."""
        return f"{self.option} {self.text}"


@dataclass(frozen=True, slots=True)
class JobPair:
    """Two jobs to compare, the name of their domain, and a note if they are not the ones to expect.

    ``scope`` is the path that the user named if the jobs are about more: only what lies below it counts.
    """

    old: Job
    new: Job
    domain: str
    note: str | None = None
    scope: str | None = None

    @property
    def is_same(self) -> bool:
        """Whether it is one job, so that nothing can differ."""
        return self.old.id == self.new.id

    @property
    def is_complete(self) -> bool:
        """Whether both jobs read everything."""
        return self.old.status == Status.COMPLETED == self.new.status


async def choose_pair(
    session: AsyncSession,
    tenant: str,
    domain: str | None,
    older: JobReference | None = None,
    newer: JobReference | None = None,
    *,
    base_url: str | None = None,
    takes_partial: bool = False,
) -> JobPair:
    """Return the jobs of two references, by default the last complete job of a domain and the one before it.

    ``domain`` and ``base_url`` are as for :func:`~sitemap_cli.services.recording.job_choice.choose_job`; a
    domain is not needed if a job is named by its id.

    Raises:
        UsageError: the older job is newer, a job was read in part, or they are not of one history.
        NotFoundError: there is no such job or domain, or only one complete job.
    """
    named = next((each for each in (newer, older) if each is not None and each.job_id is not None), None)
    if domain is None and named is None:
        hint = "sitemap diff example.com; sitemap jobs list shows the ids of --from and --to"
        raise UsageError("name a DOMAIN, or OLD and NEW", hint=hint)
    chosen = await choose_job(session, tenant, domain, named.job_id if named else None, base_url)
    new = await _find_newer(session, tenant, chosen, newer, takes_partial=takes_partial)
    if older is None:
        old = await _find_previous(session, new, chosen, takes_partial=takes_partial)
    else:
        old = await find_job_at(session, tenant, new, older, takes_partial=takes_partial)
    if old.id > new.id:
        which = "the last complete job" if newer is None else newer.where
        why = f"it is from {format_job_time(old)}, and {which} from {format_job_time(new)}"
        where = older.where if older is not None else None
        raise UsageError("the older job is newer than the other one", where=where, why=why)
    note = chosen.note if named is None and new.id == chosen.job.id else None
    return JobPair(old, new, chosen.domain, note, chosen.scope)


async def find_job_at(
    session: AsyncSession, tenant: str, job: Job, at: JobReference, *, takes_partial: bool = False
) -> Job:
    """Return the job of a reference among those with the history of ``job``.

    A time stands for the last complete job at or before it, ``last`` for the last complete one.

    Raises:
        UsageError: the job was read in part, or has another history.
        NotFoundError: there is no such job.
    """
    if at.job_id is not None:
        found = await jobs.find_job(session, tenant, at.job_id)
        _check_history(found, job, at)
        return _check_status(found.job, takes_partial=takes_partial)
    query = _select_of_history(job, takes_partial=takes_partial).order_by(Job.id.desc()).limit(1)
    if at.time is not None:
        query = query.where(Job.created_at <= at.time)
    last = (await session.scalars(query)).first()
    if last is None:
        first = _select_of_history(job, takes_partial=takes_partial).order_by(Job.id).limit(1)
        beginning = (await session.scalars(first)).first()
        why = f"the first one is from {format_job_time(beginning)}" if beginning else None
        is_older = beginning is not None and beginning.id < job.id
        hint = f"compare with that one: {at.option} {beginning.id}" if beginning and is_older else None
        raise NotFoundError("no complete job is as old", where=at.where, why=why, hint=hint)
    return last


async def find_oldest_complete(session: AsyncSession, job: Job) -> Job | None:
    """Return the oldest complete job with the history of a job, if there is one older than that."""
    query = _select_of_history(job, takes_partial=False).where(Job.id < job.id)
    return (await session.scalars(query.order_by(Job.id).limit(1))).first()


def _check_history(found: jobs.JobWithDomain, job: Job, at: JobReference) -> None:
    if found.job.domain_id != job.domain_id:
        why = f"job {found.job.id} is one of {found.domain}"
        raise NotFoundError("not a job of this domain", where=at.where, why=why)
    if (found.job.history, found.job.is_local) != (job.history, job.is_local):
        why = f"one is of {found.job.target}, the other of {job.target}"
        raise UsageError("jobs over different parts of a site cannot be compared", where=at.where, why=why)


def _check_status(job: Job, *, takes_partial: bool) -> Job:
    status = Status(job.status)
    if status is Status.COMPLETED or (takes_partial and status in ENDINGS and job.sitemaps):
        return job
    if status not in ENDINGS:
        raise UsageError("the job has not ended", where=f"job {job.id}", why=f"it is {status.value}")
    hint = PARTIAL_HINT if job.sitemaps and not takes_partial else None
    why = f"it {ENDINGS[status]}" if job.sitemaps else "it recorded no sitemap"
    raise UsageError("the job is not complete", where=f"job {job.id}", why=why, hint=hint)


async def _find_newer(
    session: AsyncSession, tenant: str, chosen: ChosenJob, newer: JobReference | None, *, takes_partial: bool
) -> Job:
    """Return the newer job of a pair; ``chosen`` has its history."""
    if newer is not None:
        return await find_job_at(session, tenant, chosen.job, newer, takes_partial=takes_partial)
    query = _select_of_history(chosen.job, takes_partial=takes_partial)
    last = (await session.scalars(query.order_by(Job.id.desc()).limit(1))).first()
    if last is None:
        why = f"the last one {ENDINGS.get(Status(chosen.job.status), 'has not ended')}"
        raise NotFoundError("no complete job", where=chosen.domain, why=why, hint=PARTIAL_HINT)
    return last


async def _find_previous(session: AsyncSession, new: Job, chosen: ChosenJob, *, takes_partial: bool) -> Job:
    """Return the last complete job before another one, or else one that was read in part."""
    for partial in (False, True) if takes_partial else (False,):
        query = _select_of_history(new, takes_partial=partial).where(Job.id < new.id)
        found = (await session.scalars(query.order_by(Job.id.desc()).limit(1))).first()
        if found is not None:
            return found
    partial_jobs = _select_of_history(new, takes_partial=True).where(Job.id < new.id).limit(1)
    has_partial = not takes_partial and (await session.scalars(partial_jobs)).first() is not None
    target = shlex.quote(new.target)
    hint = PARTIAL_HINT if has_partial else f"analyze it again later: sitemap analyze {target}"
    # A job that was compared when it ended had one before it.
    is_first = has_partial or new.compared_with is None
    cause = "first run" if is_first else "older jobs were removed"
    why = f"{cause}: the job from {format_job_time(new)} has no complete one before it"
    raise NotFoundError("nothing to compare with", where=chosen.domain, why=why, hint=hint)


def _select_of_history(job: Job, *, takes_partial: bool) -> Select[Job]:
    """Return a SELECT of the complete jobs with the history of a job, or also of those read in part."""
    statuses = READ_STATUSES if takes_partial else (Status.COMPLETED,)
    same = (Job.tenant == job.tenant, Job.domain_id == job.domain_id, Job.is_local == job.is_local)
    query = select(Job).where(*same, Job.history == job.history, Job.status.in_(statuses))
    return query.where(Job.sitemaps > 0) if takes_partial else query
