"""Titles of news articles with the name of the publication."""

import re

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.extension_values import read_field
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

# A hyphen that has no blank beside it belongs to a word: the title "Space-time" of a paper named "Time".
BEFORE = re.compile(r"(?:\||\s[\u2013\u2014»·•-]\s)\s*\Z")
AFTER = re.compile(r"\s*(?:\||\s[\u2013\u2014»·•-]\s)")


@rule("SM538", Severity.WARNING, Scope.URL)
def news_title(batch: Batch) -> Hits:
    """The title of an article contains the name of the publication.

    Checks: ``news:title`` begins or ends with ``news:name``, separated by ``|`` or by a mark between
        blanks, such as a hyphen.
    Why: Google asks for the title alone, without the author, the publication or the date.
    Fix: Write the headline of the article into ``news:title``, not the ``title`` of the page.
    Message: news:title contains the publication name: Companies in merger talks | The Example Times
    Bad::

        <news:title>Companies in merger talks | The Example Times</news:title>

    Good::

        <news:title>Companies in merger talks</news:title>

    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
    See also: SM535
    """
    for index, news in batch.iter_extension_objects("news"):
        name = read_field(news.get("publication"), "name").casefold()
        title = read_field(news, "title")
        if name and _is_set_off(title.casefold(), name):
            yield Hit(
                f"news:title contains the publication name: {format_value(title)}", index=index, value=title
            )


def _is_set_off(title: str, name: str) -> bool:
    """Return whether a title ends or begins with a name that a mark separates from the rest."""
    rest = title.removesuffix(name)
    if rest not in ("", title):
        return BEFORE.search(rest) is not None
    rest = title.removeprefix(name)
    return rest not in ("", title) and AFTER.match(rest) is not None
