"""Videos with too many tags."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

MAX_TAGS = 32


@rule("SM516", Severity.ERROR, Scope.URL)
def video_tags(batch: Batch) -> Hits:
    """A video has more tags than Google reads.

    Checks: A video has more than 32 ``video:tag`` elements.
    Why: Google reads at most 32 tags.
    Fix: Keep the tags that describe the video best.
    Message: 33 video:tag elements; the limit is 32
    Bad: a video with 60 tags
    Good: a video with 5 tags
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/video-sitemaps
    See also: SM214
    """
    for index, video in batch.iter_extension_objects("videos"):
        tags = video.get("tag", ())
        if isinstance(tags, list) and len(tags) > MAX_TAGS:
            yield Hit(f"{len(tags):,} video:tag elements; the limit is {MAX_TAGS}", index=index)
