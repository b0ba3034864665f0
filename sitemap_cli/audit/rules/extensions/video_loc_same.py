"""Videos whose URL is that of a page."""

import re

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.extension_values import read_field
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import are_equivalent

PLACES = ("content_loc", "player_loc")
PAGE = re.compile(r"[a-z]+://[^?#]*\.(?:html?|xhtml|swf)(?:[?#].*)?", re.IGNORECASE)
# The pages on which large video hosts show a video, and their players.
HOSTED = re.compile(
    r"https?://(?:"
    r"(?:www\.|m\.)?youtube(?:-nocookie)?\.com/(?:watch|embed|shorts|live|v)\b|youtu\.be/"
    r"|(?:www\.|player\.)?vimeo\.com/(?:video/)?[0-9]"
    r"|(?:www\.)?dailymotion\.com/(?:embed/)?video/|dai\.ly/"
    r"|(?:www\.)?facebook\.com/.*videos?/|(?:www\.)?tiktok\.com/@|(?:www\.)?twitch\.tv/"
    r"|(?:www\.)?instagram\.com/(?:p|reel|tv)/|rutube\.ru/video/|(?:www\.)?bilibili\.com/video/"
    r")",
    re.IGNORECASE,
)


@rule("SM513", Severity.ERROR, Scope.URL)
def video_loc_same(batch: Batch) -> Hits:
    """The URL of a video is the URL of its page.

    Checks: ``content_loc`` or ``player_loc`` is the ``loc`` of the entry, in whichever spelling.
    Why: Google rejects the video: the fields must point to the video file and the player, not to the page.
    Fix: Write the URL of the file into ``content_loc`` and the URL of the player into ``player_loc``.
    Message: video:content_loc is the URL of the page
    Bad::

        <url>
          <loc>https://example.com/watch/1</loc>
          <video:video>
            <video:player_loc>https://example.com/watch/1</video:player_loc>
          </video:video>
        </url>

    Good::

        <url>
          <loc>https://example.com/watch/1</loc>
          <video:video>
            <video:content_loc>https://example.com/1.mp4</video:content_loc>
          </video:video>
        </url>

    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/video-sitemaps
    See also: SM510 SM523
    """
    for index, video in batch.iter_extension_objects("videos"):
        for name in PLACES:
            url = read_field(video, name)
            if url and are_equivalent(url, batch.locs.values[index]):
                yield Hit(f"video:{name} is the URL of the page", index=index)


@rule("SM523", Severity.ERROR, Scope.URL)
def video_content_is_page(batch: Batch) -> Hits:
    """The URL of a video file is that of a page or a player.

    Checks: ``content_loc`` ends with ``.html``, ``.htm``, ``.xhtml`` or ``.swf``, or is a page or a player of
        a video host such as YouTube or Vimeo.
    Why: ``content_loc`` is the file of the video, and Google supports neither HTML nor Flash there.
    Fix:
        - video host: Remove ``content_loc``, and write the URL of the player into ``player_loc``:
          ``https://www.youtube.com/embed/ID``.
        - page: Write the URL of the video file, such as an ``.mp4``, into ``content_loc``, or the URL of
          the player into ``player_loc``.

    Message: video:content_loc is not a video file: https://example.com/watch/1.html
    Bad::

        <video:content_loc>https://www.youtube.com/watch?v=1</video:content_loc>

    Good::

        <video:player_loc>https://www.youtube.com/embed/1</video:player_loc>

    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/video-sitemaps
    See also: SM510 SM513
    """
    for index, video in batch.iter_extension_objects("videos"):
        url = read_field(video, "content_loc")
        if HOSTED.match(url):
            message = (
                f"video:content_loc is a page or player of a video host, not a file: {format_value(url)}"
            )
            yield Hit(message, index=index, value=url, fix="video host")
        elif PAGE.fullmatch(url):
            message = f"video:content_loc is not a video file: {format_value(url)}"
            yield Hit(message, index=index, value=url, fix="page")
