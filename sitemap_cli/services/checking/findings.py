"""Evaluate the cheap rules at the end of a job."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit import engine
from sitemap_cli.audit.aggregate import FindingCollector
from sitemap_cli.audit.coverage import sort_by_coverage
from sitemap_cli.audit.facts import RobotsFact, SiteFact
from sitemap_cli.audit.robots_facts import RobotsSitemap
from sitemap_cli.audit.rule import Rule, Scope
from sitemap_cli.audit.selection import RuleSelection
from sitemap_cli.model.values import Finding as FindingValue
from sitemap_cli.model.values import Severity
from sitemap_cli.services.checking import site_facts
from sitemap_cli.services.recording.job_sitemaps import JobSitemap

if TYPE_CHECKING:
    from sitemap_cli.crawl.robots_cache import RobotsFile

RULES_OF_LISTS = ("SM405", "SM603")
"""The rules that report an unreadable sitemap at the index or robots.txt that lists it, instead of others."""


async def judge_job(
    session: AsyncSession, job_id: str, sitemaps: Sequence[JobSitemap], robots: "Sequence[RobotsFile]" = ()
) -> list[FindingValue]:
    """Run the rules that need no look at single URLs over the sitemaps of a job.

    Findings of severity info are left out: they matter when a user checks a site, not for every nightly job.
    What is left is also found by a check of all rules. ``robots`` are the robots.txt files of the site.
    """
    has_failed = any(row.error for row in sitemaps)
    collector = FindingCollector(RuleSelection(), examples=1)
    site = SiteFact(
        url="",
        sitemaps=await site_facts.load_sitemap_facts(session, job_id, listed=has_failed, rows=sitemaps),
        robots=tuple(map(_describe_robots, robots)) if has_failed else (),
    )
    collector.set_order(each.url for each in site.sitemaps)
    collector.add(engine.check_site(site, _select_job_rules(has_failed=has_failed)))
    return [each for each in collector.build_findings() if each.severity is not Severity.INFO]


@cache
def _select_job_rules(*, has_failed: bool) -> tuple[Rule, ...]:
    """Return the rules over single sitemaps that need no costly facts.

    If a sitemap could not be read, the rules that report it where it is listed are among them.
    """
    return sort_by_coverage(
        rule
        for rule in RuleSelection().select_rules()
        if (rule.scope is Scope.DOCUMENT and not rule.needs) or (has_failed and rule.id in RULES_OF_LISTS)
    )


def _describe_robots(file: "RobotsFile") -> RobotsFact:
    """Return the fact of a robots.txt with its sitemaps alone."""
    response = file.response
    listed = () if file.rules is None else file.rules.sitemaps
    return RobotsFact(
        url=response.url,
        final_url=response.final_url,
        status_code=response.status_code,
        sitemaps=tuple(RobotsSitemap(each.loc, each.line) for each in listed),
    )
