"""The ``--include`` and ``--exclude`` patterns for sitemaps that other sitemaps list."""

import re
from collections.abc import Iterable

from sitemap_cli.errors import UsageError
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
        """Return whether a URL matches an include pattern, if there are any, and no exclude pattern."""
        if self._include and not any(each.search(url) for each in self._include):
            return False
        return not any(each.search(url) for each in self._exclude)


def _compile_patterns(option: str, patterns: Iterable[str]) -> list[re.Pattern[str]]:
    try:
        return [re.compile(each) for each in patterns]
    except re.error as error:
        raise UsageError("not a regular expression", where=option, why=str(error)) from error
