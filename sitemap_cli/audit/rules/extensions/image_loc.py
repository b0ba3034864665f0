"""Images without a usable URL."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.extension_values import is_absolute_url, read_field
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM502", Severity.ERROR, Scope.URL)
def image_loc(batch: Batch) -> Hits:
    """An image has no valid URL.

    Checks: ``image:loc`` is not an absolute http or https URL. SM504 reports images on other hosts.
    Why: Search engines cannot find the image without its URL.
    Fix: Write the absolute URL into ``image:loc``.
    Message: image:loc is not an absolute URL: /i.png
    Bad::

        <url>
          <loc>https://example.com/lamp</loc>
          <image:image>
            <image:loc>/img/lamp.jpg</image:loc>
          </image:image>
        </url>

    Good::

        <url>
          <loc>https://example.com/lamp</loc>
          <image:image>
            <image:loc>https://example.com/img/lamp.jpg</image:loc>
          </image:image>
        </url>

    Systems:
        Next.js: the strings in ``images`` of ``app/sitemap.ts`` are printed as they are; write
            absolute URLs.
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/image-sitemaps
    See also: SM302 SM504 SM508 SM551
    """
    for index, image in batch.iter_extension_objects("images"):
        loc = read_field(image, "loc")
        if not is_absolute_url(loc):
            yield Hit(f"image:loc is not an absolute URL: {format_value(loc)}", index=index, value=loc)
