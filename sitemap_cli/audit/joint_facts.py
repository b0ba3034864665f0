"""What was found over several sites that are judged together."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sitemap_cli.audit.facts import RobotsFact
from sitemap_cli.audit.gathered_facts import HreflangFaults, LinkGroup, SharedUrls


@dataclass(frozen=True, slots=True)
class JointFacts:
    """What was found over several sites that are judged together, by the ids of their jobs.

    Attributes:
        domains: the domains of the sites.
        unread: those of them that were not read, or read in part.
        robots: the robots.txt files at the roots of their hosts.
        one_way_links: links without a return link, where they are to be fixed.
        split_clusters: pages that lack versions.
        shared: URLs that several of the sites list, except the site of their own host.
    """

    domains: Mapping[str, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    robots: tuple[RobotsFact, ...] = ()
    one_way_links: Mapping[str, Mapping[LinkGroup, HreflangFaults]] = field(default_factory=dict)
    split_clusters: Mapping[str, HreflangFaults] = field(default_factory=dict)
    shared: Mapping[str, SharedUrls] = field(default_factory=dict)
