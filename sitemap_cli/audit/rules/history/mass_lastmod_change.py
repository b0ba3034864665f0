"""Sites in which nearly every lastmod changed."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

MASS = 0.8
"""So many lastmods never change at once by themselves."""
FEWEST = 10


@rule("SM802", Severity.WARNING, Scope.HISTORY, needs=("previous_job",), needs_complete=True)
def mass_lastmod_change(site: SiteFact) -> Hits:
    """Nearly every lastmod has changed though the addresses have not.

    Checks: Of the entries that stand where they stood at the last complete job with the same address,
        more than 80 % have another ``lastmod``; at least ten entries, and no fewer than 80 % of all stand so.
    Why: A lastmod that changes with each build says nothing, and search engines stop believing it.
    Fix: Write the date on which the content of the page last changed, not that of the build.
    Bad: ``<lastmod>`` of every page is the time of the last deployment
    Good: ``<lastmod>`` of a page is that of its last edit
    Source: https://blogs.bing.com/webmaster/february-2023/The-Importance-of-Setting-the-lastmod-Tag-in-Your-Sitemap
    """
    before = site.previous_job
    assert before is not None  # noqa: S101 - the engine runs it only then
    comparable = before.same_entries >= max(FEWEST, MASS * site.urls)
    if comparable and before.changed_lastmods > MASS * before.same_entries:
        share = before.changed_lastmods / before.same_entries
        yield Hit(
            f"{share:.0%} of the lastmods changed since the last complete job", count=before.changed_lastmods
        )
