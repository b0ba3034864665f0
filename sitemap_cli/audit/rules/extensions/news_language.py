"""Languages of news publications."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.extension_values import read_field
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.language_codes import LANGUAGES, LANGUAGES_3
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

CHINESE = ("zh-cn", "zh-tw")


@rule("SM533", Severity.ERROR, Scope.URL)
def news_language(batch: Batch) -> Hits:
    """The language of a publication is not a valid code.

    Checks: ``news:language`` is neither an ISO 639 code of two or three letters nor ``zh-cn`` or ``zh-tw``.
    Why: Google News cannot tell which readers the article is for.
    Fix: Write ``en``, ``de`` or ``zh-cn``, without a country.
    Bad: ``<news:language>en-US</news:language>``
    Good: ``<news:language>en</news:language>``
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
    """
    for index, news in batch.iter_extension_objects("news"):
        language = read_field(news.get("publication"), "language")
        known = language in LANGUAGES or language in LANGUAGES_3 or language.lower() in CHINESE
        if language and not known:
            yield Hit(f"invalid language code: {format_value(language)}", index=index, value=language)
