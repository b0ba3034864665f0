"""Runs every rule over the sitemaps of a job."""

from collections.abc import Iterable, Iterator
from functools import cache

from sitemap_cli import plugins
from sitemap_cli.audit.rule import Rule, SitemapFact
from sitemap_cli.model import Finding


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, by id."""
    found = (rule for module in plugins.modules("sitemap_cli.audit.rules") for rule in module.RULES)
    return tuple(sorted(found, key=lambda rule: rule.id))


def judge(sitemaps: Iterable[SitemapFact]) -> Iterator[Finding]:
    """Yield what the rules find, sitemap by sitemap, rule by rule."""
    for sitemap in sitemaps:
        for rule in rules():
            yield from rule.findings(sitemap)
