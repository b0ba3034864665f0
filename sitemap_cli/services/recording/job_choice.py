"""Choose the job that a command shows: the one that the user names, or the last good one of a domain."""

import datetime as dt
import shlex
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.crawl import targets
from sitemap_cli.errors import NotFoundError, NotRecordedError, UsageError
from sitemap_cli.model.values import Status
from sitemap_cli.services.recording import domains, job_history, jobs
from sitemap_cli.storage.models import Domain, Job

WHOLE_SITE = "/"
OLD = dt.timedelta(days=1)
"""A complete job of this age is shown with a note if newer ones were read in part."""
# What the last job is called in a note, by its status.
ENDINGS = {
    Status.PARTIAL: "was read in part",
    Status.FAILED: "failed",
    Status.CANCELLED: "was cancelled",
    Status.INTERRUPTED: "was interrupted",
}


@dataclass(frozen=True, slots=True)
class ChosenJob:
    """A job, the name of its domain, and a note for the user if it is not the one to expect.

    ``scope`` is the path that the user named if the job is about more: only what lies below it is shown.
    """

    job: Job
    domain: str
    note: str | None = None
    scope: str | None = None

    @property
    def nothing_below(self) -> str:
        """What to say if nothing lies below the scope."""
        return f"none of the {self.job.urls or 0:,} URLs of the job is below {self.scope}"


@dataclass(frozen=True, slots=True)
class _Place:
    """A domain that the user named, by any URL of it, and the history that the URL belongs to.

    ``build`` is the folder or file that the user named instead, if a local build was analyzed there.
    ``scope`` is the path of the URL if it names a part of the site.
    """

    tenant: str
    domain_id: int
    domain: str
    history: str
    build: str | None = None
    scope: str | None = None

    def find_scope_in(self, job: Job) -> str | None:
        """Return the scope if the job is about more than this part of the site."""
        if job.history == self.history or not (self.scope or "").startswith(job.scope or ""):
            return None
        return self.scope

    @property
    def name(self) -> str:
        """What the user calls it."""
        return self.build or self.domain


async def choose_job(
    session: AsyncSession,
    tenant: str,
    domain: str | None,
    job_id: str | None,
    base_url: str | None = None,
    *,
    or_failed: bool = False,
) -> ChosenJob:
    """Return the job of an id, or the last complete job of a domain, or else the last with a sitemap.

    ``domain`` may be any URL of the domain. Jobs over the same part of the site come first. Local builds are
    not the site: the last one is returned, with a note, only if there is nothing else. ``domain`` may also be
    the folder or file of a local build; ``base_url`` prefers the build for that URL. With ``or_failed``, the
    newest job is returned, with a note, if it has ended and none recorded anything.

    Raises:
        UsageError: neither is named, or the job belongs to another domain.
        NotFoundError: there is no such job or domain, or no job recorded anything.
    """
    if job_id is not None:
        found = await jobs.find_job(session, tenant, job_id)
        if domain is not None:
            await _check_domain(session, tenant, domain, found)
            return ChosenJob(
                *found,
                scope=_parse_place(tenant, domain, found.job.domain_id, found.domain).find_scope_in(
                    found.job
                ),
            )
        return ChosenJob(*found)
    if domain is None:
        raise UsageError("name a DOMAIN or a job", hint="sitemap jobs list shows them; --job ID takes one")
    place = await _find_place(session, tenant, domain, base_url)
    job = await _find_last_good(session, place)
    if job is not None:
        note = await _describe_choice(session, place, job)
        return ChosenJob(job, place.domain, note, place.find_scope_in(job))
    newest = select(Job).where(*_is_of(place)).order_by(Job.id.desc()).limit(1)
    last = (await session.scalars(newest)).first()
    build = None if last is not None else await _find_last_build(session, place)
    if or_failed and last is not None and Status(last.status) in ENDINGS:
        return ChosenJob(last, place.domain, f"no job recorded anything: {_describe_ending(last)}")
    if build is None:
        raise _make_nothing_recorded_error(place, last)
    note = f"the site was not analyzed: this is the local build {build.target} from {format_job_time(build)}"
    return ChosenJob(build, place.domain, note)


async def _check_domain(session: AsyncSession, tenant: str, named: str, found: jobs.JobWithDomain) -> None:
    names = domains.list_spellings_of_url(named)
    histories = targets.find_build_histories(named) if found.job.is_local else None
    is_build = histories is not None and found.job.history.startswith(histories)
    if found.domain not in names and not is_build:
        known = await _find_domains(session, tenant, names)
        why = f"it is a job of {found.domain}, not of {known[0].name if known else named.strip()}"
        raise NotFoundError("not a job of this domain", where=found.job.id, why=why)


async def _find_place(session: AsyncSession, tenant: str, text: str, base_url: str | None) -> _Place:
    """Return the domain that a name or a URL belongs to, or the local build in a folder or file.

    Raises:
        NotFoundError: no job has been recorded for it.
    """
    if text.strip() == targets.STDIN:
        targets.parse_target(text)
    known = await _find_domains(session, tenant, domains.list_spellings_of_url(text))
    is_build = base_url is not None and targets.find_build_histories(text) is not None
    if not known or is_build:
        return await _find_build(session, tenant, text, base_url)
    return _parse_place(tenant, text, known[0].id, known[0].name)


def _parse_place(tenant: str, text: str, domain_id: int, domain: str) -> _Place:
    """Return what a name or a URL of a known domain names."""
    with suppress(UsageError):
        target = targets.parse_target(text, local=False)
        return _Place(tenant, domain_id, domain, target.history, scope=target.scope)
    return _Place(tenant, domain_id, domain, WHOLE_SITE)


async def _find_build(session: AsyncSession, tenant: str, text: str, base_url: str | None) -> _Place:
    """Return the local build that was last analyzed in a folder or file, for a base URL if possible."""
    histories = targets.find_build_histories(text)
    hint = f"analyze it first: sitemap analyze {shlex.quote(text)}"
    if histories is None:
        raise NotFoundError("unknown domain", where=text, hint=hint)
    begins = func.substr(Job.history, 1, len(histories)) == histories
    query = select(Job.domain_id, Domain.name, Job.history).join(Domain, Domain.id == Job.domain_id)
    query = query.where(Job.tenant == tenant, Job.is_local, begins).limit(1)
    if base_url is not None:
        own = targets.parse_target(text, base_url=base_url).history
        query = query.order_by(case((Job.history == own, 0), else_=1))
    query = query.order_by(Job.id.desc())
    found = (await session.execute(query)).first()
    if found is None:
        hint = f"{hint} --base-url https://example.com"
        raise NotRecordedError("no job of this folder or file", where=text, hint=hint)
    return _Place(tenant, *found, build=text)


async def _find_domains(session: AsyncSession, tenant: str, names: Sequence[str]) -> list[Domain]:
    rows = await session.scalars(select(Domain).where(Domain.tenant == tenant, Domain.name.in_(names)))
    return sorted(rows, key=lambda each: names.index(each.name))


def _is_of(place: _Place) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for the jobs of a local build, or of a domain but for local builds."""
    of_domain = (Job.tenant == place.tenant, Job.domain_id == place.domain_id)
    if place.build is not None:
        return (*of_domain, and_(Job.is_local, Job.history == place.history))
    return (*of_domain, ~Job.is_local)


async def _find_newest(
    session: AsyncSession, place: _Place, statuses: Sequence[Status], *conditions: ColumnElement[bool]
) -> Job | None:
    """Return the newest job of a place that has one of some statuses, under some conditions."""
    newest = job_history.select_newest_ids(Job.status, statuses, 1, *_is_of(place), *conditions)
    return (await session.scalars(select(Job).where(Job.id.in_(newest)))).first()


async def _find_last_good(session: AsyncSession, place: _Place) -> Job | None:
    """Return the last complete job, else the last that recorded something; of the same part if possible."""
    of_others = Job.history != place.history
    own: tuple[ColumnElement[bool], ...] = (Job.history == place.history,)
    if place.build is None and place.history != WHOLE_SITE:
        # A literal, as there is an index of these jobs.
        own = (*own, Job.history != literal_column(f"'{WHOLE_SITE}'"))
    parts = [own]
    if place.scope:
        around = func.substr(place.scope, 1, func.length(Job.scope)) == Job.scope
        parts.append((of_others, or_(Job.scope.is_(None), around)))
    if place.build is None:
        parts.append((of_others,))
    for part in parts:
        found = await _find_newest(session, place, (Status.COMPLETED,), *part)
        found = found or await _find_newest(session, place, tuple(ENDINGS), *part, Job.sitemaps > 0)
        if found is not None:
            return found
    return None


async def _find_last_build(session: AsyncSession, place: _Place) -> Job | None:
    """Return the last local build of a domain that recorded something."""
    recorded = or_(Job.status == Status.COMPLETED, Job.sitemaps > 0)
    query = select(Job).where(Job.tenant == place.tenant, Job.domain_id == place.domain_id, Job.is_local)
    return (await session.scalars(query.where(recorded).order_by(Job.id.desc()).limit(1))).first()


async def _describe_choice(session: AsyncSession, place: _Place, job: Job) -> str | None:
    """Return why a job is not the one to expect; None if it is."""
    time = format_job_time(job)
    if job.history != place.history:
        wanted = "the whole site" if place.history == WHOLE_SITE else f"{place.domain}{place.history}"
        if (scope := place.find_scope_in(job)) is not None:
            return f"no job of {wanted}: this is what is below {scope} in the job of {job.target} from {time}"
        return f"no job of {wanted}: this is the job of {job.target} from {time}"
    last = await _find_newer(session, place, job)
    if job.status == Status.COMPLETED:
        return f"{_describe_ending(last)}; this is from {time}" if last else None
    reason = f"no complete job of {place.name}: {_describe_ending(job)}"
    return f"{_describe_ending(last)}; {reason}" if last else reason


async def _find_newer(session: AsyncSession, place: _Place, job: Job) -> Job | None:
    """Return a newer job that failed, or, if the job is old, one that was read in part."""
    is_old = dt.datetime.now(dt.UTC) - job.created_at > OLD
    statuses = (Status.FAILED, Status.PARTIAL) if is_old else (Status.FAILED,)
    return await _find_newest(session, place, statuses, Job.history == place.history, Job.id > job.id)


def _describe_ending(job: Job) -> str:
    ending, reason = ENDINGS[Status(job.status)], job.error or job.verdict
    if job.status == Status.FAILED:
        reason = job.verdict or job.error
    return f"the job of {format_job_time(job)} {ending}{f': {reason}' if reason else ''}"


def _make_nothing_recorded_error(place: _Place, last: Job | None) -> NotFoundError:
    hint = f"list the jobs: sitemap jobs list --domain {shlex.quote(place.domain)}"
    if last is None:
        why, hint = "it was not analyzed", f"analyze it first: sitemap analyze {shlex.quote(place.domain)}"
    elif Status(last.status) in ENDINGS:
        why = _describe_ending(last)
    else:
        why = "its first job has not ended"
    return NotFoundError("no job recorded anything", where=place.name, why=why, hint=hint)


def format_job_time(job: Job) -> str:
    """Return when a job was started, to the minute."""
    moment = (job.started_at or job.created_at).astimezone(dt.UTC)
    return f"{moment:%Y-%m-%d %H:%M} UTC"
