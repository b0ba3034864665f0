"""Deprecated fields of videos."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.extension_values import read_attribute
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

GONE = ("category", "gallery_loc", "gallery_title", "price", "tvshow")
GONE_ATTRIBUTES = ("allow_embed", "autoplay")


@rule("SM521", Severity.INFO, Scope.URL)
def video_deprecated(batch: Batch) -> Hits:
    """A video has deprecated fields.

    Checks: A video has a ``category``, ``gallery_loc``, ``gallery_title``, ``price`` or ``tvshow``, or an
        attribute ``allow_embed`` or ``autoplay`` of ``player_loc``. Google deprecated them in 2022.
    Why: Google ignores these fields, and they make the file larger.
    Fix: Remove the fields.
    Bad: ``<video:category>Lamps</video:category>``
    Good: a video without ``video:category``
    Source: https://developers.google.com/search/blog/2022/05/spring-cleaning-sitemap-extensions
    """
    for index, video in batch.iter_extension_objects("videos"):
        found = [name for name in GONE if name in video]
        player = video.get("player_loc")
        found += [
            f"player_loc@{name}" for name in GONE_ATTRIBUTES if read_attribute(player, name) is not None
        ]
        if found:
            yield Hit(f"deprecated fields: {', '.join(found)}", index=index)
