"""Keys under which documents are stored: the body's digest, or a derived key.

A derived key is used if the parse result depends on more than the bytes of the body.
"""

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sitemap_cli.crawl.document_reading import DocumentFacts
    from sitemap_cli.crawl.fetched_sitemap import FetchedSitemap


def identify_body(sitemap: "FetchedSitemap") -> bytes:
    """Return the digest of a body; another key if only the entries of a part of the site are kept."""
    digest = sitemap.response.digest or b""
    return digest if sitemap.scope is None else _derive_key(digest, f"below {sitemap.scope.path}")


def build_candidate_keys(sitemap: "FetchedSitemap") -> list[bytes]:
    """Return the keys under which the parse result of this body may have been stored."""
    plain = [identify_body(sitemap), _bind_to_url(sitemap)]
    fault = sitemap.response.fault
    return plain if fault is None else [*plain, *(_derive_key(each, fault.reason) for each in plain)]


def build_key(sitemap: "FetchedSitemap", job_id: str, facts: "DocumentFacts") -> bytes:
    """Return the key under which to store a body that was parsed."""
    plain = _bind_to_url(sitemap) if facts.is_relative else identify_body(sitemap)
    if facts.fault is not None:
        # A job with more time must parse this body again instead of reusing the incomplete result.
        return _derive_key(plain, f"{job_id} {sitemap.discovered.url}")
    if sitemap.response.fault is not None and not facts.complete:
        # A complete response with the same bytes must not reuse a result from which the end was left out.
        return _derive_key(plain, sitemap.response.fault.reason)
    return plain


def _bind_to_url(sitemap: "FetchedSitemap") -> bytes:
    """Return the key of a body with relative URLs, whose meaning depends on where it is served."""
    return _derive_key(identify_body(sitemap), sitemap.response.final_url)


def _derive_key(digest: bytes, text: str) -> bytes:
    return hashlib.sha256(digest + text.encode()).digest()
