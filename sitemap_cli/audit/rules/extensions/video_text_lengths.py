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

    Checks: ``video:description`` has more than 2,048 characters.
    Why: Google does not accept longer descriptions.
    Fix: Shorten the description.
    Bad: a whole article as the description
    Good: two sentences that summarize the video
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/video-sitemaps
    """
    return _report_long_fields(batch, "description", MAX_DESCRIPTION)


@rule("SM512", Severity.INFO, Scope.URL)
def video_title_long(batch: Batch) -> Hits:
    """The title of a video is too long.

    Checks: ``video:title`` has more than 100 characters. This limit is from an earlier version of Google's
        documentation; the current version has none.
    Why: Search engines truncate long titles.
    Fix: Shorten the title.
    Bad: a title of three sentences
    Good: ``<video:title>How to hang a lamp</video:title>``
    Source: https://www.google.com/schemas/sitemap-video/1.1/sitemap-video.xsd
    """
    return _report_long_fields(batch, "title", MAX_TITLE)


@rule("SM520", Severity.WARNING, Scope.URL)
def video_uploader(batch: Batch) -> Hits:
    """The name of a video's uploader is too long.

    Checks: ``video:uploader`` has more than 255 characters.
    Why: Google does not accept longer names.
    Fix: Write only the name.
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
