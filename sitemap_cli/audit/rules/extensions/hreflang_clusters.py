"""Language versions with inconsistent links."""

from collections.abc import Iterator
from typing import NamedTuple

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.gathered_facts import HreflangFaults, HreflangLink, LinkTarget
from sitemap_cli.audit.hit import Hit, Hits, distribute_count, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import textual_host


class Wording(NamedTuple):
    """What is reported of links: the severity, the message for a URL, and the cause for a host."""

    severity: Severity | None
    message: str
    cause: str
    fix: str | None = None


TARGETS = {
    LinkTarget.LINKED: Wording(
        None,
        "hreflang link to {}, which does not link back",
        "hreflang links to pages of {} that do not link back",
    ),
    LinkTarget.SILENT: Wording(
        None,
        "hreflang link to {}, which links back neither in a sitemap nor in its HTML",
        "hreflang links to pages of {} that link back neither in a sitemap nor in their HTML",
    ),
    LinkTarget.PLAIN: Wording(
        Severity.WARNING,
        "hreflang link to {}, which has no versions in a sitemap: its return link could not be confirmed",
        "hreflang links to pages of {} without versions in a sitemap: return links could not be confirmed",
        "not confirmed",
    ),
    LinkTarget.UNLISTED: Wording(
        Severity.WARNING,
        "hreflang link to {}, which is in no sitemap: its return link could not be confirmed",
        "hreflang links to pages of {} that are in no sitemap: return links could not be confirmed",
        "not confirmed",
    ),
    LinkTarget.FOREIGN: Wording(
        Severity.INFO,
        "hreflang link to {}, on another host: its return link was not confirmed",
        "hreflang links to pages of {}, another host: return links were not confirmed",
        "another site",
    ),
    LinkTarget.MISSING: Wording(
        None,
        "hreflang link to {}, which is in no sitemap of that site, so nothing links back",
        "hreflang links to pages of {} that are in no sitemap of that site, so nothing links back",
    ),
    LinkTarget.NOT_LINKING: Wording(
        None, "does not link back to {}, which links here", "does not link back to pages of {} that link here"
    ),
    LinkTarget.NO_VERSIONS: Wording(
        Severity.WARNING,
        "no sitemap of this site gives versions: the return link to {} could not be confirmed",
        "no sitemap of this site gives versions: return links to pages of {} could not be confirmed",
        "not confirmed",
    ),
}
MAX_LANGUAGES = 5
"""The number of languages in a message."""


@rule("SM541", Severity.ERROR, Scope.SITE, needs=("one_way_links",))
def hreflang_no_return(site: SiteFact) -> Hits:
    """A page links to a language version that does not link back.

    Checks: The entry of A has an ``xhtml:link`` with ``hreflang`` to B, but no entry of B in any sitemap of
        the job links to A, and neither does the HTML of B or its ``Link`` header, if ``sitemap probe``
        requested it. It is an error if B lists other versions, or its HTML was read; a warning if B has no
        versions in a sitemap, or is in none: its links may be in its HTML; an info if B is on another host,
        whose sitemaps were not read. A link with a wrong slash at its end, scheme or ``www.`` is one fault;
        if the page that is meant links to itself so, SM540 reports it there. The rule does not run for jobs
        that did not read the whole site. With ``--together``, the sitemaps of all sites that are checked
        count. A missing return link is reported at the page that lacks it. If B is a page of another of these
        sites that was read wholly and lists versions in its sitemaps, but not for B, it is an error.
    Why: Search engines ignore a pair of versions if one side does not confirm the other. Sitemaps, HTML and
        HTTP headers are equivalent for that, and versions can be on several domains.
    Fix: Give every version of the page its own entry with the same set of links, including a link to
        itself.

        - not confirmed: List the version in a sitemap, with the same links. If its return link is in its
          HTML, ``--probe`` confirms that.
        - another site: Check both sites together (``--together``), or look for the return link on the
          page of the other site.

    Message: hreflang link to https://example.com/de, which does not link back
    Bad: ``/en`` links to ``/de``, but ``/de`` only to itself::

        <url>
          <loc>https://example.com/en</loc>
          <xhtml:link rel="alternate" hreflang="en"
                      href="https://example.com/en"/>
          <xhtml:link rel="alternate" hreflang="de"
                      href="https://example.com/de"/>
        </url>
        <url>
          <loc>https://example.com/de</loc>
          <xhtml:link rel="alternate" hreflang="de"
                      href="https://example.com/de"/>
        </url>

    Good: both list the same links::

        <url>
          <loc>https://example.com/en</loc>
          <xhtml:link rel="alternate" hreflang="en"
                      href="https://example.com/en"/>
          <xhtml:link rel="alternate" hreflang="de"
                      href="https://example.com/de"/>
        </url>
        <url>
          <loc>https://example.com/de</loc>
          <xhtml:link rel="alternate" hreflang="en"
                      href="https://example.com/en"/>
          <xhtml:link rel="alternate" hreflang="de"
                      href="https://example.com/de"/>
        </url>

    Systems:
        Next.js: an entry for one language only is not enough: add an entry for each, with the
            same ``alternates.languages``.
        Shopify: Markets writes the links for its own domains; translation apps must do it for
            theirs.
        Astro: the option ``i18n`` of ``@astrojs/sitemap`` writes them.
    Source: https://developers.google.com/search/docs/specialty/international/localized-versions
    See also: SM540 SM546 SM547 SM709
    """
    for group, links in site.one_way_links.items():
        if site.is_complete or not group.target.needs_whole_site:
            yield from _report_links(links, TARGETS[group.target])


@rule("SM547", Severity.WARNING, Scope.SITE, needs=("split_clusters",))
def hreflang_cluster_split(site: SiteFact) -> Hits:
    """Two language versions of a page list different sets of versions.

    Checks: The entries of A and B link to each other by ``hreflang``, and B lacks a language that A lists, or
        has another URL for it. Each page that lacks one counts once. A version that links to B without a
        return link is a finding of SM541 instead.
    Why: Search engines must guess which pages belong together.
    Fix: Write the same set of links into every entry of the cluster.
    Message: hreflang sets differ: the page lacks `x-default`, `zh-Hant-TW`
    Bad: ``/en`` lists French, ``/de`` does not::

        <url>
          <loc>https://example.com/de</loc>
          <xhtml:link rel="alternate" hreflang="en"
                      href="https://example.com/en"/>
          <xhtml:link rel="alternate" hreflang="de"
                      href="https://example.com/de"/>
        </url>

    Good: all three list the same links::

        <url>
          <loc>https://example.com/de</loc>
          <xhtml:link rel="alternate" hreflang="en"
                      href="https://example.com/en"/>
          <xhtml:link rel="alternate" hreflang="de"
                      href="https://example.com/de"/>
          <xhtml:link rel="alternate" hreflang="fr"
                      href="https://example.com/fr"/>
        </url>

    Source: own (Google requires that each version lists itself and all others:
        https://developers.google.com/search/docs/specialty/international/localized-versions)
    See also: SM540 SM541 SM709
    """
    for link, count in distribute_count(site.split_clusters.count, site.split_clusters.examples):
        page, other = format_value(link.loc), format_value(link.href)
        yield Hit(
            f"{page} and {other} declare different hreflang sets; {_describe_difference(page, link)}",
            link.loc,
            link.line,
            count=count,
            sitemap=link.sitemap,
            value=link.href,
            cause=f"hreflang sets differ: {_describe_difference('the page', link)}",
        )


def _describe_difference(page: str, link: HreflangLink) -> str:
    """Return what a page lacks that the other has, and for what it has other URLs."""
    parts = ((f"{page} lacks", link.lacks), ("they have different URLs for", link.differs))
    return "; ".join(f"{words} {_name_languages(text)}" for words, text in parts if text)


def _name_languages(text: str) -> str:
    languages = sorted(set(text.split("\n")))
    named = ", ".join(f"`{format_value(_format_code(each))}`" for each in languages[:MAX_LANGUAGES])
    more = len(languages) - MAX_LANGUAGES
    return f"{named} and {more:,} more" if more > 0 else named


def _format_code(code: str) -> str:
    """Return a code with its parts as they are usually written, such as ``zh-Hant-TW``."""
    language, *rest = code.split("-")
    usual = {2: str.upper, 4: str.title}
    return "-".join([language, *(usual.get(len(part), str)(part) for part in rest)])


def _report_links(links: HreflangFaults, wording: Wording) -> Iterator[Hit]:
    """Yield a hit for each faulty link."""
    for link, count in distribute_count(links.count, links.examples):
        yield Hit(
            wording.message.format(format_value(link.href)),
            link.loc,
            link.line,
            count=count,
            severity=wording.severity,
            sitemap=link.sitemap,
            value=link.href,
            cause=wording.cause.format(format_value(textual_host(link.href))),
            fix=wording.fix,
        )
