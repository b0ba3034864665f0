"""Deprecated fields of videos."""

from collections.abc import Mapping
from typing import Any

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
    Why: Google ignores these fields. They do no harm: Google says that they can stay in place without
        drawbacks.
    Fix: Nothing has to be done. Without the fields, the file is smaller.
    Message: deprecated, and ignored by Google: video:category
    Bad::

        <video:video>
          <video:category>Lamps</video:category>
          <video:price currency="EUR">1.99</video:price>
        </video:video>

    Good: a video without these fields
    Source: https://developers.google.com/search/blog/2022/05/spring-cleaning-sitemap-extensions
    See also: SM503 SM537
    """
    places = dict[int, None]()
    found = dict[str, None]()
    for index, video in batch.iter_extension_objects("videos"):
        if names := _list_deprecated(video):
            found.update(dict.fromkeys(names))
            places[index] = None
    if places:
        first, listed = next(iter(places)), ", ".join(sorted(found))
        fields = ", ".join(f"video:{name}" for name in sorted(found))
        message = f"deprecated, and ignored by Google: {fields}"
        yield Hit(message, index=first, count=len(places), cause=listed, places=lambda: places)


def _list_deprecated(video: Mapping[str, Any]) -> list[str]:
    player = video.get("player_loc")
    attributes = [name for name in GONE_ATTRIBUTES if read_attribute(player, name) is not None]
    return [*(name for name in GONE if name in video), *(f"player_loc@{name}" for name in attributes)]
