"""Record and load the robots.txt files of jobs; each body is stored once."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli import redaction
from sitemap_cli.errors import ConflictError
from sitemap_cli.fetch.robots.robots_lines import find_wide_codec
from sitemap_cli.storage import models
from sitemap_cli.storage.insert_ignore import insert_or_ignore
from sitemap_cli.storage.models import Robots, RobotsBody
from sitemap_cli.storage.statements import Statement

if TYPE_CHECKING:
    from sitemap_cli.crawl.robots_cache import RobotsFile

_BODIES = models.table_of(RobotsBody)

# These statements run for every job, and a batch has thousands of jobs. Building them once halves their cost.
_ADD = Statement(insert(models.table_of(Robots)))
# A body that is found is kept until the transaction ends: another process may be removing it.
_KNOWN = Statement(
    select(_BODIES.c.id)
    .where(_BODIES.c.tenant == bindparam("tenant"), _BODIES.c.digest == bindparam("digest"))
    .with_for_update(read=True, key_share=True)
)
_FILES = (
    select(Robots, RobotsBody.body)
    .outerjoin(RobotsBody, RobotsBody.id == Robots.body_id)
    .where(Robots.job_id.in_(bindparam("jobs", expanding=True)))
    .order_by(Robots.url, Robots.id)
)


class RecordedRobots(NamedTuple):
    """The row of a robots.txt file and its body; None if there was no body."""

    row: Robots
    body: bytes | None


async def record_robots_files(
    session: AsyncSession, tenant: str, job_id: str, files: "Iterable[RobotsFile]"
) -> None:
    """Record the robots.txt files of a job."""
    rows = [await _build_row(session, tenant, job_id, file) for file in files]
    if rows:
        await _ADD.insert_rows(session, rows)


async def load_robots_files(session: AsyncSession, job_id: str) -> Sequence[RecordedRobots]:
    """Return the robots.txt files of a job, ordered by URL."""
    return (await load_robots_by_job(session, [job_id])).get(job_id, [])


async def load_robots_by_job(
    session: AsyncSession, job_ids: Sequence[str]
) -> Mapping[str, Sequence[RecordedRobots]]:
    """Return the robots.txt files of each of some hundred jobs that has any, ordered by URL."""
    found = defaultdict[str, list[RecordedRobots]](list)
    for row, body in await session.execute(_FILES, {"jobs": job_ids}):
        found[row.job_id].append(RecordedRobots(row, body))
    return found


async def _build_row(session: AsyncSession, tenant: str, job_id: str, file: "RobotsFile") -> dict[str, Any]:
    response = file.response
    return {
        "job_id": job_id,
        "body_id": None if file.body is None else await _ensure_body(session, tenant, file.body),
        "url": response.url,
        "final_url": response.final_url,
        "status_code": response.status_code,
        "error": response.fault.reason if response.fault else None,
    }


async def _ensure_body(session: AsyncSession, tenant: str, body: bytes) -> int:
    """Return the id of a body, without credentials in URLs; record the body if it is new."""
    codec = find_wide_codec(body) or "latin-1"
    text = body.decode(codec, "replace")
    redacted = text_without.encode(codec) if (text_without := redaction.redact_text(text)) != text else body
    key: dict[str, Any] = {"tenant": tenant, "digest": hashlib.sha256(redacted).digest()}
    known: int | None = await _KNOWN.find_value(session, key)
    if known is None:
        known = await insert_or_ignore(session, RobotsBody, {**key, "body": redacted})
    if known is None:  # another process recorded it after the SELECT
        known = await _KNOWN.find_value(session, key)
    if known is None:  # and a third one removed it again
        raise ConflictError("the body of robots.txt was removed meanwhile")
    return known
