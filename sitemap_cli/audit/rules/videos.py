"""Videos of pages: what they must have, and what they no longer need."""

from collections.abc import Iterator

from sitemap_cli.audit.entry_batch import Batch, shown
from sitemap_cli.audit.extension_values import attribute, field, is_address
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

REQUIRED = ("thumbnail_loc", "title", "description")
PLACES = ("content_loc", "player_loc")
MAX_DESCRIPTION, MAX_TITLE, MAX_TAGS, MAX_NAME = 2_048, 100, 32, 255
GONE = ("category", "gallery_loc", "gallery_title", "price", "tvshow")
GONE_ATTRIBUTES = ("allow_embed", "autoplay")


@rule("SM510", "video-required", Severity.ERROR, Scope.URL)
def video_required(batch: Batch) -> Hits:
    """A video lacks a field that it must have.

    Criterion: ``thumbnail_loc``, ``title`` or ``description`` is missing or empty, or both ``content_loc``
        and ``player_loc`` are; or one of the addresses is no absolute http or https address.
    Why: Google does not index the video.
    Mend: Add the field.
    Bad: ``<video:video><video:title>Lamp</video:title></video:video>``
    Good: a video with ``thumbnail_loc``, ``title``, ``description`` and ``content_loc``
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/video-sitemaps
    """
    for index, video in batch.objects("videos"):
        missing = [name for name in REQUIRED if not field(video, name)]
        if not any(field(video, name) for name in PLACES):
            missing.append("content_loc or player_loc")
        if missing:
            yield Hit(f"missing: {', '.join(missing)}", index=index)
        for name in ("thumbnail_loc", *PLACES):
            if (value := field(video, name)) and not is_address(value):
                yield Hit(f"{name} is no address: {shown(value)}", index=index)


@rule("SM511", "video-description-long", Severity.ERROR, Scope.URL)
def video_description_long(batch: Batch) -> Hits:
    """The description of a video is too long.

    Criterion: more than 2,048 characters in ``video:description``.
    Why: Google takes no longer ones.
    Mend: Shorten it.
    Bad: a whole article as the description
    Good: two sentences that say what is to be seen
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/video-sitemaps
    """
    return _longer(batch, "description", MAX_DESCRIPTION)


@rule("SM512", "video-title-long", Severity.INFO, Scope.URL)
def video_title_long(batch: Batch) -> Hits:
    """The title of a video is long.

    Criterion: more than 100 characters in ``video:title``; a limit of Google's earlier documentation, which
        the present one no longer names.
    Why: It is cut wherever it is shown.
    Mend: Shorten it.
    Bad: a title of three sentences
    Good: ``<video:title>How to hang a lamp</video:title>``
    Source: https://www.google.com/schemas/sitemap-video/1.1/sitemap-video.xsd
    """
    return _longer(batch, "title", MAX_TITLE)


@rule("SM513", "video-loc-same", Severity.ERROR, Scope.URL)
def video_loc_same(batch: Batch) -> Hits:
    """The address of a video is that of its page.

    Criterion: ``content_loc`` or ``player_loc`` equals the ``loc`` of the entry.
    Why: One is the page, the others are the file and the player; Google rejects the video.
    Mend: Write the address of the file into ``content_loc``, that of the player into ``player_loc``.
    Bad: ``<loc>`` and ``<video:player_loc>`` are both ``https://example.com/watch/1``
    Good: ``<video:content_loc>https://example.com/files/1.mp4</video:content_loc>``
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/video-sitemaps
    """
    for index, video in batch.objects("videos"):
        for name in PLACES:
            if field(video, name) == batch.locs.values[index]:
                yield Hit(f"{name} is the address of the page", index=index)


@rule("SM516", "video-tags", Severity.ERROR, Scope.URL)
def video_tags(batch: Batch) -> Hits:
    """A video has more tags than Google reads.

    Criterion: more than 32 ``video:tag``.
    Why: Google takes 32.
    Mend: Keep those that describe the video best.
    Bad: a video with 60 tags
    Good: a video with 5 tags
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/video-sitemaps
    """
    for index, video in batch.objects("videos"):
        tags = video.get("tag", ())
        if isinstance(tags, list) and len(tags) > MAX_TAGS:
            yield Hit(f"{len(tags):,} tags; the limit is {MAX_TAGS}", index=index)


@rule("SM520", "video-uploader", Severity.WARNING, Scope.URL)
def video_uploader(batch: Batch) -> Hits:
    """The name of who uploaded a video is too long.

    Criterion: more than 255 characters in ``video:uploader``.
    Why: Google takes no longer ones.
    Mend: Write the name alone.
    Bad: a biography
    Good: ``<video:uploader>Lamp Shop</video:uploader>``
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/video-sitemaps
    """
    return _longer(batch, "uploader", MAX_NAME)


@rule("SM521", "video-deprecated", Severity.INFO, Scope.URL)
def video_deprecated(batch: Batch) -> Hits:
    """A video has fields that Google no longer reads.

    Criterion: ``category``, ``gallery_loc``, ``gallery_title``, ``price`` or ``tvshow``, or an attribute
        ``allow_embed`` or ``autoplay`` of ``player_loc``; Google dropped them in 2022.
    Why: They make the file longer and say nothing.
    Mend: Leave them away.
    Bad: ``<video:category>Lamps</video:category>``
    Good: a video without it
    Source: https://developers.google.com/search/blog/2022/05/spring-cleaning-sitemap-extensions
    """
    for index, video in batch.objects("videos"):
        found = [name for name in GONE if name in video]
        player = video.get("player_loc")
        found += [f"player_loc@{name}" for name in GONE_ATTRIBUTES if attribute(player, name) is not None]
        if found:
            yield Hit(f"no longer read: {', '.join(found)}", index=index)


def _longer(batch: Batch, name: str, most: int) -> Iterator[Hit]:
    for index, video in batch.objects("videos"):
        length = len(field(video, name))
        if length > most:
            yield Hit(f"{name} has {length:,} characters; the limit is {most:,}", index=index)
