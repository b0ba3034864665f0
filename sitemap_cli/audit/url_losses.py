"""URLs that a section or a sitemap of a site has lost since an earlier job, and when that is worth a finding.

The limits are our own judgement: a section that publishes and removes pages every day must not be reported.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sitemap_cli.model.site_sections import OTHERS

FEWEST = 10
"""The least number of lost URLs."""
SHARE_OF_SITE = 0.01
"""The least share of the URLs of the site, unless hardly any of a section are left."""
NEARLY_ALL = 0.9
"""The share of its URLs from which on hardly any of a section are left."""
HALF = 0.5


class Loss(NamedTuple):
    """URLs that a section (a path) or a sitemap (a URL) has lost.

    ``lost`` of the ``had`` URLs are nowhere on the site any longer; ``has`` are listed there now. If most of
    them are now in another section, ``moved_to`` is its path. ``example`` is one of them.
    """

    name: str
    had: int
    has: int
    lost: int
    moved_to: str | None = None
    example: str | None = None

    @property
    def counts(self) -> str:
        """The two numbers with the share, as ``12,034 -> 9,120 (-24%)``."""
        return f"{self.had:,} -> {self.has:,} ({(self.has - self.had) / self.had:.0%})"


@dataclass(frozen=True, slots=True)
class LostUrls:
    """The sections and the sitemaps of a site that lost many URLs, those that lost the most first."""

    sections: tuple[Loss, ...] = ()
    sitemaps: tuple[Loss, ...] = ()


class LossLimits(NamedTuple):
    """When a loss counts: ``urls`` is the number of URLs of the site, ``max_drop`` the share it may lose."""

    urls: int
    max_drop: float

    def exceeds_total(self, urls: int) -> bool:
        """Return whether a site with this number of URLs now lost more than it may."""
        lost = self.urls - urls
        return lost > 0 and lost >= self.max_drop * self.urls

    def exceeds(self, loss: Loss) -> bool:
        """Return whether a loss is worth a finding."""
        if loss.lost < FEWEST or loss.lost < self.max_drop * loss.had:
            return False
        return self.is_large(loss) or self.is_nearly_all(loss)

    def is_large(self, loss: Loss) -> bool:
        """Return whether the loss matters for the whole site."""
        return loss.lost >= SHARE_OF_SITE * self.urls

    def is_nearly_all(self, loss: Loss) -> bool:
        """Return whether hardly any URLs are left."""
        return loss.lost >= NEARLY_ALL * loss.had

    def is_severe(self, loss: Loss) -> bool:
        """Return whether a loss is an error: of half a section, or of as much as the site may lose."""
        half = loss.lost >= HALF * loss.had and self.is_large(loss)
        return half or loss.lost >= self.max_drop * self.urls


def list_losses(then: Mapping[str, int], now: Mapping[str, int]) -> list[Loss]:
    """Return the sections that have fewer URLs than before, those that lost the most first.

    A section that is not counted on its own now is left out, unless it had more URLs than the others have.
    """
    others = now.get(OTHERS, 0)
    losses = (
        Loss(section, had, now.get(section, 0), had - now.get(section, 0))
        for section, had in then.items()
        if section != OTHERS and (section in now or had > others)
    )
    return sort_losses(each for each in losses if each.lost > 0)


def sort_losses(losses: Iterable[Loss]) -> list[Loss]:
    """Return losses, the largest first."""
    return sorted(losses, key=lambda each: (-each.lost, each.name))
