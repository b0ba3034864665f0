"""Finds the rules, and runs them over facts and batches."""

from collections.abc import Iterable, Iterator
from functools import cache

from msgspec.structs import replace

from sitemap_cli import plugins
from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit
from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.audit.rule import Rule, Scope

RuleHit = tuple[Rule, str | None, Hit]
"""A rule, the address of the sitemap in which it is broken if there is one, and what was found."""


PACKAGE = "sitemap_cli.audit.rules"


@cache
def discover_rules() -> tuple[Rule, ...]:
    """All rules, by id."""
    values = (value for module in plugins.load_modules(PACKAGE) for value in vars(module).values())
    return tuple(sorted((each for each in values if isinstance(each, Rule)), key=lambda rule: rule.id))


def check_site(site: SiteFact, running: Iterable[Rule]) -> Iterator[RuleHit]:
    """What rules say by the facts alone: of each sitemap, of the site, and of what was before."""
    for rule in _drop_rules_for_complete_jobs(site, running):
        if rule.scope is Scope.DOCUMENT:
            for sitemap in site.sitemaps:
                yield from ((rule, hit.sitemap or sitemap.url, hit) for hit in rule.check(sitemap))
        elif rule.scope is Scope.SITE or (rule.scope is Scope.HISTORY and site.previous_job):
            yield from ((rule, hit.sitemap, hit) for hit in rule.check(site))


def check_batch(batch: Batch, running: Iterable[Rule]) -> Iterator[RuleHit]:
    """What rules say of the entries of a batch."""
    for rule in _drop_rules_for_complete_jobs(batch.site, running):
        if rule.scope is Scope.URL:
            yield from ((rule, batch.sitemap.url, hit) for hit in rule.check(batch))


def check_pages(site: SiteFact, pages: Iterable[PageFact], running: Iterable[Rule]) -> Iterator[RuleHit]:
    """What rules say of pages that were asked; every hit is at the entry of its page."""
    wanted = [rule for rule in _drop_rules_for_complete_jobs(site, running) if rule.scope is Scope.PAGE]
    for page in pages:
        for rule in wanted:
            for hit in rule.check(page):
                yield rule, page.sitemap, replace(hit, loc=page.loc, line=page.line)


def _drop_rules_for_complete_jobs(site: SiteFact, running: Iterable[Rule]) -> Iterator[Rule]:
    """Drop the rules that need a complete job if the job did not read the whole site."""
    return (rule for rule in running if site.is_complete or not rule.needs_complete)
