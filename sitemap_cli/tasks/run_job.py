"""Carries out one recorded job that waits, alone with its domain, however it came to be recorded."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from sitemap_cli.configuration import variable
from sitemap_cli.crawl.targets import parse
from sitemap_cli.errors import ConfigurationError, SitemapError
from sitemap_cli.fetch.interface import Fetcher
from sitemap_cli.model.values import Verdict
from sitemap_cli.progress import Meter, Progress
from sitemap_cli.services.catalog.request_settings import RequestSettings
from sitemap_cli.services.recording import jobs
from sitemap_cli.services.recording.jobs import RunnableJob
from sitemap_cli.settings import Settings
from sitemap_cli.storage.database import Database
from sitemap_cli.tasks.analyze import Job, analyze
from sitemap_cli.tasks.locking import OnWait, describe_process, domain_lock
from sitemap_cli.tasks.outcome import outcome

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Equipment:
    """What jobs are carried out with.

    ``fetcher`` gives what asks the web, with the settings of one domain if it has any.
    """

    db: Database
    fetcher: Callable[[Settings | None], Fetcher]
    settings: Settings
    meter: Meter = field(default_factory=Meter)


async def carry_out(
    equipment: Equipment, work: RunnableJob, progress: Progress, waits: OnWait | None, *, anew: bool = False
) -> Verdict | None:
    """Run one job. What a site can do to us ends with it; None is a fault of ours, or of a setting.

    ``anew`` is for a job that somebody may have begun before who died, or failed.

    Raises:
        LockedError: another run is at work on the domain.
        SitemapError: what ends all other jobs, too: the database, for instance.
    """
    tenant = equipment.settings.tenant
    async with domain_lock(equipment.db, tenant, work.domain, waits):
        try:
            async with outcome(equipment.db, work.job_id) as watch:
                async with equipment.db.transaction() as session:
                    if anew:
                        await jobs.reset_job(session, work.job_id)
                    taken = await jobs.mark_running(
                        session, tenant, work.domain_id, work.job_id, describe_process()
                    )
                return await analyze(_job(equipment, work), progress, watch) if taken else Verdict.CANCELLED
        except ConfigurationError as error:
            log.warning("%s: %s", work.domain, error)
        except SitemapError:
            raise
        except Exception:
            # A fault of ours: this job has failed, and says why.
            log.exception("a bug, met at %s", work.domain)
    return None


def _job(equipment: Equipment, work: RunnableJob) -> Job:
    """A job that is asked for as its domain prefers.

    Raises:
        ConfigurationError: that is not possible.
    """
    own = None
    if work.preferences:
        own = RequestSettings.from_stored(work.preferences).apply_to(equipment.settings, variable)
    target = parse(work.target, local=False)
    return Job(
        equipment.db,
        equipment.fetcher(own),
        own or equipment.settings,
        work.job_id,
        work.domain_id,
        target,
        equipment.meter,
    )
