"""What was found over several sites that are judged together."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sitemap_cli.audit.facts import RobotsFact
from sitemap_cli.audit.gathered_facts import HreflangFaults, LinkGroup, SharedUrls


@dataclass(frozen=True, slots=True)
class SharedAcrossSites:
    """URLs on another host that a sitemap lists, and a sitemap of another site, too.

    ``origin`` is that of the URLs.
    """

    sitemap: str
    origin: str
    urls: SharedUrls


@dataclass(frozen=True, slots=True)
class JointFacts:
    """What was found over several sites that are judged together, by the ids of their jobs.

    Attributes:
        domains: the domains of the sites.
        unread: the domains of those that were not read, or read in part.
        robots: the robots.txt files at the roots of their hosts.
        one_way_links: links without a return link, where they are to be fixed.
        split_clusters: pages that lack versions.
        shared: URLs that several of the sites list, except for the site of their own host.
        is_cut: whether there was no time for all of this.
    """

    domains: Mapping[str, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    robots: tuple[RobotsFact, ...] = ()
    one_way_links: Mapping[str, Mapping[LinkGroup, HreflangFaults]] = field(default_factory=dict)
    split_clusters: Mapping[str, HreflangFaults] = field(default_factory=dict)
    shared: Mapping[str, tuple[SharedAcrossSites, ...]] = field(default_factory=dict)
    is_cut: bool = False

    def list_others(self, job_id: str) -> list[str]:
        """Return the domains that a job was judged together with."""
        return sorted({domain for job, domain in self.domains.items() if job != job_id})
