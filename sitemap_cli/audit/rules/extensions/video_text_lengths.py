"""Texts of videos above their length limits."""

from collections.abc import Iterator

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.extension_values import read_attribute, read_field
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import textual_host

MAX_DESCRIPTION, MAX_TITLE, MAX_NAME = 2_048, 100, 255


@rule("SM511", Severity.ERROR, Scope.URL)
def video_description_long(batch: Batch) -> Hits:
    """The description of a video is too long.

    Checks: ``video:description`` has more than 2,048 characters.
    Why: Google does not accept longer descriptions.
    Fix: Shorten the description.
    Message: video:description has 2,049 characters; the limit is 2,048
    Bad: a whole article as the description
    Good: two sentences that summarize the video
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/video-sitemaps
    See also: SM512
    """
    return _report_long_fields(batch, "description", MAX_DESCRIPTION)


@rule("SM512", Severity.INFO, Scope.URL)
def video_title_long(batch: Batch) -> Hits:
    """The title of a video is too long.

    Checks: ``video:title`` has more than 100 characters. This limit is from Google's schema; the current
        documentation has none.
    Why: Search results have room for about that much, by our own judgement.
    Fix: Shorten the title.
    Message: video:title has 101 characters; the limit is 100
    Bad: a title of three sentences
    Good::

        <video:title>How to hang a lamp</video:title>

    Source: https://www.google.com/schemas/sitemap-video/1.1/sitemap-video.xsd
    See also: SM511
    """
    return _report_long_fields(batch, "title", MAX_TITLE)


@rule("SM520", Severity.WARNING, Scope.URL)
def video_uploader(batch: Batch) -> Hits:
    """The name of a video's uploader is too long.

    Checks: ``video:uploader`` has more than 255 characters.
    Why: Google does not accept longer names.
    Fix: Write only the name.
    Message: video:uploader has 256 characters; the limit is 255
    Bad: a biography
    Good::

        <video:uploader>Lamp Shop</video:uploader>

    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/video-sitemaps
    See also: SM524
    """
    return _report_long_fields(batch, "uploader", MAX_NAME)


@rule("SM524", Severity.WARNING, Scope.URL)
def video_uploader_info(batch: Batch) -> Hits:
    """The page about a video's uploader is on another domain.

    Checks: The host of the attribute ``info`` of ``video:uploader`` differs from that of ``loc``, apart from
        ``www.`` and from subdomains of one another.
    Why: Google requires that the URL is in the same domain as ``loc``.
    Fix: Link to a page about the uploader on your own site, or remove the attribute.
    Message: info of video:uploader is on another domain: https://www.youtube.com/@lamps
    Bad::

        <video:uploader info="https://www.youtube.com/@lamps">
          Lamp Shop
        </video:uploader>

    Good::

        <video:uploader info="https://example.com/team">
          Lamp Shop
        </video:uploader>

    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/video-sitemaps
    See also: SM520
    """
    for index, video in batch.iter_extension_objects("videos"):
        info = read_attribute(video.get("uploader"), "info")
        if info and not _are_in_one_domain(info, batch.locs.values[index]):
            yield Hit(
                f"info of video:uploader is on another domain: {format_value(info)}", index=index, value=info
            )


def _are_in_one_domain(one: str, other: str) -> bool:
    """Return whether the hosts of two URLs are the same, or one is a subdomain of the other."""
    hosts = [textual_host(each).partition(":")[0].removeprefix("www.") for each in (one, other)]
    shorter, longer = sorted(hosts, key=len)
    return longer == shorter or longer.endswith(f".{shorter}")


def _report_long_fields(batch: Batch, name: str, most: int) -> Iterator[Hit]:
    for index, video in batch.iter_extension_objects("videos"):
        length = len(read_field(video, name))
        if length > most:
            yield Hit(f"video:{name} has {length:,} characters; the limit is {most:,}", index=index)
