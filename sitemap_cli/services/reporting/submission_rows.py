"""The recorded responses of search engines, as they are printed."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.model.submission_results import SubmissionRow
from sitemap_cli.services.reporting.job_result import format_time
from sitemap_cli.storage.history_models import Submission


async def list_submissions(
    session: AsyncSession, tenant: str, domain_id: int, limit: int | None
) -> Sequence[SubmissionRow]:
    """Return the responses of endpoints about a domain, newest first."""
    of_domain = (Submission.tenant == tenant, Submission.domain_id == domain_id)
    query = select(Submission).where(*of_domain, Submission.host.is_not(None))
    rows = await session.scalars(query.order_by(Submission.id.desc()).limit(limit))
    return [
        SubmissionRow(
            submitted_at=format_time(each.submitted_at) or "",
            endpoint=each.endpoint,
            host=each.host or "",
            urls=each.urls,
            status_code=each.status_code,
            error=each.error,
            job_id=each.job_id,
        )
        for each in rows
    ]
