"""Many sites of one server: each loopback address is a host of its own, with an index and two sitemaps."""

import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.web import Answer, Hit, Site, index, urlset

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(eq=False)
class Many:
    """The sites. Those that are ``down`` answer 403; ``changed`` has other bodies for addresses.

    The last sitemap of a host in ``failing`` is answered by 503.

    Each answer comes after a ``delay``, the last sitemap of a site not before the ``gate`` opens.
    ``asked`` counts the requests, ``last`` those for a last sitemap.
    """

    server: Site
    down: set[str] = field(default_factory=set)
    failing: set[str] = field(default_factory=set)
    changed: dict[str, bytes] = field(default_factory=dict)
    delay: float = 0.0
    gate: threading.Event = field(default_factory=threading.Event)
    asked: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    last: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    @classmethod
    @contextmanager
    def serving(cls) -> "Iterator[Many]":
        """Serve them while the block runs; the gate is open."""
        with Site(address="0.0.0.0") as server:
            sites = cls(server)
            sites.gate.set()
            server.routes["*"] = sites.answer
            yield sites

    def host(self, number: int) -> str:
        """The site with this number, of 40,000."""
        return f"127.0.{1 + number // 200}.{1 + number % 200}:{self.server.port}"

    def answer(self, hit: Hit) -> Answer:
        """What a site says to a path."""
        self.asked.release()
        if hit.host in self.down:
            return Answer(b"no", 403)
        base = f"http://{hit.host}"
        known = {
            "/robots.txt": f"Sitemap: {base}/index.xml\n".encode(),
            "/index.xml": index(f"{base}/a.xml", f"{base}/b.xml"),
            "/a.xml": urlset(*(f"{base}/a/{n}" for n in range(3)), lastmod="2026-11-01"),
            "/b.xml": urlset(*(f"{base}/b/{n}" for n in range(2))),
            "/many-sites.txt": b"many-sites",
            "/indexnow": b"fine",
        }
        body = self.changed.get(base + hit.path, known.get(hit.path))
        if body is None:
            return Answer(b"", 404)
        if hit.path != "/b.xml":
            return Answer(body, delay=self.delay)
        self.last.release()
        if hit.host in self.failing:
            return Answer(b"busy", 503, delay=self.delay, gate=self.gate)
        return Answer(body, delay=self.delay, gate=self.gate)

    def finished(self) -> Counter[str]:
        """How often the last sitemap of each host was asked for."""
        return Counter(hit.host for hit in self.server.hits if hit.path == "/b.xml")
