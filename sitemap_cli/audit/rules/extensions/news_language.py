"""Languages of news publications."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.extension_values import read_field
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.language_codes import LANGUAGES
from sitemap_cli.audit.language_codes_3 import LANGUAGES_3
from sitemap_cli.audit.language_suggestions import suggest_news_language
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

CHINESE = ("zh-cn", "zh-tw")


@rule("SM533", Severity.ERROR, Scope.URL)
def news_language(batch: Batch) -> Hits:
    """The language of a publication is not a valid code.

    Checks: ``news:language`` is neither an ISO 639 code of two or three letters, in lower case, nor ``zh-cn``
        or ``zh-tw``.
    Why: Google News cannot tell which readers the article is for.
    Fix: Write the bare code of the language, without a country: ``en``, ``de``, ``fil`` or ``zh-cn``.
    Message: `en-US` in news:language is not a language code alone; use `en`
    Bad::

        <news:publication>
          <news:name>The Example Times</news:name>
          <news:language>en-US</news:language>
        </news:publication>

    Good::

        <news:publication>
          <news:name>The Example Times</news:name>
          <news:language>en</news:language>
        </news:publication>

    Systems:
        WordPress: the locale of the site (``en_US``) must be cut to its language by the plugin
            that writes the file.
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
        https://www.google.com/schemas/sitemap-news/0.9/sitemap-news.xsd
    See also: SM532 SM542
    """
    for index, news in batch.iter_extension_objects("news"):
        language = read_field(news.get("publication"), "language")
        known = language in LANGUAGES or language in LANGUAGES_3 or language.lower() in CHINESE
        if language and not known:
            meant = suggest_news_language(language)
            message = f"`{format_value(language)}` in news:language {_explain(language)}"
            use = f"; use `{meant}`" if meant else ""
            yield Hit(f"{message}{use}", index=index, value=language, cause=language)


def _explain(language: str) -> str:
    first = language.partition("-")[0].partition("_")[0].lower()
    if first != language.lower() and first in LANGUAGES:
        return "is not a language code alone"
    return "must be in lower case" if first in LANGUAGES else "is not a language code of ISO 639"
