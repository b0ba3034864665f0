"""Images of pages, and extensions that nobody reads any longer."""

from sitemap_cli.audit.entry_batch import Batch, shown
from sitemap_cli.audit.extension_values import field, is_address
from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import textual_origin

GONE = ("caption", "geo_location", "title", "license")


@rule("SM501", "image-too-many", Severity.ERROR, Scope.DOCUMENT)
def image_too_many(sitemap: SitemapFact) -> Hits:
    """An entry has more images than Google reads.

    Criterion: more than 1,000 ``image:image`` in one ``url``; so many are recorded.
    Why: Google reads 1,000 images of a page.
    Mend: List the images that matter, or spread them over several pages.
    Bad: an entry with 1,200 images
    Good: an entry with 12 images
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/image-sitemaps
    """
    return sitemap.told("too-many-images")


@rule("SM502", "image-loc", Severity.ERROR, Scope.URL)
def image_loc(batch: Batch) -> Hits:
    """An image has no address, or none that can be fetched.

    Criterion: ``image:loc`` is missing, empty or no absolute http or https address. For information only:
        the image lies on another host, which has to be verified in the Search Console, too.
    Why: Without its address there is no image.
    Mend: Write the whole address into ``image:loc``.
    Bad: ``<image:loc>/img/lamp.jpg</image:loc>``
    Good: ``<image:loc>https://example.com/img/lamp.jpg</image:loc>``
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/image-sitemaps
    """
    own = batch.sitemap.own
    for index, image in batch.objects("images"):
        loc = field(image, "loc")
        if not loc:
            yield Hit("an image without an address", index=index)
        elif not is_address(loc):
            yield Hit(f"not an address of an image: {shown(loc)}", index=index)
        elif not loc.startswith(own) and textual_origin(loc) != own:
            yield Hit(f"the image lies on another host: {shown(loc)}", severity=Severity.INFO, index=index)


@rule("SM503", "image-deprecated", Severity.INFO, Scope.URL)
def image_deprecated(batch: Batch) -> Hits:
    """An image has fields that Google no longer reads.

    Criterion: ``caption``, ``geo_location``, ``title`` or ``license``; Google dropped them in 2022.
    Why: They make the file longer and say nothing.
    Mend: Leave them away; a license belongs into the structured data of the page.
    Bad: ``<image:title>Lamp</image:title>``
    Good: ``<image:loc>https://example.com/img/lamp.jpg</image:loc>`` alone
    Source: https://developers.google.com/search/blog/2022/05/spring-cleaning-sitemap-extensions
    """
    if not any(f'"{name}":' in batch.extensions.text for name in GONE):
        return
    for index, images in batch.extended("images"):
        found = [name for name in GONE if any(name in each for each in images)]
        if found:
            yield Hit(f"no longer read: {', '.join(found)}", index=index)


@rule("SM550", "obsolete-extension", Severity.INFO, Scope.URL)
def obsolete_extension(batch: Batch) -> Hits:
    """Entries have an extension that search engines no longer read.

    Criterion: ``mobile:mobile`` or ``pagemap:PageMap``.
    Why: Pages for phones are recognized by themselves, and PageMaps are for Programmable Search alone.
    Mend: Leave them away, unless it is for Baidu or for a Programmable Search of your own.
    Bad: ``<mobile:mobile/>``
    Good: an entry without it
    Source: https://support.google.com/webmasters/answer/34648 https://developers.google.com/custom-search/docs/structured_data
    """
    for key in ("mobile", "pagemap"):
        places = [index for index, _ in batch.extended(key)]
        if places:
            yield Hit(f"{key}: hardly anybody reads it", index=places[0], count=len(places))
