"""Videos with the URL of their page."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.extension_values import read_field
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import are_equivalent

PLACES = ("content_loc", "player_loc")


@rule("SM513", Severity.ERROR, Scope.URL)
def video_loc_same(batch: Batch) -> Hits:
    """The URL of a video is the URL of its page.

    Checks: ``content_loc`` or ``player_loc`` is the ``loc`` of the entry, in whichever spelling.
    Why: Google rejects the video: the fields must point to the video file and the player, not to the page.
    Fix: Write the URL of the file into ``content_loc`` and the URL of the player into ``player_loc``.
    Bad: ``<loc>`` and ``<video:player_loc>`` are both ``https://example.com/watch/1``
    Good: ``<video:content_loc>https://example.com/files/1.mp4</video:content_loc>``
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/video-sitemaps
    """
    for index, video in batch.iter_extension_objects("videos"):
        for name in PLACES:
            url = read_field(video, name)
            if url and are_equivalent(url, batch.locs.values[index]):
                yield Hit(f"{name} is the URL of the page", index=index)
