"""The objects that all parts of one crawl share."""

from dataclasses import dataclass, field

from sitemap_cli.crawl.crawl_report import CrawlReport
from sitemap_cli.crawl.requester import Requester
from sitemap_cli.crawl.robots_cache import RobotsCache
from sitemap_cli.settings import Settings


@dataclass(frozen=True, slots=True)
class CrawlContext:
    """The settings of one crawl, how it sends requests, and where it reports what it met."""

    settings: Settings
    requester: Requester
    report: CrawlReport = field(default_factory=CrawlReport)

    @property
    def robots(self) -> RobotsCache:
        """The robots.txt files of the crawl."""
        return self.requester.robots
