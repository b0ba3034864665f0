"""News articles without a required field."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.extension_values import read_field
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM532", Severity.ERROR, Scope.URL)
def news_required(batch: Batch) -> Hits:
    """A news article lacks a required field.

    Checks: ``publication`` with ``name`` and ``language``, ``publication_date`` or ``title`` is missing or
        empty.
    Why: Google News does not accept the article.
    Fix: Add the missing field. Google requires the name and the language of the publication, the
        publication date and the title.
    Message: missing: news:name, news:language, news:publication_date
    Bad::

        <news:news>
          <news:title>Companies in merger talks</news:title>
        </news:news>

    Good::

        <news:news>
          <news:publication>
            <news:name>The Example Times</news:name>
            <news:language>en</news:language>
          </news:publication>
          <news:publication_date>2026-11-29T08:30:00Z</news:publication_date>
          <news:title>Companies in merger talks</news:title>
        </news:news>

    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
    See also: SM533 SM534 SM535 SM551
    """
    for index, news in batch.iter_extension_objects("news"):
        publication = news.get("publication")
        missing = [name for name in ("name", "language") if not read_field(publication, name)]
        missing += [name for name in ("publication_date", "title") if not read_field(news, name)]
        if missing:
            yield Hit(f"missing: {', '.join(f'news:{name}' for name in missing)}", index=index)
