"""Indexes that list an unreadable sitemap."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.index_children import list_index_children
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM405", Severity.ERROR, Scope.SITE)
def index_child_broken(site: SiteFact) -> Hits:
    """An index lists a sitemap that cannot be read.

    Checks: A child does not answer 200 with a sitemap, a feed or a list of addresses.
    Why: The pages that only this sitemap lists are missing for every crawler.
    Fix: Restore the sitemap, or take it out of the index.
    Bad: ``index.xml`` lists ``posts-7.xml``, which answers 404
    Good: every sitemap of the index answers 200
    Source: https://support.google.com/webmasters/answer/7451001
    """
    for parent, child, line in list_index_children(site):
        if child.error and not child.is_readable:
            why = child.error_message or child.error
            yield Hit(f"{format_value(child.url)}: {why}", loc=child.url, line=line, sitemap=parent.url)
