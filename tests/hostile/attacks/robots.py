"""robots.txt files that are too large, invalid, or misleading; and sites that respond to everything alike."""

from typing import TYPE_CHECKING, Any

from tests.hostile import documents
from tests.hostile.attack import FOREVER, MAX_SITEMAPS, Ask, Attack, Reply, in_batch, scaled, streamed
from tests.messages import Answer
from tests.web import index, redirect

if TYPE_CHECKING:
    from collections.abc import Mapping

GOOD = Answer(documents.urlset(3))
MISSING = Answer(b"nothing here", 404)
HTML = Answer(b"<!doctype html><html><body>Welcome</body></html>", headers=(("Content-Type", "text/html"),))
TEXT = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"
GUESSES = 45
"""robots.txt, all well-known paths and the home page."""
FIRST_GUESSES = 7


def site(
    name: str,
    robots: Reply | None,
    verdict: str,
    errors: str = "",
    *,
    kept: int = 3,
    requests: int,
    **fields: Any,
) -> Attack:
    """A site with one sitemap and this robots.txt; None is a server that never answers for it."""
    answers: Mapping[str, Reply] = {"/robots.txt": robots or Answer(hang=True), "/sitemap.xml": GOOD}
    return Attack(
        name=f"robots-{name}",
        row="H30",
        answer=lambda ask: answers.get(ask.path, MISSING),
        target="{root}/",
        site=True,
        verdict=verdict,
        errors=errors,
        kept=kept,
        requests=requests,
        **fields,
    )


def lines(ask: Ask) -> Reply:
    """As many Sitemap lines as there are; one of them is good."""
    if ask.path == "/robots.txt":
        rest = (f"Sitemap: {ask.root}/{at}.xml" for at in range(scaled(5_000, 100_000)))
        return Answer("\n".join((f"Sitemap: {ask.root}/sitemap.xml", *rest)).encode())
    return GOOD if ask.path == "/sitemap.xml" else MISSING


def outside(ask: Ask) -> Reply:
    """Sitemap lines that lead where nobody may go, and one that does not."""
    if ask.path == "/robots.txt":
        where = (f"{ask.root}/sitemap.xml", ask.canary, "http://169.254.169.254/latest", "file:///etc/passwd")
        return Answer("".join(f"Sitemap: {each}\n" for each in where).encode())
    return GOOD if ask.path == "/sitemap.xml" else MISSING


def slow_lane(ask: Ask) -> Reply:
    """Wants us to wait a day between two requests."""
    if ask.path == "/robots.txt":
        return Answer(f"User-agent: *\nCrawl-delay: 86400\nSitemap: {ask.root}/sitemap.xml\n".encode())
    return GOOD if ask.path == "/sitemap.xml" else MISSING


def away(ask: Ask) -> Reply:
    """A robots.txt that leads to an address nobody may ask."""
    if ask.path == "/robots.txt":
        return redirect(ask.canary)
    return GOOD if ask.path == "/sitemap.xml" else MISSING


def around(ask: Ask) -> Reply:
    """A robots.txt behind ever more redirects."""
    if ask.path.startswith("/robots"):
        return redirect(f"/robots{ask.path.count('x')}{'x' * (ask.path.count('x') + 1)}")
    return GOOD if ask.path == "/sitemap.xml" else MISSING


def welcoming(_: Ask) -> Reply:
    """Says the same to every question."""
    return HTML


def disallowed(ask: Ask) -> Reply:
    """Names a sitemap and forbids it."""
    if ask.path == "/robots.txt":
        return Answer(f"Sitemap: {ask.root}/sitemap.xml\nUser-agent: *\nDisallow: /\n".encode())
    return GOOD


def child_hosts(ask: Ask) -> Reply:
    """An index whose children lie on a host with a robots.txt that cannot be read."""
    if ask.elsewhere:
        return Answer(status=500) if ask.path == "/robots.txt" else GOOD
    if ask.path == "/sitemap.xml":
        return Answer(index(f"{ask.root}/a.xml", f"{ask.other}/canary.xml"))
    return GOOD if ask.path == "/a.xml" else MISSING


FLOOD = (b"User-agent: bot\nDisallow: /a\n", FOREVER)
BINARY = Answer(bytes(range(256)) * 400, headers=(("Content-Type", "application/octet-stream"),))

ATTACKS = (
    site("without-end", streamed(TEXT, FLOOD), "ok", requests=FIRST_GUESSES),
    *in_batch(site("line-without-end", streamed(TEXT, (b"a", FOREVER)), "ok", requests=FIRST_GUESSES)),
    *in_batch(site("binary", BINARY, "ok", requests=FIRST_GUESSES)),
    *in_batch(site("html", HTML, "ok", requests=FIRST_GUESSES)),
    site("500", Answer(status=500), "robots-unreachable", kept=0, requests=2),
    site("silent", None, "timeout|robots-unreachable", kept=0, requests=2),
    *in_batch(site("403", Answer(status=403), "ok", requests=FIRST_GUESSES)),
    *in_batch(
        site("utf-16", Answer("Sitemap: /sitemap.xml\n".encode("utf-16")), "ok", requests=FIRST_GUESSES)
    ),
    Attack(
        name="robots-sitemap-lines",
        row="H30",
        answer=lines,
        target="{root}/",
        site=True,
        verdict="partial",
        errors=f"http-status*{MAX_SITEMAPS - 1}",
        kept=3,
        requests=MAX_SITEMAPS + 1,
        said="sitemaps of a site are read",
    ),
    Attack(
        name="robots-sitemaps-outside",
        row="H11",
        answer=outside,
        target="{root}/",
        site=True,
        verdict="partial",
        errors="blocked-address*2 scheme-forbidden",
        kept=3,
        requests=2,
    ),
    Attack(
        name="robots-crawl-delay-of-a-day",
        row="H30",
        answer=slow_lane,
        target="{root}/",
        site=True,
        verdict="ok",
        kept=3,
        requests=2,
    ),
    Attack(
        name="robots-redirected-outside",
        row="H11",
        answer=away,
        target="{root}/",
        site=True,
        verdict="refused-address",
        requests=1,
    ),
    Attack(
        name="robots-redirected-without-end",
        row="H30",
        answer=around,
        target="{root}/",
        site=True,
        verdict="ok",
        kept=3,
        requests=6 + FIRST_GUESSES,
    ),
    Attack(
        name="robots-disallows-its-sitemap",
        row="H30",
        answer=disallowed,
        target="{root}/",
        site=True,
        verdict="blocked",
        errors="robots-disallowed",
        requests=1,
    ),
    Attack(
        name="robots-of-another-host",
        row="H30",
        answer=child_hosts,
        site=True,
        verdict="partial",
        errors="robots-unreachable",
        kept=3,
        requests=5,
    ),
    Attack(
        name="same-page-everywhere",
        row="H19",
        answer=welcoming,
        target="{root}/",
        site=True,
        verdict="html-instead",
        requests=GUESSES,
        said="No sitemap found: ",
    ),
)
