"""When domains are to be analyzed again: a schedule as cron writes it, in UTC, and its next moment."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.errors import MissingDriverError, UsageError
from sitemap_cli.storage.models import Domain

# Minute, hour, day of the month, month, day of the week.
FIELDS = 5


@dataclass(frozen=True, slots=True)
class DueDomain:
    """A domain whose moment has come."""

    domain_id: int
    tenant: str
    name: str
    schedule: str | None


def compute_next_time(schedule: str, after: dt.datetime) -> dt.datetime:
    """The first moment of a schedule after another one.

    Raises:
        UsageError: it is no schedule.
        MissingDriverError: what understands schedules is not installed.
    """
    try:
        from croniter import croniter
    except ImportError as error:
        hint = "pip install 'sitemap-cli[distributed]'"
        raise MissingDriverError("the engine of the queue is not installed", hint=hint) from error
    why = "expected minute, hour, day, month and day of the week, as cron does"
    if len(schedule.split()) != FIELDS:
        raise UsageError("not a schedule", where=schedule, why=why)
    try:
        found: dt.datetime = croniter(schedule, after, ret_type=dt.datetime).get_next()
    except ValueError as error:
        raise UsageError("not a schedule", where=schedule, why=why) from error
    return found


async def record_schedule(
    session: AsyncSession, domain_id: int, schedule: str | None, now: dt.datetime
) -> None:
    """Give a domain a schedule, or take it away."""
    moment = None if schedule is None else compute_next_time(schedule, now)
    values = {"schedule": schedule, "next_at": moment}
    await session.execute(update(Domain).where(Domain.id == domain_id).values(values))


async def claim_due_domains(session: AsyncSession, now: dt.datetime, limit: int) -> Sequence[DueDomain]:
    """Domains of all tenants whose moment has come, which nobody else is about to queue; and plan anew.

    What was missed while no worker ran is made up for once.
    """
    query = (
        select(Domain.id, Domain.tenant, Domain.name, Domain.schedule)
        .where(Domain.next_at <= now)
        .order_by(Domain.next_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = [DueDomain(*row) for row in (await session.execute(query)).all()]
    for each in found:
        await record_schedule(session, each.domain_id, each.schedule, now)
    return found
