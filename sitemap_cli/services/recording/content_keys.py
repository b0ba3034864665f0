"""Under which digests the document of a body is kept: its own, unless not all would make the same of it."""

import hashlib

from sitemap_cli.crawl.fetched_sitemap import Sitemap


def build_candidate_keys(sitemap: Sitemap) -> list[bytes]:
    """Those under which others may have kept what this body would be read as."""
    plain = [sitemap.fetched.digest or b"", _bind_to_url(sitemap)]
    fault = sitemap.fetched.fault
    return plain if fault is None else [*plain, *(_derive_key(each, fault.reason) for each in plain)]


def build_key(sitemap: Sitemap, job_id: str, *, relative: bool, complete: bool) -> bytes:
    """The one under which to keep a body that was read."""
    plain = _bind_to_url(sitemap) if relative else sitemap.fetched.digest or b""
    if sitemap.patience.fault is not None:
        # Whoever has more time shall read this body again, and not be given what we made of it.
        return _derive_key(plain, f"{job_id} {sitemap.found.url}")
    if sitemap.fetched.fault is not None and not complete:
        # Whoever is sent the same bytes and told that they are all shall not be given what we left out.
        return _derive_key(plain, sitemap.fetched.fault.reason)
    return plain


def _bind_to_url(sitemap: Sitemap) -> bytes:
    """The digest of a body whose relative addresses mean something else at every address it is served at."""
    return _derive_key(sitemap.fetched.digest or b"", sitemap.fetched.final_url)


def _derive_key(digest: bytes, text: str) -> bytes:
    return hashlib.sha256(digest + text.encode()).digest()
