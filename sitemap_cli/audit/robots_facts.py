"""Lines of a robots.txt as facts for rules, and what a missing line leaves open."""

from collections.abc import Mapping
from typing import NamedTuple

from sitemap_cli.model.values import Severity


class ContentSignalFact(NamedTuple):
    """A ``Content-Signal`` line of a robots.txt: the crawlers of its group, and values such as ``no``."""

    agents: tuple[str, ...]
    signals: Mapping[str, str]
    line: int


class RobotsSitemap(NamedTuple):
    """A ``Sitemap`` line of a robots.txt."""

    loc: str
    line: int


class MissingProof(NamedTuple):
    """Why no proof allows a sitemap on another host; ``is_certain`` if its robots.txt lists others."""

    reason: str
    is_certain: bool = False
    is_requested: bool = True

    @property
    def severity(self) -> Severity | None:
        """The severity of a finding: None for that of the rule, a warning if there may be another proof."""
        return None if self.is_certain else Severity.WARNING
