"""A job that is being analyzed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sitemap_cli.crawl.http_cache import HttpCache
from sitemap_cli.crawl.site_crawl import SiteCrawl
from sitemap_cli.crawl.targets import Target
from sitemap_cli.crawl.verdicts import UrlOutcome
from sitemap_cli.fetch.interface import Fetcher
from sitemap_cli.progress import Meter, Progress
from sitemap_cli.services.recording.arrived_sitemap import ArrivedSitemap
from sitemap_cli.settings import Settings
from sitemap_cli.storage.database import Database
from sitemap_cli.tasks.outcome import Stopwatch
from sitemap_cli.tasks.preparation.preparer import DocumentPreparer


@dataclass(frozen=True, slots=True)
class RunningJob:
    """A job that is recorded as running: its ids, its target, and what to analyze it with.

    ``cache`` has the documents of previous jobs if they are loaded already. ``preparer`` reads large
    documents in other processes. ``lacks_login`` says that its target may have had a name and password, which
    are not stored.
    """

    db: Database
    fetcher: Fetcher
    settings: Settings
    job_id: str
    domain_id: int
    target: Target
    meter: Meter = field(default_factory=Meter)
    cache: HttpCache | None = None
    preparer: DocumentPreparer = field(default_factory=DocumentPreparer)
    lacks_login: bool = False


@dataclass(slots=True)
class Analysis:
    """The analysis of a job: its crawl, and the outcomes of the sitemaps that are recorded.

    ``last`` are the sitemaps that are recorded together with the end of the job.
    """

    job: RunningJob
    crawl: SiteCrawl
    cache: HttpCache
    progress: Progress
    stopwatch: Stopwatch
    outcomes: list[UrlOutcome] = field(default_factory=list)
    last: Sequence[ArrivedSitemap] = ()
