"""Sites without any sitemap."""

from collections import Counter
from collections.abc import Iterable

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.results import SourceResult
from sitemap_cli.model.values import Severity, Verdict

NAMED = 5
"""Kinds of answers that a message names."""


@rule("SM607", Severity.ERROR, Scope.SITE)
def no_sitemap(site: SiteFact) -> Hits:
    """The site has no sitemap, as far as anybody can tell.

    Checks: Neither robots.txt, nor the well-known addresses, nor the home page lead to a sitemap, and
        nothing kept us from looking.
    Why: Search engines find pages by links alone, which takes long for new ones and deep ones.
    Fix: Publish a sitemap, and name it in robots.txt.
    Bad: ``/sitemap.xml`` answers 404, robots.txt names none
    Good: ``Sitemap: https://example.com/sitemap.xml``
    Source: https://www.sitemaps.org/protocol.html#informing
    """
    if site.verdict == Verdict.ABSENT:
        yield Hit(f"none found: {_summarize_responses(site.sources)}")


def _summarize_responses(sources: Iterable[SourceResult]) -> str:
    """What was answered in how many places."""
    answers = Counter(map(_describe_response, sources)).most_common(NAMED)
    told = [
        f"{source} {answer}" + (f" ({count:,} times)" if count > 1 else "")
        for (source, answer), count in answers
    ]
    return ", ".join(told) or "nothing was asked"


def _describe_response(source: SourceResult) -> tuple[str, str]:
    answer = source.status_code if source.answer == "http-status" else source.answer
    return source.source, "no sitemap named" if answer == "ok" else str(answer)
