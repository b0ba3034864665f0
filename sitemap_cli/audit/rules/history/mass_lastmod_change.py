"""Sites where nearly every lastmod changed."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

MASS = 0.8
"""In normal use, a smaller share of lastmods changes between two jobs."""
FEWEST = 10


@rule("SM802", Severity.WARNING, Scope.HISTORY, needs=("previous_job",), needs_complete=True)
def mass_lastmod_change(site: SiteFact) -> Hits:
    """Nearly all ``lastmod`` values have changed, but the URLs have not.

    Checks: More than 80 % of the entries with the same URL at the same position as in the last accepted job
        have another ``lastmod``. At least 10 entries, and at least 80 % of all entries, must have the same
        URL and position.
    Why: A ``lastmod`` that changes with each build has no meaning, and search engines stop trusting it.
    Fix: Write the date when the content of the page last changed, not the date of the build.
    Message: 20 of 20 lastmods changed since the last complete job
    Bad: every ``lastmod`` is the time of the last deployment::

        <url>
          <loc>https://example.com/imprint</loc>
          <lastmod>2026-11-29T06:00:00Z</lastmod>
        </url>

    Good: the page has not been edited since 2024::

        <url>
          <loc>https://example.com/imprint</loc>
          <lastmod>2024-03-11</lastmod>
        </url>

    Systems:
        Next.js: ``lastModified: new Date()`` in ``app/sitemap.ts`` is the time of the build; use
            the date of the content.
        Astro: ``lastmod: new Date()`` is the time of the build; set the date of each page in
            ``serialize``.
        Hugo: ``enableGitInfo = true`` takes the dates from Git.
    Source:
        https://blogs.bing.com/webmaster/february-2023/The-Importance-of-Setting-the-lastmod-Tag-in-Your-Sitemap
        https://developers.google.com/search/docs/crawling-indexing/sitemaps/build-sitemap
    See also: SM326 SM408 SM708
    """
    previous = site.previous_job
    assert previous is not None  # noqa: S101 - the engine runs the rule only with a previous job
    comparable = previous.same_entries >= max(FEWEST, MASS * site.urls)
    if comparable and previous.changed_lastmods > MASS * previous.same_entries:
        counts = f"{previous.changed_lastmods:,} of {previous.same_entries:,}"
        yield Hit(f"{counts} lastmods changed since {previous.name}", count=previous.changed_lastmods)
