"""Articles of Google News."""

import re
from collections import Counter

from sitemap_cli.audit.entry_batch import Batch, shown
from sitemap_cli.audit.extension_values import field
from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.language_codes import LANGUAGES, LANGUAGES_3
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.w3c_time import DAY, parse_w3c_exactly

MAX_NEWS = 1_000
OLD = 2 * DAY
CHINESE = ("zh-cn", "zh-tw")
BRACKETS = re.compile(r"\([^()]*\)$")
GONE = ("access", "genres", "keywords", "stock_tickers", "geo_locations")


@rule("SM530", "news-too-many", Severity.ERROR, Scope.DOCUMENT)
def news_too_many(sitemap: SitemapFact) -> Hits:
    """A sitemap has more articles than Google News reads.

    Criterion: more than 1,000 entries with ``news:news`` in one file.
    Why: Google reads 1,000 of a file.
    Mend: Split the file, or leave old articles out.
    Bad: all articles of a year in one file
    Good: the articles of the last two days
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
    """
    count = (sitemap.extensions or {}).get("news", 0)
    if count > MAX_NEWS:
        yield Hit(f"{count:,} articles; the limit is {MAX_NEWS:,}")


@rule("SM531", "news-old", Severity.WARNING, Scope.URL)
def news_old(batch: Batch) -> Hits:
    """An article is no news any longer.

    Criterion: its ``publication_date`` lies more than 48 hours before the time of the fetch.
    Why: Google News wants articles of the last two days only.
    Mend: Take the entry out of the sitemap for news, or its ``news:news`` out of the entry.
    Bad: an article of last month
    Good: an article of this morning
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
    """
    now = batch.sitemap.fetched_at
    for index, news in batch.objects("news"):
        date = field(news, "publication_date")
        then = parse_w3c_exactly(date)
        # A day without its hours is not over before its end.
        if then is not None and now - then > OLD + (DAY if len(date) <= 10 else 0):
            yield Hit(f"published on {shown(date)}", index=index)


@rule("SM532", "news-required", Severity.ERROR, Scope.URL)
def news_required(batch: Batch) -> Hits:
    """An article lacks a field that it must have.

    Criterion: ``publication`` with ``name`` and ``language``, ``publication_date`` or ``title`` is missing or
        empty.
    Why: Google News does not take the article.
    Mend: Add the field.
    Bad: ``<news:news><news:title>Lamps</news:title></news:news>``
    Good: an article with all four
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
    """
    for index, news in batch.objects("news"):
        publication = news.get("publication")
        missing = [name for name in ("name", "language") if not field(publication, name)]
        missing = [f"publication/{name}" for name in missing]
        missing += [name for name in ("publication_date", "title") if not field(news, name)]
        if missing:
            yield Hit(f"missing: {', '.join(missing)}", index=index)


@rule("SM533", "news-language", Severity.ERROR, Scope.URL)
def news_language(batch: Batch) -> Hits:
    """The language of a publication is not told as it has to be.

    Criterion: ``news:language`` is neither a code of two or three letters of ISO 639 nor ``zh-cn`` or
        ``zh-tw``.
    Why: Google News does not know for whom the article is.
    Mend: Write ``en``, ``de``, ``zh-cn``; without a country.
    Bad: ``<news:language>en-US</news:language>``
    Good: ``<news:language>en</news:language>``
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
    """
    for index, news in batch.objects("news"):
        language = field(news.get("publication"), "language")
        known = language in LANGUAGES or language in LANGUAGES_3 or language.lower() in CHINESE
        if language and not known:
            yield Hit(f"not a language of ISO 639: {shown(language)}", index=index)


@rule("SM534", "news-date", Severity.ERROR, Scope.URL)
def news_date(batch: Batch) -> Hits:
    """The date of an article is none, or lies in the future.

    Criterion: ``publication_date`` is no W3C date, or more than a day after the time of the fetch.
    Why: Google News does not take the article.
    Mend: Write when the article was first published, as ``2026-11-01T08:30:00+00:00``.
    Bad: ``<news:publication_date>yesterday</news:publication_date>``
    Good: ``<news:publication_date>2026-11-01T08:30:00+00:00</news:publication_date>``
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
    """
    for index, news in batch.objects("news"):
        date = field(news, "publication_date")
        then = parse_w3c_exactly(date)
        if date and then is None:
            yield Hit(f"no W3C date: {shown(date)}", index=index)
        elif then is not None and then > batch.sitemap.fetched_at + DAY:
            yield Hit(f"in the future: {shown(date)}", index=index)


@rule("SM535", "news-name", Severity.WARNING, Scope.URL)
def news_name(batch: Batch) -> Hits:
    """The name of a publication is not the one that readers see.

    Criterion: ``news:name`` ends with something in brackets, or a file has several names (looked for among
        some 30,000 entries at a time).
    Why: It has to be exactly the name under which Google News shows the publication.
    Mend: Write the name as it stands there, without a country or section.
    Bad: ``<news:name>The Example Times (subscription)</news:name>``
    Good: ``<news:name>The Example Times</news:name>``
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
    """
    names = [(index, field(news.get("publication"), "name")) for index, news in batch.objects("news")]
    for index, name in names:
        if BRACKETS.search(name):
            yield Hit(f"the name ends in brackets: {shown(name)}", index=index)
    common = Counter(name for _, name in names if name).most_common()
    if len(common) > 1:
        usual = common[0][0]
        others = [index for index, name in names if name not in ("", usual)]
        message = f"{len(common):,} names of publications, most often {shown(usual)}"
        yield Hit(message, index=others[0], count=len(others))


@rule("SM536", "news-twice", Severity.ERROR, Scope.DOCUMENT)
def news_twice(sitemap: SitemapFact) -> Hits:
    """An entry has two articles.

    Criterion: more than one ``news:news`` (or ``mobile:mobile``) in one ``url``.
    Why: A page is one article; which of the two counts nobody knows.
    Mend: Keep one.
    Bad: ``<news:news>...</news:news><news:news>...</news:news>``
    Good: ``<news:news>...</news:news>``
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
    """
    return sitemap.told("duplicate-extension")


@rule("SM537", "news-deprecated", Severity.INFO, Scope.URL)
def news_deprecated(batch: Batch) -> Hits:
    """An article has fields that Google no longer reads.

    Criterion: ``access``, ``genres``, ``keywords``, ``stock_tickers`` or ``geo_locations``.
    Why: They make the file longer and say nothing.
    Mend: Leave them away.
    Bad: ``<news:keywords>lamp, shop</news:keywords>``
    Good: an article without it
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
    """
    for index, news in batch.objects("news"):
        if found := [name for name in GONE if name in news]:
            yield Hit(f"no longer read: {', '.join(found)}", index=index)
