"""The ``--include`` and ``--exclude`` patterns for sitemaps that other sitemaps list."""

import re
from collections.abc import Iterable, Sequence

from sitemap_cli import urls
from sitemap_cli.errors import UsageError
from sitemap_cli.patterns import search_all
from sitemap_cli.settings import Settings


class UrlFilter:
    """Regular expressions that decide which listed sitemaps are read.

    Raises:
        UsageError: a pattern is no regular expression.
    """

    def __init__(self, settings: Settings) -> None:
        self._include = _compile_patterns("--include", settings.include)
        self._exclude = _compile_patterns("--exclude", settings.exclude)

    def is_included(self, url: str) -> bool:
        """Return whether a URL matches an include pattern, if there are any, and no exclude pattern.

        Raises:
            UsageError: a pattern takes too long for the URL.
        """
        spellings = _list_spellings(url)
        if self._include and not _match_any(self._include, spellings, "--include"):
            return False
        return not _match_any(self._exclude, spellings, "--exclude")


def _list_spellings(url: str) -> tuple[str, ...]:
    """Return the URL, and if its host can be written in letters and in Punycode, both."""
    if url.isascii() and "xn--" not in url:
        return (url,)
    canonical, host = urls.canonical_url(url), urls.host_and_port(url)
    return url, canonical, canonical.replace(host, urls.readable_domain(host), 1)


def _match_any(patterns: Iterable[re.Pattern[str]], texts: Sequence[str], option: str) -> bool:
    return any(any(search_all(each, texts, option)) for each in patterns)


def _compile_patterns(option: str, patterns: Iterable[str]) -> list[re.Pattern[str]]:
    compiled = []
    for each in patterns:
        try:
            compiled.append(re.compile(each))
        except re.error as error:
            where = f"{option} {each}"
            raise UsageError("not a regular expression", where=where, why=str(error)) from error
    return compiled
