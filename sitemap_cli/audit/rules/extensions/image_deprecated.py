"""Deprecated fields of images."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

GONE = ("caption", "geo_location", "title", "license")


@rule("SM503", Severity.INFO, Scope.URL)
def image_deprecated(batch: Batch) -> Hits:
    """An image has deprecated fields.

    Checks: An image has a ``caption``, ``geo_location``, ``title`` or ``license``. Google deprecated them in
        2022.
    Why: Google ignores these fields, and they make the file larger.
    Fix: Remove the fields. Put a license into the structured data of the page.
    Bad: ``<image:title>Lamp</image:title>``
    Good: only ``<image:loc>https://example.com/img/lamp.jpg</image:loc>``
    Source: https://developers.google.com/search/blog/2022/05/spring-cleaning-sitemap-extensions
    """
    if not any(f'"{name}":' in batch.extensions.text for name in GONE):
        return
    for index, images in batch.iter_extensions("images"):
        found = [name for name in GONE if any(name in each for each in images)]
        if found:
            yield Hit(f"deprecated fields: {', '.join(found)}", index=index)
