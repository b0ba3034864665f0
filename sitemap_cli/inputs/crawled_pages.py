"""Rows of exports and requests in logs that belong in a sitemap: pages that respond and may be indexed."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sitemap_cli.inputs.list_records import COLUMNS

# The headings of Screaming Frog, Sitebulb, Ahrefs and Search Console, in lower case.
STATUS = ("status code", "status", "http status", "http status code", "status_code", "http code")
CONTENT_TYPE = ("content type", "content-type", "content_type", "mime type")
INDEXABLE = ("indexability", "indexable", "is indexable", "is page indexable")
# The headings of Google Analytics, whose columns have paths.
PATHS = (
    "page path and screen class",
    "page path",
    "landing page",
    "landing page + query string",
    "path",
    "uri",
)

_CODE = re.compile(r"\s*([1-5][0-9]{2})\b")
_OTHER_TYPE = re.compile(r"\s*(?:image|font|audio|video)/|.*(?:css|javascript|json|/xml)", re.IGNORECASE)
_NO = re.compile(r"\s*(?:non|no\b|false\b|0\b)", re.IGNORECASE)
_ASSET = re.compile(
    r"\.(?:css|m?js|map|json|webmanifest|png|jpe?g|gif|svg|webp|avif|ico|woff2?|[ot]tf|eot|mp[34]|webm)\Z"
    r"|/robots\.txt\Z|/[^/]*sitemap[^/]*\.(?:xml|txt)(?:\.gz)?\Z",
    re.IGNORECASE,
)


def is_listable(row: Mapping[str, Any]) -> bool:
    """Return whether a row of an export may be a page that belongs in a sitemap.

    A row without a status, a content type and an indexability may be one.
    """
    values = {str(name).strip().lower(): str(value) for name, value in row.items()}
    code = _CODE.match(_get(values, STATUS))
    if code and not (code[1].startswith("2") or code[1] == "304"):
        return False
    return not (_OTHER_TYPE.match(_get(values, CONTENT_TYPE)) or _NO.match(_get(values, INDEXABLE)))


def is_asset(target: str) -> bool:
    """Return whether a requested URL is that of a style sheet, script, image, font, robots.txt or sitemap."""
    return _ASSET.search(target.partition("#")[0].partition("?")[0]) is not None


def find_path_column(heads: Iterable[str]) -> str | None:
    """Return the heading of a column with paths, if there is one."""
    known = set(heads)
    return None if known.intersection(COLUMNS) else next((each for each in PATHS if each in known), None)


def _get(values: Mapping[str, str], names: Iterable[str]) -> str:
    return next((values[each] for each in names if each in values), "")
