"""The URLs of a job by section, and of the previous complete job."""

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.model.section_results import SectionResult
from sitemap_cli.model.site_sections import MAX_SECTIONS, OTHERS
from sitemap_cli.model.values import Status
from sitemap_cli.services.recording import job_history
from sitemap_cli.services.shared.section_counts import count_sections
from sitemap_cli.storage.models import Job


async def load_sections(session: AsyncSession, job: Job) -> Sequence[SectionResult] | None:
    """Return the sections of a job, those with the most URLs first; None if they are not known.

    They are compared with those of the previous complete job, if both jobs read the whole site.
    """
    now = await count_sections(session, job.id)
    if now is None:
        return None
    then: Mapping[str, int] | None = None
    if job.status == Status.COMPLETED:
        query = job_history.select_previous_jobs(job, Job.id).where(Job.status == Status.COMPLETED).limit(1)
        previous = (await session.scalars(query)).first()
        then = await count_sections(session, previous) if previous else None
    return compare_sections(then, now)


def compare_sections(then: Mapping[str, int] | None, now: Mapping[str, int]) -> list[SectionResult]:
    """Return the sections of both jobs, those with the most URLs first, and the others at the end.

    If a job does not count a section on its own, its number of URLs there is not known.
    """
    sections = [
        SectionResult(section, _find_count(then, section), now.get(section, 0))
        for section in {**now, **(then or {})}
        if section and (section in now or OTHERS not in now)
    ]
    sections.sort(key=lambda each: (-each.size, each.prefix or ""))
    if OTHERS in now or OTHERS in (then or {}):
        others = None if then is None else then.get(OTHERS, 0)
        return [*sections[:MAX_SECTIONS], SectionResult(None, others, now.get(OTHERS, 0))]
    return sections[:MAX_SECTIONS]


def _find_count(counts: Mapping[str, int] | None, section: str) -> int | None:
    if counts is None or (section not in counts and OTHERS in counts):
        return None
    return counts.get(section, 0)
