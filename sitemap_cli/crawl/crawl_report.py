"""What a crawl reports besides the sitemaps that it delivers."""

from dataclasses import dataclass, field

from sitemap_cli.crawl.verdicts import UrlOutcome
from sitemap_cli.model.values import Fault


@dataclass(frozen=True, slots=True)
class CrawlReport:
    """The outcomes of robots.txt files, wrong guesses and pages, and the limits that left something out.

    ``limits`` has one fault per reason.
    """

    outcomes: list[UrlOutcome] = field(default_factory=list)
    limits: dict[str, Fault] = field(default_factory=dict)

    def add_limit(self, reason: str, message: str) -> None:
        """Add a limit that left something out; the first message of each reason is kept."""
        self.limits.setdefault(reason, Fault(reason, message))
