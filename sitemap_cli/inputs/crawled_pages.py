"""Rows of exports and requests in logs that belong in a sitemap: pages that respond and may be indexed."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sitemap_cli.inputs import export_headings
from sitemap_cli.inputs.list_tables import Row
from sitemap_cli.output.escaping import escape_text

ASSET = "assets"

_CODE = re.compile(r"\s*([1-5][0-9]{2})\b")
_OTHER_TYPE = re.compile(
    r"\s*(?:image|font|audio|video)s?(?:/|\s*\Z)|.*(?:css|javascript|json|/xml)", re.IGNORECASE
)
_NO = re.compile(r"\s*(?:non|no\b|not\b|nein\b|nicht\b|n\u00e3o\b|false\b|0\b)", re.IGNORECASE)
_ASSET = re.compile(
    r"\.(?:css|m?js|map|json|webmanifest|xml|rss|atom|png|jpe?g|gif|svg|webp|avif|ico|bmp|woff2?|[ot]tf|eot"
    r"|mp[34]|m4[av]|ogg|wav|webm|mov|avi|zip|gz|rar|exe|dmg|wasm)\Z"
    r"|/(?:robots|ads|app-ads|humans|security|llms|llms-full)\.txt\Z|/[^/]*sitemap[^/]*\.txt\Z"
    r"|/feed/?\Z|/(?:xmlrpc|wp-cron|wp-comments-post)\.php\Z|(?:\A|://[^/]*)/(?:cdn-cgi|\.well-known)/",
    re.IGNORECASE,
)
MAX_REASONS = 20
"""Different reasons of rows that are not indexable; further ones are counted together."""


class Refusal(NamedTuple):
    """Why a row is for no page of a sitemap; ``is_unlistable`` if a sitemap should not list it."""

    reason: str
    is_unlistable: bool = False


@dataclass(slots=True)
class RowJudge:
    """Judges the rows of an export by their columns, which are looked up once."""

    _places: object = None
    _columns: tuple[str | None, ...] = ()
    _reasons: set[str] = field(default_factory=set)

    def refuse(self, row: Mapping[str, Any]) -> Refusal | None:
        """Return why a row is for no page that belongs in a sitemap; None if it may be one.

        A row without a status, a content type and an indexability may be one.
        """
        if not row:
            return None
        type_, status, indexable, reason = (
            "" if name is None else str(row.get(name, "")) for name in self._find_columns(row)
        )
        if type_ and _OTHER_TYPE.match(type_):
            return Refusal(ASSET)
        code = _CODE.match(status) if status else None
        if code and not (code[1].startswith("2") or code[1] == "304"):
            return Refusal(f"status {code[1]}", is_unlistable=True)
        if indexable and _NO.match(indexable):
            return Refusal(self._name_reason(reason), is_unlistable=True)
        return None

    def _name_reason(self, text: str) -> str:
        why = escape_text(text.strip().lower()[:60])
        if not why or (why not in self._reasons and len(self._reasons) >= MAX_REASONS):
            return "not indexable"
        self._reasons.add(why)
        return f"not indexable ({why})"

    def _find_columns(self, row: Mapping[str, Any]) -> tuple[str | None, ...]:
        if isinstance(row, Row) and row.places is self._places:
            return self._columns
        names = {str(name).strip().lower(): name for name in row}
        wanted = (
            *(export_headings.CONTENT_TYPE, export_headings.STATUS),
            *(export_headings.INDEXABLE, export_headings.REASON),
        )
        self._columns = tuple(_find_first(names, each) for each in wanted)
        self._places = row.places if isinstance(row, Row) else None
        return self._columns


def is_asset(target: str) -> bool:
    """Return whether a requested URL is that of a style sheet, script, image, font, robots.txt or sitemap."""
    return _ASSET.search(target.partition("#")[0].partition("?")[0]) is not None


def _find_first(names: Mapping[str, str], wanted: Iterable[str]) -> str | None:
    return next((names[each] for each in wanted if each in names), None)
