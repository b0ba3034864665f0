"""Schedules of domains: a cron expression in UTC, and the next time at which the domain is due."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.errors import MissingDriverError, UsageError
from sitemap_cli.storage.models import Domain

# Minute, hour, day of the month, month, day of the week.
CRON_FIELDS = (
    ("minute", "0-59"),
    ("hour", "0-23"),
    ("day of month", "1-31"),
    ("month", "1-12"),
    ("day of week", "0-7"),
)
FIELDS = len(CRON_FIELDS)


@dataclass(frozen=True, slots=True)
class DueDomain:
    """A domain that is due."""

    domain_id: int
    tenant: str
    name: str
    schedule: str | None


def compute_next_time(schedule: str, after: dt.datetime) -> dt.datetime:
    """Return the first time of a schedule that is later than ``after``.

    Raises:
        UsageError: the schedule is invalid.
        MissingDriverError: the package that parses schedules is not installed.
    """
    try:
        from croniter import croniter
    except ImportError as error:
        hint = "pip install croniter"
        raise MissingDriverError("croniter is not installed", hint=hint) from error
    why = "expected the five cron fields: minute, hour, day of month, month, day of week"
    if len(schedule.split()) != FIELDS:
        hint = "--cron '17 2 * * *' is every day at 02:17 UTC"
        raise UsageError("invalid schedule", where=schedule, why=why, hint=hint)
    try:
        found: dt.datetime = croniter(schedule, after, ret_type=dt.datetime).get_next()
    except ValueError as error:
        wrong = _find_wrong_field(schedule.split(), croniter.is_valid)
        raise UsageError("invalid schedule", where=schedule, why=wrong or why) from error
    return found


def _find_wrong_field(fields: Sequence[str], is_valid: Callable[[str], bool]) -> str | None:
    """Return which field of a schedule is invalid by itself; None if only their combination is."""
    for at, (name, limits) in enumerate(CRON_FIELDS):
        if not is_valid(" ".join(["*"] * at + [fields[at]] + ["*"] * (FIELDS - 1 - at))):
            return f"{fields[at]!r} is not a valid {name} ({limits})"
    return None


async def record_schedule(
    session: AsyncSession, domain_id: int, schedule: str | None, now: dt.datetime
) -> None:
    """Set the schedule of a domain; None removes it."""
    next_at = None if schedule is None else compute_next_time(schedule, now)
    values = {"schedule": schedule, "next_at": next_at}
    await session.execute(update(Domain).where(Domain.id == domain_id).values(values))


async def claim_due_domains(session: AsyncSession, now: dt.datetime, limit: int) -> Sequence[DueDomain]:
    """Return due domains of all tenants that no other worker is claiming, and advance their schedules.

    A domain that was due several times while no worker ran is returned once.
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
