"""The pages that a probe requests, and the result for each."""

import datetime as dt
import hashlib
from typing import Any

import msgspec

from sitemap_cli import urls
from sitemap_cli.model.values import Fault

LISTED, REMOVED, HOME = "listed", "removed", "home"
"""Why a page is requested: a sitemap lists it, the previous job listed it, or it is the home page."""

DISALLOWED = "robots-disallowed"


class ListedPage(msgspec.Struct, frozen=True):
    """A page to request, with the entry that lists it if there is one."""

    loc: str
    document_id: int | None = None
    position: int | None = None
    role: str = LISTED

    @property
    def key(self) -> bytes:
        """The key that entries for the same page have in common."""
        return page_key(self.loc)

    def start_result(self, at: dt.datetime, method: str = "") -> "ProbedPage":
        """Return the result before there is a response."""
        return ProbedPage(
            key=self.key,
            loc=self.loc,
            document_id=self.document_id,
            position=self.position,
            role=self.role,
            method=method,
            final_url=self.loc,
            asked_at=at,
        )


class ProbedPage(msgspec.Struct, frozen=True):
    """The response of a page; the fields are the columns of ``probes``, without that of the job."""

    key: bytes
    loc: str
    document_id: int | None
    position: int | None
    role: str
    method: str
    final_url: str
    asked_at: dt.datetime
    ms: int = 0
    status_code: int | None = None
    error: str | None = None
    error_message: str | None = None
    hops: list[list[Any]] | None = None
    content_type: str | None = None
    last_modified: str | None = None
    title: str | None = None
    noindex: str | None = None
    noindex_for: list[str] | None = None
    canonicals: list[dict[str, str]] | None = None
    alternates: dict[str, str] | None = None
    digest: bytes | None = None
    text_digest: bytes | None = None
    soft_404: str | None = None
    first_byte_ms: int | None = None
    refresh: str | None = None

    @property
    def has_response(self) -> bool:
        """Whether there was an HTTP response, whatever its status."""
        return self.status_code is not None


class SkippedPage(msgspec.Struct, frozen=True):
    """A page that was not requested, but may be another time."""

    page: ListedPage
    fault: Fault


PageResult = ProbedPage | SkippedPage


def page_key(loc: str) -> bytes:
    """Return the digest of a URL (16 bytes), ignoring its fragment and spelling."""
    return hashlib.blake2b(urls.canonical_url(loc).encode("utf-8", "replace"), digest_size=16).digest()
