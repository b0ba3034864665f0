"""Restrictions of videos by country and platform."""

import re
from itertools import islice

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.extension_values import read_attribute, read_field
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.language_codes import COUNTRIES
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

MOST = 10
"""The number of invalid values to report for one field."""
SEPARATORS = re.compile(r"[,;|/]")
RELATIONSHIPS = ("allow", "deny")
PLATFORMS = frozenset({"web", "mobile", "tv"})


@rule("SM518", Severity.ERROR, Scope.URL)
def video_restriction(batch: Batch) -> Hits:
    """The restriction of a video is not valid.

    Checks: ``restriction`` or ``platform`` has no ``relationship`` with the value ``allow`` or ``deny``,
        ``restriction`` contains a value that is not an ISO 3166-1 country code (two letters), or ``platform``
        contains a value other than ``web``, ``mobile`` and ``tv``.
    Why: Google cannot tell where the video may be shown.
    Fix:
        - country: Write two-letter codes of ISO 3166-1 in upper case, separated by spaces: ``DE GB``.
        - platform: Write ``web``, ``mobile`` or ``tv``, in lower case and separated by spaces.
        - relationship: Add ``relationship="allow"`` for a list of where the video may be shown, or
          ``relationship="deny"`` for where it may not.

    Message: `UK` in video:restriction is not an ISO 3166 country code; use `GB`
    Bad::

        <video:restriction relationship="allow">Germany UK</video:restriction>
        <video:platform relationship="allow">web,mobile</video:platform>

    Good::

        <video:restriction relationship="allow">DE GB</video:restriction>
        <video:platform relationship="allow">web mobile</video:platform>

    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/video-sitemaps
    See also: SM517 SM542
    """
    for index, video in batch.iter_extension_objects("videos"):
        for name, known in (("restriction", COUNTRIES), ("platform", PLATFORMS)):
            if name not in video:
                continue
            relationship = read_attribute(video[name], "relationship")
            if relationship not in RELATIONSHIPS:
                given = format_value(relationship or "")
                message = f'video:{name} needs relationship="allow" or "deny", not "{given}"'
                yield Hit(message, index=index, fix="relationship")
            codes = (each for each in read_field(video, name).split() if each not in known)
            for wrong in islice(dict.fromkeys(codes), MOST):
                reason = _explain_platform(wrong) if name == "platform" else _explain_country(wrong)
                message = f"`{format_value(wrong)}` in video:{name} {reason}"
                fix = "platform" if name == "platform" else "country"
                yield Hit(message, index=index, value=wrong, cause=f"{name} {wrong}", fix=fix)


def _explain_country(code: str) -> str:
    if code.upper() == "UK":
        return "is not an ISO 3166 country code; use `GB`"
    if code.upper() in COUNTRIES:
        return f"must be in upper case: `{code.upper()}`"
    if any(mark in code for mark in ",;"):
        return "is not an ISO 3166 country code; separate codes by spaces"
    return "is not an ISO 3166 country code"


def _explain_platform(name: str) -> str:
    parts = [each for each in SEPARATORS.split(name.lower()) if each]
    if parts and PLATFORMS.issuperset(parts):
        return f"must be in lower case and separated by spaces: `{' '.join(parts)}`"
    return "is neither web, mobile nor tv"
