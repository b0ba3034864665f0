"""Videos without a required field."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.extension_values import is_absolute_url, read_field
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

REQUIRED = ("thumbnail_loc", "title", "description")
PLACES = ("content_loc", "player_loc")


@rule("SM510", Severity.ERROR, Scope.URL)
def video_required(batch: Batch) -> Hits:
    """A video lacks a required field.

    Checks: ``thumbnail_loc``, ``title`` or ``description`` is missing or empty, both ``content_loc`` and
        ``player_loc`` are missing or empty, or a URL is not an absolute http or https URL.
    Why: Google does not index the video.
    Fix: Add the field. Without a title, a description and a thumbnail, leave the video out of the
        sitemap.

        - relative URL: Write the absolute URL, beginning with ``https://``.

    Message: missing: video:content_loc or video:player_loc
    Bad::

        <video:video>
          <video:title>How to hang a lamp</video:title>
        </video:video>

    Good::

        <video:video>
          <video:thumbnail_loc>https://example.com/1.jpg</video:thumbnail_loc>
          <video:title>How to hang a lamp</video:title>
          <video:description>Three steps with a drill</video:description>
          <video:content_loc>https://example.com/1.mp4</video:content_loc>
        </video:video>

    Systems:
        Next.js: ``videos`` in ``app/sitemap.ts`` writes title, thumbnail and description as they are
            given, an undefined one as ``undefined``.
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/video-sitemaps
    See also: SM513 SM523 SM551
    """
    for index, video in batch.iter_extension_objects("videos"):
        missing = [name for name in REQUIRED if not read_field(video, name)]
        if not any(read_field(video, name) for name in PLACES):
            missing.append("content_loc or video:player_loc")
        if missing:
            yield Hit(f"missing: {', '.join(f'video:{name}' for name in missing)}", index=index)
        for name in ("thumbnail_loc", *PLACES):
            if (value := read_field(video, name)) and not is_absolute_url(value):
                message = f"video:{name} is not an absolute URL: {format_value(value)}"
                yield Hit(message, index=index, value=value, fix="relative URL")
