"""Addresses that are listed more than once."""

from sitemap_cli.audit.entry_batch import shown
from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits, standing
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

NAMED = 3
"""Sitemaps that a message names."""


@rule("SM311", "duplicate-in-file", Severity.WARNING, Scope.SITE, needs=("repeats",))
def duplicate_in_file(site: SiteFact) -> Hits:
    """A sitemap lists the same address more than once.

    Criterion: two entries of one file have the same ``loc``, character by character; each entry beyond the
        first counts. Addresses that differ in spelling only are a matter of SM312.
    Why: The entries may contradict each other, and they count towards the limit of 50,000.
    Mend: List each address once; look into how the file is put together.
    Bad: ``<loc>https://example.com/a</loc>`` in two entries
    Good: ``<loc>https://example.com/a</loc>`` in one entry
    Source: own (an entry says something of one page, so that two of them say nothing more or contradict)
    """
    for sitemap, count, locs in site.repeats.within:
        for loc, times in standing(count, locs):
            yield Hit(f"listed more than once: {shown(loc)}", loc=loc, sitemap=sitemap, count=times)


@rule("SM411", "url-in-many-sitemaps", Severity.WARNING, Scope.SITE, needs=("repeats",))
def url_in_many_sitemaps(site: SiteFact) -> Hits:
    """Several sitemaps of the site list the same address.

    Criterion: the same ``loc``, character by character, stands in two or more files of the job; each
        address counts once. A file whose content is that of another counts as one finding of its own.
    Why: Reports by sitemap no longer add up, and lastmods may contradict each other.
    Mend: Let every page belong to one sitemap.
    Bad: ``https://example.com/a`` in ``pages.xml`` and in ``posts.xml``
    Good: ``https://example.com/a`` in ``pages.xml`` only
    Source: own (reports of Google's Search Console are made by sitemap)
    """
    for sitemap, original in site.repeats.copies:
        yield Hit(f"the same content as {shown(original)}", sitemap=sitemap.url)
    for (loc, sitemaps, line), times in standing(site.repeats.across, site.repeats.examples):
        named = ", ".join(map(shown, sitemaps[:NAMED]))
        more = f" and {len(sitemaps) - NAMED:,} more" if len(sitemaps) > NAMED else ""
        message = f"{shown(loc)} is in {len(sitemaps):,} sitemaps: {named}{more}"
        yield Hit(message, loc=loc, line=line, count=times)
