"""Images on other hosts than the pages that show them."""

from collections import defaultdict
from functools import partial

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.extension_values import is_absolute_url, read_field
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import textual_host

MAX_HOSTS = 100
"""Hosts to tell apart in one batch."""


@rule("SM504", Severity.INFO, Scope.URL)
def image_foreign_host(batch: Batch) -> Hits:
    """Images are on another host than the sitemap.

    Checks: The host of ``image:loc`` differs from that of the sitemap, as for images on a CDN. A subdomain of
        it is in order, because a domain property of Search Console has both. Each host is reported once for
        about 30,000 entries, at the first entry with such an image.
    Why: For Google this is fine if both domains are verified in Search Console. The host of a platform, such
        as ``cdn.shopify.com``, cannot be verified by its customers, and there is nothing to do.
    Fix: Verify the domain of the images in Search Console, if it is yours.
    Message: 60 images are on cdn.shopify.com; fine for Google if that domain is verified in Search Console
    Bad: ``https://example.com/sitemap.xml`` lists an image of a CDN::

        <image:image>
          <image:loc>https://cdn.example.net/img/lamp.jpg</image:loc>
        </image:image>

    Good::

        <image:image>
          <image:loc>https://example.com/img/lamp.jpg</image:loc>
        </image:image>

    Systems:
        Shopify: images are on ``cdn.shopify.com``, which no merchant can verify; nothing has to
            be done.
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/image-sitemaps
    See also: SM502 SM508
    """
    own, begin = textual_host(batch.sitemap.origin), batch.sitemap.origin
    images = defaultdict[str, int](int)
    places = defaultdict[str, dict[int, None]](dict)
    for index, image in batch.iter_extension_objects("images"):
        loc = read_field(image, "loc")
        if loc.startswith(begin) or not is_absolute_url(loc):
            continue
        host = textual_host(loc)
        if host == own or host.endswith(f".{own}"):
            continue
        if host in images or len(images) < MAX_HOSTS:
            images[host] += 1
            places[host][index] = None
    for host, count in images.items():
        entries = list(places[host])
        what = f"{count:,} image{'s are' if count > 1 else ' is'} on {format_value(host)}"
        message = f"{what}; fine for Google if that domain is verified in Search Console"
        every = partial(iter, entries)
        yield Hit(message, index=entries[0], count=len(entries), value=host, cause=host, places=every)
