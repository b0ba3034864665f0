"""Images, videos and news that robots.txt disallows for the crawlers of Google that are for them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.extension_values import is_absolute_url, read_field
from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.gathered_facts import Audience, Permission
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.robots_blocks import (
    describe_block,
    find_blocks,
    name_rule,
    name_share,
    report_blocks,
    select_permissions,
    view_urls,
)
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

GOOGLEBOT_IMAGE, GOOGLEBOT_VIDEO = "Googlebot-Image", "Googlebot-Video"


class Media(NamedTuple):
    """The URL of an image or video, and the position of its entry."""

    url: str
    at: int


@rule(
    "SM508",
    Severity.WARNING,
    Scope.URL,
    needs=("permissions",),
    summarize=lambda message, count, _: f"{message}, {count:,} image{'' if count == 1 else 's'}",
)
def image_disallowed(batch: Batch) -> Hits:
    """robots.txt disallows images for Googlebot-Image.

    Checks: The robots.txt of the image's own host disallows its URL for Googlebot-Image, which obeys the
        group of Googlebot if it has none, or else that of ``*``. Nothing is fetched: hosts whose robots.txt
        was not read for the site are not judged. There is one finding for each line of robots.txt. The rule
        does not run for other engines than Google.
    Why: Google cannot show the image in Google Images, nor beside the page in other results.
    Fix: Allow the images in robots.txt, or remove them from the sitemap.
    Message: Blocked by robots.txt for Googlebot-Image: `Disallow: /media/` (line 2), 2 images
    Bad: the sitemap lists images below ``/media/``::

        User-agent: *
        Disallow: /media/

    Good::

        User-agent: *
        Disallow: /media/

        User-agent: Googlebot-Image
        Allow: /media/

    Systems:
        Magento: some robots.txt samples disallow ``/media/``, where the product images are;
            remove that line.
    Source: https://developers.google.com/search/docs/appearance/google-images
        https://developers.google.com/crawling/docs/crawlers-fetchers/google-common-crawlers
    See also: SM502 SM528 SM706
    """
    images = (Media(read_field(image, "loc"), at) for at, image in _iter_objects(batch, "images"))
    return _report_media(batch, Audience.IMAGE, images, (GOOGLEBOT_IMAGE,))


@rule(
    "SM528",
    Severity.ERROR,
    Scope.URL,
    needs=("permissions",),
    summarize=lambda message, count, _: f"{message}, {count:,} file{'' if count == 1 else 's'}",
)
def video_disallowed(batch: Batch) -> Hits:
    """robots.txt disallows videos, their players or their thumbnails for crawlers of Google.

    Checks: The robots.txt of the file's own host disallows ``video:content_loc`` or ``video:player_loc`` for
        Googlebot-Video, or ``video:thumbnail_loc`` for Googlebot-Image. Both obey the group of Googlebot if
        they have none, or else that of ``*``. Nothing is fetched: hosts whose robots.txt was not read for the
        site are not judged. There is one finding for each line of robots.txt. The rule does not run for other
        engines than Google.
    Why: Google requires that robots.txt disallows no URL of a video sitemap. It cannot index such a video.
    Fix: Allow the files in robots.txt, or remove the video from the sitemap.
    Message: Blocked by robots.txt for Googlebot-Video and Googlebot-Image: `Disallow: /media/` (line 2), 1
        file
    Bad: the sitemap lists videos below ``/media/``::

        User-agent: *
        Disallow: /media/

    Good::

        User-agent: *
        Disallow: /media/

        User-agent: Googlebot-Video
        User-agent: Googlebot-Image
        Allow: /media/

    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/video-sitemaps
    See also: SM508 SM510 SM706
    """
    videos = list(_iter_objects(batch, "videos"))
    files = (
        Media(read_field(each, name), at) for at, each in videos for name in ("content_loc", "player_loc")
    )
    thumbnails = (Media(read_field(each, "thumbnail_loc"), at) for at, each in videos)
    yield from _report_media(batch, Audience.VIDEO, files, (GOOGLEBOT_VIDEO, GOOGLEBOT_IMAGE))
    yield from _report_media(batch, Audience.IMAGE, thumbnails, (GOOGLEBOT_VIDEO, GOOGLEBOT_IMAGE))


def _summarize_news(message: str, count: int, site: SiteFact) -> str:
    return f"{message}, {name_share(count, site)} URLs"


@rule("SM539", Severity.WARNING, Scope.URL, needs=("permissions",), summarize=_summarize_news)
def news_disallowed(batch: Batch) -> Hits:
    """robots.txt disallows articles of a news sitemap for Googlebot-News.

    Checks: The robots.txt of the article's own host has a group for Googlebot-News that disallows the URL of
        an entry with ``news:news``. What Googlebot may not fetch either is left to SM706. There is one
        finding for each line of robots.txt. The rule does not run for other engines than Google.
    Why: The article appears in Google Search, but not in Google News, for which the sitemap is.
    Fix: Allow the articles for Googlebot-News, or remove ``news:news`` from the entries.
    Message: Blocked by robots.txt for Googlebot-News: `Disallow: /sport/` (line 2), 1 of 3 URLs
    Bad: the news sitemap lists articles below ``/sport/``::

        User-agent: Googlebot-News
        Disallow: /sport/

    Good::

        User-agent: Googlebot-News
        Allow: /

    Source: https://developers.google.com/search/blog/2009/12/new-user-agent-for-news
        https://developers.google.com/crawling/docs/crawlers-fetchers/google-common-crawlers
    See also: SM532 SM706
    """
    if not any(select_permissions(batch.site, Audience.NEWS)) or not batch.sitemap.can_have("news"):
        return
    articles = {at for at, _ in batch.iter_extensions("news")}
    for hit in report_blocks(batch, Audience.NEWS, lambda each, rule_: describe_block(each.agents, rule_)):
        yield from _select_places(hit, articles, batch)


def _select_places(hit: Hit, articles: set[int], batch: Batch) -> Iterator[Hit]:
    """Yield a hit for each of its places that is an article."""
    if hit.index is None:
        return
    indexes = (hit.index,) if hit.places is None else hit.places()
    for at in articles.intersection(indexes):
        yield Hit(
            hit.message,
            batch.locs.values[at],
            hit.line,
            sitemap=hit.sitemap,
            index=at,
            value=hit.value,
            cause=hit.cause,
        )


def _iter_objects(batch: Batch, key: str) -> Iterator[tuple[int, dict[str, object]]]:
    """Yield the objects of an extension, if robots.txt disallows anything that they may lie in."""
    site = batch.site
    permissions = [
        *select_permissions(site, Audience.IMAGE),
        *select_permissions(site, Audience.VIDEO),
    ]
    if batch.sitemap.can_have(key) and any(_may_concern(batch, each) for each in permissions):
        yield from batch.iter_extension_objects(key)


def _may_concern(batch: Batch, permission: Permission) -> bool:
    """Return whether the extensions contain what a rule needs to match; it may have another spelling."""
    text = batch.extensions.text
    texts = [each.screen.text for each in permission.rules if each.is_disallow]
    return "%" in text or not permission.is_searchable or any(each in text for each in texts)


def _report_media(
    batch: Batch, audience: Audience, found: Iterable[Media], crawlers: Sequence[str]
) -> Iterator[Hit]:
    """Yield a hit for each file that is disallowed; ``crawlers`` are those that messages name."""
    media = [each for each in found if is_absolute_url(each.url)]
    if not media:
        return
    urls = view_urls([each.url for each in media])
    for permission in select_permissions(batch.site, audience):
        for block in find_blocks(urls, permission):
            message, cause = describe_block(crawlers, block.rule), name_rule(block.rule)
            line = block.rule.line if block.rule else None
            for each in (media[at] for at in block.indexes):
                loc, robots = batch.locs.values[each.at], permission.robots_url
                yield Hit(message, loc, line, sitemap=robots, index=each.at, value=each.url, cause=cause)
