"""Texts of videos above their length limits."""

from collections.abc import Iterator

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.extension_values import read_field
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

MAX_DESCRIPTION, MAX_TITLE, MAX_NAME = 2_048, 100, 255


@rule("SM511", Severity.ERROR, Scope.URL)
def video_description_long(batch: Batch) -> Hits:
    """The description of a video is too long.

    Checks: more than 2,048 characters in ``video:description``.
    Why: Google takes no longer ones.
    Fix: Shorten it.
    Bad: a whole article as the description
    Good: two sentences that say what is to be seen
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/video-sitemaps
    """
    return _report_long_fields(batch, "description", MAX_DESCRIPTION)


@rule("SM512", Severity.INFO, Scope.URL)
def video_title_long(batch: Batch) -> Hits:
    """The title of a video is long.

    Checks: more than 100 characters in ``video:title``; a limit of Google's earlier documentation, which
        the present one no longer names.
    Why: It is cut wherever it is shown.
    Fix: Shorten it.
    Bad: a title of three sentences
    Good: ``<video:title>How to hang a lamp</video:title>``
    Source: https://www.google.com/schemas/sitemap-video/1.1/sitemap-video.xsd
    """
    return _report_long_fields(batch, "title", MAX_TITLE)


@rule("SM520", Severity.WARNING, Scope.URL)
def video_uploader(batch: Batch) -> Hits:
    """The name of who uploaded a video is too long.

    Checks: more than 255 characters in ``video:uploader``.
    Why: Google takes no longer ones.
    Fix: Write the name alone.
    Bad: a biography
    Good: ``<video:uploader>Lamp Shop</video:uploader>``
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/video-sitemaps
    """
    return _report_long_fields(batch, "uploader", MAX_NAME)


def _report_long_fields(batch: Batch, name: str, most: int) -> Iterator[Hit]:
    for index, video in batch.iter_extension_objects("videos"):
        length = len(read_field(video, name))
        if length > most:
            yield Hit(f"{name} has {length:,} characters; the limit is {most:,}", index=index)
