"""Tells where sitemaps were looked for besides the sitemaps themselves, and what was answered there."""

from collections.abc import Iterable, Sequence

from msgspec import UNSET

from sitemap_cli.crawl.verdicts import UrlOutcome
from sitemap_cli.model.results import SourceResult

# Their messages say no more than they do, and there are dozens of each.
PLAIN = frozenset({"http-status", "html-instead", "empty", "not-a-sitemap"})


def build_sources(answers: Iterable[UrlOutcome]) -> list[SourceResult]:
    """Every answer, in the shape that scripts depend on; with a message where there is more to say."""
    return [
        SourceResult(
            source=each.source.value,
            url=each.url,
            status_code=each.status_code,
            answer=each.reason or "ok",
            named=each.named,
            message=each.message if each.message and each.reason not in PLAIN else UNSET,
        )
        for each in answers
    ]


def group_sources(sources: Iterable[SourceResult]) -> list[tuple[str, str, Sequence[str]]]:
    """The listing for people: source, what was answered, and every address that answered so."""
    groups: dict[tuple[str, str], list[str]] = {}
    for each in sources:
        groups.setdefault((each.source, _told(each)), []).append(each.url)
    return [(source, told, urls) for (source, told), urls in groups.items()]


def summarize_sources(answers: Iterable[UrlOutcome]) -> str:
    """The same in one line, for instance ``robots 404, known-path 404 (42 addresses), html timeout-read``."""
    parts = [
        f"{source} {told}" if len(urls) == 1 else f"{source} {told} ({len(urls)} addresses)"
        for source, told, urls in group_sources(build_sources(answers))
    ]
    return ", ".join(parts) or "nothing was asked"


def _told(source: SourceResult) -> str:
    """A few words for what one address answered."""
    if source.answer == "http-status":
        return str(source.status_code)
    if source.answer != "ok" or source.named is None or source.named is UNSET:
        return source.answer
    return f"names {source.named or 'no'} sitemap{'' if source.named == 1 else 's'}"
