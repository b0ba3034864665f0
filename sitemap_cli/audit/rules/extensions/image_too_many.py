"""Entries with too many images."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM501", Severity.ERROR, Scope.DOCUMENT)
def image_too_many(sitemap: SitemapFact) -> Hits:
    """An entry has more images than Google reads.

    Checks: One ``url`` has more than 1,000 ``image:image`` elements. Only the first 1,000 are recorded.
    Why: Google reads at most 1,000 images per page.
    Fix: List the most important images, or distribute the images over several pages.
    Message: too many elements in one entry: 1 image:image were left out
    Bad: an entry with 1,200 images
    Good: an entry with 12 images
    Systems:
        Shopify: lists one image for each product by itself; apps that write image sitemaps may
            list more.
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/image-sitemaps
    See also: SM214 SM502
    """
    return sitemap.report_problems("too-many-images")
