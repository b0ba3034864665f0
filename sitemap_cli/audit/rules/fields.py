"""The fields ``changefreq`` and ``priority``, and fields that are too long."""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from itertools import compress
from operator import add

from sitemap_cli.audit.entry_batch import Batch, Column, shown
from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Engine, Kind, Severity
from sitemap_cli.w3c_time import DAY, format_day, parse_w3c_exactly

FREQUENCIES = frozenset({"always", "hourly", "daily", "weekly", "monthly", "yearly", "never", ""})
OFTEN = frozenset({"daily", "hourly", "always"})
PRIORITY = re.compile(r"|0(?:\.[0-9]+)?|1(?:\.0+)?|\.[0-9]+")
YEAR = 365 * DAY
FEWEST = 10
LONGEST = 100


@rule("SM331", "changefreq-invalid", Severity.WARNING, Scope.URL)
def changefreq_invalid(batch: Batch) -> Hits:
    """A ``changefreq`` is none of the words there are.

    Criterion: something else than ``always``, ``hourly``, ``daily``, ``weekly``, ``monthly``, ``yearly`` or
        ``never``, in lower case.
    Why: The file does not fit its schema, and validators stop there.
    Mend: Use one of the words, or leave the field away: hardly anybody reads it.
    Bad: ``<changefreq>Every day</changefreq>``
    Good: ``<changefreq>daily</changefreq>``
    Source: https://www.sitemaps.org/protocol.html#changefreqdef
    """
    wrong = batch.changefreqs.distinct - FREQUENCIES
    return _values(batch.changefreqs, wrong, "not a frequency")


@rule("SM332", "changefreq-contradicts", Severity.INFO, Scope.URL)
def changefreq_contradicts(batch: Batch) -> Hits:
    """An entry is said to change every day, and has not changed for a year.

    Criterion: ``changefreq`` is ``always``, ``hourly`` or ``daily``, and ``lastmod`` lies more than 365 days
        before the job.
    Why: One of the two is not true.
    Mend: Leave ``changefreq`` away, or write what is true.
    Bad: ``<lastmod>2019-05-01</lastmod><changefreq>daily</changefreq>``
    Good: ``<lastmod>2019-05-01</lastmod>``
    Source: own (the protocol calls ``changefreq`` a hint, which has to be true all the same)
    """
    before = batch.site.at - YEAR
    days = (int(day) for day in batch.sitemap.days if day.lstrip("-").isdigit())
    if min(days, default=0) * DAY >= before or OFTEN.isdisjoint(batch.changefreqs.distinct):
        return
    # As texts, dates sort as their days do: a day too many leaves room for the zones.
    suspect, frequencies = format_day(before + DAY), batch.changefreqs.values
    dated = enumerate(batch.lastmods.values)
    for index, lastmod in compress(dated, map(OFTEN.__contains__, frequencies)):
        if lastmod[:10] <= suspect and (parse_w3c_exactly(lastmod) or before) < before:
            yield Hit(f"{frequencies[index]}, and unchanged since {shown(lastmod)}", index=index)


@rule("SM333", "priority-invalid", Severity.WARNING, Scope.URL)
def priority_invalid(batch: Batch) -> Hits:
    """A ``priority`` is no number between 0 and 1.

    Criterion: it is not a decimal number from 0.0 to 1.0.
    Why: Crawlers that use the field ignore it, and the file does not fit its schema.
    Mend: Write a number such as 0.8, with a point; or leave the field away.
    Bad: ``<priority>8</priority>``
    Good: ``<priority>0.8</priority>``
    Source: https://www.sitemaps.org/protocol.html#prioritydef
    """
    wrong = {each for each in batch.priorities.distinct if not PRIORITY.fullmatch(each)}
    return _values(batch.priorities, wrong, "no number from 0 to 1")


@rule("SM334", "priority-all-equal", Severity.INFO, Scope.URL)
def priority_all_equal(batch: Batch) -> Hits:
    """All entries have the same ``priority``.

    Criterion: ten entries or more, all with the same value (looked for among some 30,000 entries at a time).
    Why: The value only says how important pages are in comparison with each other.
    Mend: Leave the field away.
    Bad: ``<priority>1.0</priority>`` on every entry
    Good: no ``priority``
    Source: https://www.sitemaps.org/faq.html
    """
    found = batch.priorities.distinct
    if batch.size >= FEWEST and len(found) == 1 and "" not in found:
        yield Hit(f"all {batch.size:,} priorities are {shown(next(iter(found)))}", count=batch.size)


@rule("SM335", "ignored-fields", Severity.INFO, Scope.URL)
def ignored_fields(batch: Batch) -> Hits:
    """Entries have fields that search engines ignore.

    Criterion: ``changefreq`` or ``priority`` is there. Not with ``--engine yandex``, which loads pages in
        the order of ``priority``, and names ``changefreq`` among the fields it takes.
    Why: Google and Bing ignore both; they make the file half as long again.
    Mend: Leave both away, and let ``lastmod`` be true.
    Bad: ``<changefreq>daily</changefreq><priority>0.8</priority>``
    Good: ``<lastmod>2026-11-01T08:30:00Z</lastmod>``
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/build-sitemap
        https://blogs.bing.com/webmaster/July-2025/Keeping-Content-Discoverable-with-Sitemaps-in-AI-Powered-Search
        https://yandex.com/support/webmaster/en/controlling-robot/sitemap
    """
    if batch.site.engine is Engine.YANDEX:
        return
    fields = (("changefreq", batch.changefreqs), ("priority", batch.priorities))
    names = [name for name, column in fields if not column.is_empty]
    if names:
        both = list(map(add, batch.changefreqs.values, batch.priorities.values))
        count = batch.size - both.count("")
        yield Hit(f"Google and Bing ignore {' and '.join(names)}", count=count)


@rule("SM336", "field-too-long", Severity.WARNING, Scope.URL)
def field_too_long(batch: Batch) -> Hits:
    """A field is longer than it can be.

    Criterion: ``lastmod``, ``changefreq`` or ``priority`` of more than 100 bytes.
    Why: Yandex sets this limit; nothing that these fields can say is that long.
    Mend: Look at what writes the file: something else than a date has got in there.
    Bad: ``<lastmod>`` with an HTML page in it
    Good: ``<lastmod>2026-11-01</lastmod>``
    Source: https://yandex.com/support/webmaster/en/controlling-robot/sitemap
    """
    columns = (batch.changefreqs, batch.priorities)
    for column in columns if _are_short(batch) else (batch.lastmods, *columns):
        # A character takes four bytes at most.
        most = LONGEST if column.text.isascii() else LONGEST // 4
        if max(map(len, column.distinct)) > most:
            wrong = {each for each in column.distinct if len(each.encode()) > LONGEST}
            yield from _values(column, wrong, "more than 100 bytes")


@rule("SM214", "entry-too-large", Severity.WARNING, Scope.DOCUMENT)
def entry_too_large(sitemap: SitemapFact) -> Hits:
    """An entry holds more than anybody reads.

    Criterion: a field or the elements of one entry are so many that some of it was left out here.
    Why: Crawlers have such limits, too.
    Mend: Look at what writes the file; no page has thousands of videos.
    Bad: an entry with 20,000 ``image:image``
    Good: an entry with the ten images that matter
    Source: own (our limits, which are above those of all search engines)
    """
    return sitemap.told("field-too-long", "too-many-extensions")


def _are_short(batch: Batch) -> bool:
    """Whether no lastmod can be long: a valid one of XML is only if it has a fraction of a second."""
    sitemap = batch.sitemap
    return sitemap.has_valid_dates and sitemap.kind == Kind.URLSET and "." not in batch.lastmods.text


def _values(column: Column, wrong: AbstractSet[str], what: str) -> Iterator[Hit]:
    """A hit for each value that is one of these."""
    if wrong:
        for index, value in enumerate(column.values):
            if value in wrong:
                yield Hit(f"{what}: {shown(value)}", index=index)
