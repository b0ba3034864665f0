"""Restrictions of videos by country and platform."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.extension_values import read_attribute, read_field
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.language_codes import COUNTRIES
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

RELATIONSHIPS = ("allow", "deny")
PLATFORMS = frozenset({"web", "mobile", "tv"})


@rule("SM518", Severity.ERROR, Scope.URL)
def video_restriction(batch: Batch) -> Hits:
    """The restriction of a video is not valid.

    Checks: ``restriction`` or ``platform`` has no ``relationship`` with the value ``allow`` or ``deny``,
        ``restriction`` contains a value that is not an ISO 3166-1 country code (two letters), or ``platform``
        contains a value other than ``web``, ``mobile`` and ``tv``.
    Why: Search engines may show the video where it is not allowed, or nowhere.
    Fix: Write codes in upper case, separated by spaces.
    Bad: ``<video:restriction relationship="allow">Germany UK</video:restriction>``
    Good: ``<video:restriction relationship="allow">DE GB</video:restriction>``
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/video-sitemaps
    """
    for index, video in batch.iter_extension_objects("videos"):
        for name, known in (("restriction", COUNTRIES), ("platform", PLATFORMS)):
            if name not in video:
                continue
            relationship = read_attribute(video[name], "relationship")
            if relationship not in RELATIONSHIPS:
                yield Hit(
                    f"{name} needs relationship allow or deny: {format_value(relationship or '')}",
                    index=index,
                )
            wrong = [each for each in read_field(video, name).split() if each not in known]
            if wrong:
                yield Hit(f"{name} has invalid values: {format_value(' '.join(wrong))}", index=index)
