"""Report of where a crawl looked for sitemaps: robots.txt files, guesses and pages, with their responses."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from msgspec import UNSET

from sitemap_cli.crawl.source_sentences import SELF_EXPLAINING
from sitemap_cli.crawl.verdicts import UrlOutcome
from sitemap_cli.model.failure_reasons import describe_reason
from sitemap_cli.model.results import SourceResult


class SourceGroup(NamedTuple):
    """The URLs of one source, such as ``known-path``, that had the same response."""

    source: str
    response: str
    urls: Sequence[str]


def build_sources(outcomes: Iterable[UrlOutcome]) -> list[SourceResult]:
    """Return all outcomes in the shape that scripts read."""
    return [
        SourceResult(
            source=each.source.value,
            url=each.url,
            status_code=each.status_code,
            answer=each.reason or "ok",
            named=each.named,
            message=each.message if each.message and each.reason not in SELF_EXPLAINING else UNSET,
        )
        for each in outcomes
    ]


def group_sources(sources: Iterable[SourceResult]) -> list[SourceGroup]:
    """Return the sources grouped by response, for display."""
    groups: dict[tuple[str, str], list[str]] = {}
    for each in sources:
        groups.setdefault((each.source, _describe_response(each)), []).append(each.url)
    return [SourceGroup(source, response, urls) for (source, response), urls in groups.items()]


def _describe_response(source: SourceResult) -> str:
    """Return a few words for the response of one URL."""
    if source.answer == "http-status":
        return str(source.status_code)
    if source.answer == "robots-unreachable" and source.status_code is not None:
        return f"{source.status_code}, {source.message}" if source.message else str(source.status_code)
    if source.answer != "ok" or source.named is None or source.named is UNSET:
        return "ok" if source.answer == "ok" else describe_reason(source.answer)
    return f"names {source.named or 'no'} sitemap{'' if source.named == 1 else 's'}"
