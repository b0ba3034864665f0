"""Deprecated fields of images."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

GONE = ("caption", "geo_location", "title", "license")


@rule("SM503", Severity.INFO, Scope.URL)
def image_deprecated(batch: Batch) -> Hits:
    """An image has deprecated fields.

    Checks: An image has a ``caption``, ``geo_location``, ``title`` or ``license``, which Google deprecated in
        2022.
    Why: Google ignores these fields. They do no harm: Google says that they can stay in place without
        drawbacks.
    Fix: Nothing has to be done. Without the fields, the file is smaller. A license belongs to the structured
        data of the page.
    Message: deprecated, and ignored by Google: image:title
    Bad::

        <image:image>
          <image:loc>https://example.com/img/lamp.jpg</image:loc>
          <image:title>Lamp</image:title>
        </image:image>

    Good::

        <image:image>
          <image:loc>https://example.com/img/lamp.jpg</image:loc>
        </image:image>

    Systems:
        Shopify: writes ``image:title`` and ``image:caption``; a merchant cannot change that, and
            need not.
        Magento: writes ``image:title`` and ``image:caption`` where Stores > Configuration >
            Catalog > XML Sitemap includes images.
    Source: https://developers.google.com/search/blog/2022/05/spring-cleaning-sitemap-extensions
    See also: SM521 SM537
    """
    if not any(f'"{name}":' in batch.extensions.text for name in GONE):
        return
    places = dict[int, None]()
    found = set[str]()
    for index, image in batch.iter_extension_objects("images"):
        if names := [name for name in GONE if name in image]:
            found.update(names)
            places[index] = None
    if places:
        names = [name for name in GONE if name in found]
        listed = ", ".join(names)
        message = f"deprecated, and ignored by Google: {', '.join(f'image:{name}' for name in names)}"
        first = next(iter(places))
        yield Hit(message, index=first, count=len(places), cause=listed, places=lambda: places)
