"""Discovers the rules, and runs them over sites, batches of entries and pages."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from msgspec.structs import replace

from sitemap_cli import plugins
from sitemap_cli.audit.coverage import Coverage, list_covering
from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit
from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.audit.rule import Rule, Scope
from sitemap_cli.audit.rule_hit import RuleHit
from sitemap_cli.audit.rule_needs import find_unmet_needs

PACKAGE = "sitemap_cli.audit.rules"


@cache
def discover_rules() -> tuple[Rule, ...]:
    """Return all rules, sorted by id."""
    values = (value for module in plugins.load_modules(PACKAGE) for value in vars(module).values())
    return tuple(sorted((each for each in values if isinstance(each, Rule)), key=lambda rule: rule.id))


@cache
def _list_covering_rules() -> frozenset[str]:
    """Return the ids of the rules that cover others; a batch has thousands of sites."""
    return list_covering(discover_rules())


def check_site(site: SiteFact, rules: Iterable[Rule]) -> Iterator[RuleHit]:
    """Run the rules over documents, the site and its history; other rules are skipped.

    What another rule covers is left out if that comes first: see :func:`sort_by_coverage`.
    """
    coverage = Coverage(_list_covering_rules(), site.engine)
    for rule in _drop_skipped(site, rules):
        if rule.scope not in (Scope.URL, Scope.PAGE):
            yield from coverage.drop_covered(rule, _check_facts(site, rule))


def _check_facts(site: SiteFact, rule: Rule) -> Iterator[RuleHit]:
    if rule.scope is Scope.DOCUMENT:
        for sitemap in site.sitemaps:
            for hit in rule.check(sitemap):
                yield RuleHit(rule, hit.sitemap or sitemap.url, hit)
        if rule.check_site is not None:
            yield from (RuleHit(rule, hit.sitemap, hit) for hit in rule.check_site(site))
    elif rule.scope is Scope.SITE or (rule.scope is Scope.HISTORY and site.previous_job):
        yield from (RuleHit(rule, hit.sitemap, hit) for hit in rule.check(site))


def check_batch(batch: Batch, rules: Iterable[Rule]) -> Iterator[RuleHit]:
    """Run the rules over entries; other rules are skipped."""
    coverage, own = Coverage(_list_covering_rules(), batch.site.engine), batch.sitemap.url
    for rule in _drop_skipped(batch.site, rules):
        if rule.entry_check is not None:
            hits = (RuleHit(rule, hit.sitemap or own, hit) for hit in rule.entry_check(batch))
            yield from coverage.drop_covered(rule, hits)


def list_entries(batch: Batch, sitemaps: Sequence[str], rules: Iterable[Rule]) -> Iterator[RuleHit]:
    """Yield the entries behind hits of rules that only counted them, in each sitemap with the content."""
    for rule in _drop_skipped(batch.site, rules):
        if rule.list_entries is not None:
            for hit in rule.list_entries(batch):
                yield from (RuleHit(rule, sitemap, hit) for sitemap in sitemaps)


def check_pages(site: SiteFact, pages: Iterable[PageFact], rules: Iterable[Rule]) -> Iterator[RuleHit]:
    """Run the rules over probed pages; every hit gets the URL and the line of the entry of its page."""
    page_rules = [rule for rule in _drop_skipped(site, rules) if rule.scope is Scope.PAGE]
    coverage = Coverage(_list_covering_rules(), site.engine)
    for page in pages:
        for rule in page_rules:
            yield from coverage.drop_covered(rule, _check_page(page, rule))


def _check_page(page: PageFact, rule: Rule) -> Iterator[RuleHit]:
    for hit in rule.check(page):
        yield RuleHit(rule, page.sitemap, _place_hit(rule, page, hit))


def _place_hit(rule: Rule, page: PageFact, hit: Hit) -> Hit:
    """Return a hit with its page, and with the line in the file of a build or of the entry."""
    place = None if page.build is None or hit.file else page.build.find_place(rule.name)
    if place is not None:
        return replace(hit, loc=page.loc, file=place.file, line=place.line, column=place.column)
    return replace(hit, loc=page.loc) if hit.file else replace(hit, loc=page.loc, line=page.line)


def find_idle_rules(site: SiteFact, rules: Iterable[Rule]) -> dict[str, str]:
    """Return what those of the rules need that have no data, by rule id."""
    return find_unmet_needs(site, rules)


def _drop_skipped(site: SiteFact, rules: Iterable[Rule]) -> Iterator[Rule]:
    """Drop the rules that need a complete job if the job did not read the whole site."""
    return (rule for rule in rules if site.is_complete or not rule.needs_complete)
