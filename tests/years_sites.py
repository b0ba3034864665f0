"""The sites of a database that is years old, and what is really recorded of them."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.web import Answer, Hit, Site, index, urlset

SITEMAPS = 20
CHANGED = 7
BLOCKED_URLS = 5
SMALL_URLS = 10
Analyze = Callable[..., object]
"""Runs the program with arguments, and may assert its exit code: ``analyze(*arguments, code=0)``."""


@dataclass(eq=False)
class Sites:
    """The sites: one that changes every night, one that is blocked for years, and small ones."""

    server: Site
    urls: int
    has_changed: bool = False
    blocked: str = ""
    bodies: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def serving(cls, urls: int) -> "Iterator[Sites]":
        """Serve them while the block runs, with this number of URLs in each sitemap of the first."""
        with Site(address="0.0.0.0") as server:
            sites = cls(server, urls)
            server.routes["*"] = sites.answer
            yield sites

    @property
    def nightly_domain(self) -> str:
        """The site whose documents mostly stay the same."""
        return f"127.0.1.1:{self.server.port}"

    @property
    def blocked_domain(self) -> str:
        """The site that was read completely only years ago."""
        return f"127.0.1.2:{self.server.port}"

    @property
    def small_domains(self) -> Sequence[str]:
        """Sites of one sitemap."""
        return [f"127.0.1.{number}:{self.server.port}" for number in (3, 4)]

    def answer(self, hit: Hit) -> Answer:
        """Return the response to a request; a validator that still fits gets 304."""
        if hit.host == self.blocked_domain:
            if self.blocked == "failed":
                return Answer(b"no", 403)
            if self.blocked == "partial" and hit.path == f"/s{CHANGED}.xml":
                return Answer(b"busy", 503)
        body = self._find_body(hit.host, hit.path)
        if body is None:
            return Answer(b"", 404)
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        is_known = hit.headers.get("if-none-match") == tag
        return Answer(b"" if is_known else body, 304 if is_known else 200, headers=(("ETag", tag),))

    def _find_body(self, host: str, path: str) -> bytes | None:
        key = f"{host}{path}{self.has_changed}"
        if key not in self.bodies:
            self.bodies[key] = self._make_body(host, path) or b""
        return self.bodies[key] or None

    def _make_body(self, host: str, path: str) -> bytes | None:
        base = f"http://{host}"
        if path == "/robots.txt":
            return f"User-agent: *\nDisallow: /private\nSitemap: {base}/sitemap.xml\n".encode()
        if host in self.small_domains:
            pages = (f"{base}/page-{page}" for page in range(SMALL_URLS))
            return urlset(*pages, lastmod="2026-11-01") if path == "/sitemap.xml" else None
        names = [f"/s{number}.xml" for number in range(SITEMAPS)]
        if path == "/sitemap.xml":
            return index(*(base + name for name in names))
        if path not in names:
            return None
        number, count = names.index(path), BLOCKED_URLS if host == self.blocked_domain else self.urls
        locs = [f"{base}/section-{number:02}/page-{page:06}" for page in range(count)]
        if number == CHANGED and self.has_changed:
            locs[-1] += "-new"
        return urlset(*locs, lastmod="2026-11-01")


def record_young(analyze: Analyze, sites: Sites, folder: Path) -> None:
    """Record two jobs of the first site, three of the blocked one, and a batch of the small ones."""
    blocked = f"http://{sites.blocked_domain}/"
    analyze("analyze", blocked)
    sites.blocked = "partial"
    analyze("analyze", blocked, code=3)
    analyze("analyze", f"http://{sites.nightly_domain}/")
    file = folder / "small.txt"
    file.write_text("".join(f"http://{each}/\n" for each in sites.small_domains))
    analyze("batch", str(file))
    sites.has_changed = True
    analyze("analyze", f"http://{sites.nightly_domain}/")
    sites.blocked = "failed"
    analyze("analyze", blocked, code=4)
