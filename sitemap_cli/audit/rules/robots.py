"""What robots.txt says of sitemaps, and how they are found."""

from collections import Counter
from collections.abc import Iterable, Mapping

from sitemap_cli.audit.entry_batch import shown
from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity, Verdict
from sitemap_cli.urls import textual_origin

FOUND = ("known-path", "html")
TYPOS = (
    *("robots-sitemap-duplicate", "robots-sitemap-empty", "robots-sitemap-form", "robots-sitemap-invalid"),
    *("robots-typo", "robots-bom", "robots-html", "robots-binary", "robots-utf16", "robots-not-utf8"),
    "robots-too-many-sitemaps",
)
NAMED = 5
"""Kinds of answers that a message names."""


@rule("SM601", "not-in-robots", Severity.WARNING, Scope.SITE)
def not_in_robots(site: SiteFact) -> Hits:
    """No robots.txt names the site's sitemaps.

    Criterion: sitemaps were found by guessing their address or by a link in a page, and none by robots.txt.
    Why: robots.txt is the one place in which every search engine looks.
    Mend: Add ``Sitemap: `` and the address of the sitemap, or of the index, to robots.txt.
    Bad: ``/sitemap_index.xml`` exists, and robots.txt has no ``Sitemap:`` line
    Good: ``Sitemap: https://example.com/sitemap_index.xml``
    Source: https://www.sitemaps.org/protocol.html#submit_robots
    """
    ways = {each.discovered_by for each in site.sitemaps if each.readable}
    if "robots" in ways or "user" in ways:
        return
    for sitemap in site.sitemaps:
        if sitemap.discovered_by in FOUND and sitemap.readable:
            way = "by a guess" if sitemap.discovered_by == "known-path" else "by a link in a page"
            yield Hit(f"found {way}, and robots.txt names no sitemap", sitemap=sitemap.url)


@rule("SM602", "robots-sitemap-relative", Severity.ERROR, Scope.SITE)
def robots_sitemap_relative(site: SiteFact) -> Hits:
    """A robots.txt names a sitemap by an address that is not absolute.

    Criterion: a ``Sitemap:`` line whose value has no scheme and host, or another scheme than http and https.
    Why: The line means an absolute address; search engines ignore others.
    Mend: Write the whole address.
    Bad: ``Sitemap: /sitemap.xml``
    Good: ``Sitemap: https://example.com/sitemap.xml``
    Source: https://developers.google.com/crawling/docs/robots-txt/robots-txt-spec#sitemap
    """
    return _told(site, "robots-sitemap-relative", "robots-sitemap-scheme")


@rule("SM603", "robots-sitemap-dead", Severity.ERROR, Scope.SITE)
def robots_sitemap_dead(site: SiteFact) -> Hits:
    """A robots.txt names a sitemap that cannot be read.

    Criterion: the address of a ``Sitemap:`` line does not answer 200 with a sitemap, a feed or a list of
        addresses.
    Why: Search engines come back to it for years, and report it to you as your error.
    Mend: Correct the line, or take it out.
    Bad: ``Sitemap: https://example.com/old.xml`` that answers 404
    Good: ``Sitemap: https://example.com/sitemap.xml`` that answers 200
    Source: https://developers.google.com/crawling/docs/robots-txt/robots-txt-spec#sitemap
    """
    lines = {loc: (each.url, line) for each in site.robots for loc, line in each.sitemaps}
    for sitemap in site.sitemaps:
        if sitemap.discovered_by == "robots" and not sitemap.readable and sitemap.error:
            robots, line = lines.get(sitemap.url, (None, None))
            why = sitemap.error_message or sitemap.error
            yield Hit(
                f"{shown(sitemap.url)}: {why}", loc=sitemap.url, line=line, sitemap=robots or sitemap.url
            )


@rule("SM604", "robots-unreachable", Severity.ERROR, Scope.SITE)
def robots_unreachable(site: SiteFact) -> Hits:
    """The site's robots.txt cannot be had.

    Criterion: it answers 5xx, not at all, or not to its end: an error, because crawlers must then take the
        whole site for disallowed. For information only where it answers 4xx, which allows everything.
    Why: As long as it lasts, search engines fetch nothing at all.
    Mend: Let ``/robots.txt`` answer 200, or 404 if there are no rules.
    Bad: ``/robots.txt`` answers 503
    Good: ``/robots.txt`` answers 200
    Source: https://www.rfc-editor.org/rfc/rfc9309#section-2.3.1.4
    """
    # Of the names under which the site was looked for, those behind which nobody listens are none of its own.
    own = {site.url, *(each.own for each in site.sitemaps if each.readable)}
    for robots in site.robots:
        code = robots.status_code
        if code is not None and 400 <= code < 500:
            yield Hit(f"answers {code}: there are no rules", severity=Severity.INFO, sitemap=robots.url)
        elif (robots.error or code is None or code >= 500) and textual_origin(robots.url) in own:
            yield Hit(f"cannot be had: {robots.error or f'it answers {code}'}", sitemap=robots.url)


@rule("SM605", "robots-too-big", Severity.WARNING, Scope.SITE)
def robots_too_big(site: SiteFact) -> Hits:
    """A robots.txt is longer than crawlers read.

    Criterion: more than 512,000 bytes (500 KiB), or more rules with wildcards than are obeyed here.
    Why: What stands beyond is ignored, and so are sitemaps that are named at the end.
    Mend: Put rules together with wildcards, and name sitemaps at the beginning.
    Bad: 20,000 lines of ``Disallow:``
    Good: ``Disallow: /archive/``
    Source: https://www.rfc-editor.org/rfc/rfc9309#section-2.5
    """
    return _told(site, "robots-too-large", "robots-too-many-rules")


@rule("SM606", "robots-sitemap-typo", Severity.WARNING, Scope.SITE)
def robots_sitemap_typo(site: SiteFact) -> Hits:
    """A robots.txt is written so that crawlers may miss its sitemaps.

    Criterion: the same sitemap is named twice, the name of the field is misspelled (``site-map``,
        ``sitemaps``), the line has no address or more than one; or the file is HTML, binary, not in UTF-8 or
        begins with a byte order mark.
    Why: Each crawler forgives other things.
    Mend: Write plain text in UTF-8, and each sitemap on a line of its own, once.
    Bad: ``Site-map: https://example.com/sitemap.xml``
    Good: ``Sitemap: https://example.com/sitemap.xml``
    Source: https://github.com/google/robotstxt https://www.rfc-editor.org/rfc/rfc9309#section-2.2
    """
    return _told(site, *TYPOS)


@rule("SM607", "no-sitemap", Severity.ERROR, Scope.SITE)
def no_sitemap(site: SiteFact) -> Hits:
    """The site has no sitemap, as far as anybody can tell.

    Criterion: neither robots.txt, nor the well-known addresses, nor the home page lead to a sitemap, and
        nothing kept us from looking.
    Why: Search engines find pages by links alone, which takes long for new ones and deep ones.
    Mend: Publish a sitemap, and name it in robots.txt.
    Bad: ``/sitemap.xml`` answers 404, robots.txt names none
    Good: ``Sitemap: https://example.com/sitemap.xml``
    Source: https://www.sitemaps.org/protocol.html#informing
    """
    if site.verdict == Verdict.ABSENT:
        yield Hit(f"none found: {_asked(site.sources)}")


def _asked(sources: Iterable[Mapping[str, object]]) -> str:
    """What was answered in how many places."""
    answers = Counter(map(_answer, sources)).most_common(NAMED)
    told = [
        f"{source} {answer}" + (f" ({count:,} times)" if count > 1 else "")
        for (source, answer), count in answers
    ]
    return ", ".join(told) or "nothing was asked"


def _answer(source: Mapping[str, object]) -> tuple[str, str]:
    answer = source["status_code"] if source["answer"] == "http-status" else source["answer"]
    return str(source["source"]), "no sitemap named" if answer == "ok" else str(answer)


def _told(site: SiteFact, *codes: str) -> Hits:
    """What was found wrong under these codes, in each robots.txt."""
    for robots in site.robots:
        for problem in robots.problems:
            if problem.code in codes:
                yield from problem.hits(sitemap=robots.url)
