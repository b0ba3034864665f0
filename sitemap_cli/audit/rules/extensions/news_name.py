"""Names of news publications."""

import re
from collections import Counter

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.extension_values import read_field
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

BRACKETS = re.compile(r"\s*\([^()]*\)$")
NAMED = 3
"""The number of names in a message."""


@rule("SM535", Severity.WARNING, Scope.URL)
def news_name(batch: Batch) -> Hits:
    """The name of a publication is not its name in Google News.

    Checks: ``news:name`` ends with text in brackets. Several names in one file are an info: names are
        compared without such text, in batches of about 30,000 entries.
    Why: The name must be exactly the one that Google News shows for the publication, without anything in
        brackets. That one file has one name is our own judgement: the others may be misspelled.
    Fix:
        - brackets: Write the name as Google News shows it, without anything in brackets.
        - several names: Check the less frequent names for typing errors. If they are different
          publications, nothing has to be done.

    Message: news:name ends with text in brackets: The Times (subscription)
    Bad::

        <news:name>The Example Times (subscription)</news:name>

    Good::

        <news:name>The Example Times</news:name>

    Systems:
        Yoast News SEO: the name of the publication is one of its settings.
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
    See also: SM532 SM538
    """
    names = [
        (index, read_field(news.get("publication"), "name"))
        for index, news in batch.iter_extension_objects("news")
    ]
    for index, name in names:
        if BRACKETS.search(name):
            message = f"news:name ends with text in brackets: {format_value(name)}"
            yield Hit(message, index=index, value=name, cause=name, fix="brackets")
    names = [(index, BRACKETS.sub("", name)) for index, name in names]
    common = Counter(name for _, name in names if name).most_common()
    if len(common) > 1:
        usual = common[0][0]
        others = [index for index, name in names if name not in ("", usual)]
        listed = ", ".join(f"{format_value(name)} ({count:,})" for name, count in common[:NAMED])
        more = f" and {len(common) - NAMED:,} more" if len(common) > NAMED else ""
        message = f"{len(common):,} different news:name values: {listed}{more}"
        yield Hit(
            message,
            severity=Severity.INFO,
            index=others[0],
            count=len(others),
            places=lambda: others,
            fix="several names",
        )
