"""The sitemap lists nothing (SM208).

Source: the Search Console's "Empty sitemap".
"""

from collections.abc import Iterator

from sitemap_cli.audit.rule import ProblemFact, Rule, SitemapFact
from sitemap_cli.model import Severity


def _empty(sitemap: SitemapFact) -> Iterator[tuple[str, ProblemFact | None]]:
    readable = sitemap.error is None and sitemap.kind is not None
    if sitemap.error == "empty" or (readable and sitemap.urls + sitemap.children == 0):
        yield "it lists nothing", None


RULES = (Rule("SM208", "empty", Severity.WARNING, _empty),)
