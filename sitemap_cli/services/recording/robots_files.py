"""Keeps the robots.txt files that a job met, each text once, and reads them again."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli import redaction
from sitemap_cli.crawl.robots_cache import RobotsFile
from sitemap_cli.storage import models
from sitemap_cli.storage.insert_ignore import insert_missing
from sitemap_cli.storage.models import Robots, RobotsBody

_BODIES = models.table(RobotsBody)

# These run for every job, of which a batch has thousands: built once, they cost half.
_ADD = insert(models.table(Robots))
_KNOWN = select(_BODIES.c.id).where(
    _BODIES.c.tenant == bindparam("tenant"), _BODIES.c.digest == bindparam("digest")
)


async def record_robots_files(
    session: AsyncSession, tenant: str, job_id: str, files: Iterable[RobotsFile]
) -> None:
    """Record what a job's robots.txt files were."""
    rows = [await _build_row(session, tenant, job_id, file) for file in files]
    if rows:
        await session.execute(_ADD, rows)


async def load_robots_files(session: AsyncSession, job_id: str) -> Sequence[tuple[Robots, bytes | None]]:
    """The robots.txt files of a job with their texts, by address."""
    query = (
        select(Robots, RobotsBody.body)
        .outerjoin(RobotsBody, RobotsBody.id == Robots.body_id)
        .where(Robots.job_id == job_id)
        .order_by(Robots.url, Robots.id)
    )
    return [(row, body) for row, body in await session.execute(query)]


async def _build_row(session: AsyncSession, tenant: str, job_id: str, file: RobotsFile) -> dict[str, Any]:
    fetched = file.fetched
    return {
        "job_id": job_id,
        "body_id": None if file.body is None else await _ensure_body(session, tenant, file.body),
        "url": fetched.url,
        "final_url": fetched.final_url,
        "status_code": fetched.status_code,
        "error": fetched.fault.reason if fetched.fault else None,
    }


async def _ensure_body(session: AsyncSession, tenant: str, body: bytes) -> int:
    """The id of a text, which is added if it is new."""
    bare = redaction.redact_text(body.decode("latin-1")).encode("latin-1")
    this: dict[str, Any] = {"tenant": tenant, "digest": hashlib.sha256(bare).digest()}
    known: int | None = (await session.execute(_KNOWN, this)).scalar()
    if known is None:
        known = await insert_missing(session, RobotsBody, {**this, "body": bare})
    if known is None:  # another process has added it since we looked
        known = (await session.execute(_KNOWN, this)).scalar_one()
    return known
