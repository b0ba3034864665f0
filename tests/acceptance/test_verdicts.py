"""Every verdict a site can earn, from the exit code to what the database says about it afterwards."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from tests.acceptance.command import Program
from tests.web import Answer, Route, Site, index, redirect, urlset

pytestmark = pytest.mark.usefixtures("schema")

HTML = Answer(b"<!doctype html><html><body>Welcome</body></html>", headers=(("Content-Type", "text/html"),))
WALL = Answer(
    b"<!doctype html><html><head><title>Pardon Our Interruption</title></head><body></body></html>",
    headers=(("Content-Type", "text/html"),),
)
REFUSING_WALL = replace(WALL, status=403, headers=(*WALL.headers, ("CF-Mitigated", "challenge")))
NOT_A_SITEMAP = Answer(b'<?xml version="1.0"?><note>hello</note>')


@dataclass(frozen=True)
class Case:
    """A site, how it is asked, and what should be said about it; ``advice`` is part of what may help.

    ``error`` is the beginning of the line that explains the verdict.
    """

    verdict: str
    code: int
    status: str = "failed"
    target: str = "{url}/sitemap.xml"
    options: tuple[str, ...] = ()
    routes: Callable[[Site], dict[str, Route]] = field(default=lambda _: {})
    without: tuple[str, ...] = ()
    advice: str = ""
    error: str | None = None


def only(answer: Answer) -> Callable[[Site], dict[str, Route]]:
    return lambda _: {"/sitemap.xml": answer}


def half(site: Site) -> dict[str, Route]:
    return {
        "/sitemap.xml": Answer(index(f"{site.url}/here.xml", f"{site.url}/gone.xml")),
        "/here.xml": Answer(urlset(f"{site.url}/")),
    }


def two_listed(site: Site) -> dict[str, Route]:
    lines = f"Sitemap: {site.url}/here.xml\nSitemap: {site.url}/gone.xml\n"
    return {"/robots.txt": Answer(lines.encode()), "/here.xml": Answer(urlset(f"{site.url}/"))}


def everywhere(answer: Answer) -> Callable[[Site], dict[str, Route]]:
    return lambda _: {"*": answer}


def at(path: str, answer: Answer) -> Callable[[Site], dict[str, Route]]:
    """A site whose other addresses are not there."""
    return lambda _: {path: answer}


def ten(answer: Answer, *, worse: int) -> Callable[[Site], dict[str, Route]]:
    """An index of ten sitemaps, some of which answer otherwise."""

    def routes(site: Site) -> dict[str, Route]:
        paths = [f"/{number}.xml" for number in range(10)]
        good = {path: Answer(urlset(f"{site.url}{path}/page")) for path in paths}
        index_of = {"/sitemap.xml": Answer(index(*(f"{site.url}{path}" for path in paths)))}
        return index_of | good | dict.fromkeys(paths[:worse], answer)

    return routes


HANGS = Answer(hang=True)
SLOW = ("--timeout", "2", "--retries", "0")

CASES = {
    "a sitemap that can be read": Case(
        "ok", 0, "completed", routes=lambda site: {"/sitemap.xml": Answer(urlset(f"{site.url}/"))}
    ),
    "an index of which one child is missing": Case(
        "ok", 0, "completed", routes=half, error="1 of 3 sitemaps is missing (404): http://"
    ),
    "an index of which one child fails": Case(
        "partial", 3, "partial", routes=ten(Answer(status=500), worse=1), options=("--retries", "0")
    ),
    "an index of which every child is missing": Case(
        "http-error", 4, routes=ten(Answer(status=410), worse=10)
    ),
    "a robots.txt that lists a missing sitemap, too": Case(
        "ok",
        0,
        "completed",
        target="{url}",
        routes=two_listed,
        error="1 of 2 sitemaps is missing (404): http://",
    ),
    "a sitemap that is cut in the middle": Case(
        "partial",
        3,
        "partial",
        routes=only(Answer(urlset(*(f"http://a.example/{n}" for n in range(99)))[:900])),
    ),
    "a site without sitemaps": Case("absent", 6, target="{url}", error="no sitemap found: "),
    "a sitemap without URLs": Case(
        "empty", 4, routes=only(Answer(urlset())), error="the sitemap lists no URL"
    ),
    "a site whose sitemap has no URLs": Case(
        "empty", 4, target="{url}", routes=only(Answer(urlset())), error="the sitemap lists no URL"
    ),
    "a file without content": Case("empty", 4, routes=only(Answer(b""))),
    "a server that refuses us": Case(
        "blocked", 4, routes=only(Answer(status=403)), advice="--user-agent with --contact"
    ),
    "a server that wants a password": Case(
        "blocked", 4, routes=only(Answer(status=401)), advice="--user NAME:PASSWORD"
    ),
    "a server that has lawyers": Case("blocked", 4, routes=only(Answer(status=451)), advice="legal"),
    "a server that is asked too often": Case(
        "blocked", 4, routes=only(Answer(status=429)), options=("--retries", "0"), advice="--per-host 1"
    ),
    "a wall that refuses": Case("blocked", 4, routes=only(REFUSING_WALL), advice="Cloudflare responded"),
    "a wall that says 200": Case("blocked", 4, routes=only(WALL), advice="Imperva responded"),
    "a wall before everything": Case(
        "blocked", 4, target="{url}", routes=everywhere(WALL), advice="no option of sitemap can pass that"
    ),
    "a wall before robots.txt alone": Case(
        "blocked", 4, target="{url}", routes=at("/robots.txt", REFUSING_WALL), advice="Cloudflare"
    ),
    "a wall before the home page alone": Case(
        "blocked", 4, target="{url}", routes=at("/", WALL), advice="Imperva"
    ),
    "a robots.txt that is refused, and nothing else there": Case(
        "absent", 6, target="{url}", routes=at("/robots.txt", Answer(status=403))
    ),
    "a robots.txt that forbids everything": Case(
        "blocked",
        4,
        target="{url}",
        routes=at("/robots.txt", Answer(b"User-agent: *\nDisallow: /\n")),
        advice="--no-robots",
    ),
    "an index behind which everything is refused": Case(
        "blocked", 4, routes=ten(Answer(status=403), worse=10), options=("--max-failures", "0")
    ),
    "an index behind which everything is a wall": Case("blocked", 4, routes=ten(WALL, worse=10)),
    "an index of which one in ten is silent": Case(
        "partial", 3, "partial", routes=ten(HANGS, worse=1), options=SLOW, advice="it took too long"
    ),
    "an index behind which everything is silent": Case(
        "timeout", 4, routes=ten(HANGS, worse=10), options=(*SLOW, "--max-failures", "0")
    ),
    "an index of which three in ten are read": Case(
        "partial", 3, "partial", routes=ten(HANGS, worse=0), options=("--max-sitemaps", "4")
    ),
    "a site that takes longer than it may": Case(
        "timeout",
        4,
        target="{url}",
        routes=at("/robots.txt", HANGS),
        options=("--deadline", "2"),
        advice="--deadline",
    ),
    "a page at every address": Case("html-instead", 4, target="{url}", routes=everywhere(HTML)),
    "a name that does not exist": Case(
        "dns", 4, target="nonexistent.invalid", error="neither nonexistent.invalid nor "
    ),
    "a site where nobody listens": Case(
        "http-error",
        4,
        target="http://127.0.0.1:9/",
        options=("--retries", "0"),
        error="nothing listens at 127.0.0.1:9: the connection was refused",
    ),
    "a site that refuses us": Case(
        "blocked",
        4,
        target="{url}",
        routes=everywhere(Answer(status=403)),
        error="the server refuses the requests: ",
    ),
    "a site at a private address": Case(
        "refused-address",
        4,
        target="{url}",
        without=("SITEMAP_ALLOW_PRIVATE",),
        error="the IP address is not allowed: ",
    ),
    "a site that speaks no TLS": Case(
        "tls", 4, target="https://{netloc}/", error="no secure connection to 127.0.0.1:"
    ),
    "a page instead of a sitemap": Case("html-instead", 4, routes=only(HTML)),
    "a document of another kind": Case("invalid", 4, routes=only(NOT_A_SITEMAP)),
    "a sitemap that is not there": Case("http-error", 4),
    "a server that fails": Case("http-error", 4, routes=only(Answer(status=500))),
    "redirects without an end": Case("http-error", 4, routes=only(redirect("/sitemap.xml"))),
    "a server that says nothing": Case(
        "timeout", 4, routes=only(Answer(hang=True)), options=("--timeout", "2")
    ),
    "a robots.txt that cannot be read": Case(
        "robots-unreachable",
        4,
        target="{url}",
        routes=lambda site: {"/robots.txt": Answer(status=500)},
    ),
    "a private address": Case(
        "refused-address", 4, routes=only(Answer(urlset())), without=("SITEMAP_ALLOW_PRIVATE",)
    ),
    "a port that speaks no TLS": Case(
        "tls", 4, target="https://{netloc}/sitemap.xml", advice="try http:// instead of https://"
    ),
    "a port where nobody listens": Case(
        "http-error",
        4,
        target="http://127.0.0.1:9/sitemap.xml",
        options=("--retries", "0"),
        advice="nothing listens there",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_run_is_judged_and_the_judgement_is_recorded(case: Case, program: Program, site: Site) -> None:
    site.routes.update(case.routes(site))
    program = program.having(**dict.fromkeys(case.without))
    target = case.target.format(url=site.url, netloc=site.netloc)

    done = program("analyze", target, *case.options, "--format", "jsonl")

    assert done.code == case.code, done.err
    what = {4: "nothing could be read", 6: "no sitemap found"}.get(case.code)
    what = "no URL found" if case.verdict in ("empty", "invalid") else what
    assert [line.partition(" (")[0] for line in done.err.splitlines()] == ([f"error: {what}"] if what else [])
    (result,) = done.records
    assert (result["verdict"], result["status"]) == (case.verdict, case.status)
    assert (result["error"] is None) == (case.verdict == "ok" and case.error is None)
    assert (result["error"] or "").startswith(case.error or "")
    (listed,) = program("jobs", "list", "--format", "jsonl").records
    assert {name: listed[name] for name in ("job_id", "verdict", "status", "domain", "error")} == {
        name: result[name] for name in ("job_id", "verdict", "status", "domain", "error")
    }
    shown = program("jobs", "show", result["job_id"])
    assert shown.code == 0
    assert shown.lines[0] == f"{result['target']}  {case.verdict}"
    assert case.advice in shown.out


def test_a_certificate_that_nobody_knows_is_named(program: Program, tls_site: Site) -> None:
    done = program("analyze", f"{tls_site.url}/sitemap.xml", "--format", "jsonl")
    assert (done.code, done.records[0]["verdict"]) == (4, "tls")
    shown = program("jobs", "show", done.records[0]["job_id"])
    assert "the certificate is not trusted: self-signed certificate" in shown.out
    assert "--cacert FILE" in shown.out


def test_a_site_of_nothing_but_pages_has_no_sitemap_that_was_found(program: Program, site: Site) -> None:
    site.routes["*"] = HTML
    (result,) = program("analyze", site.url, "--format", "jsonl").records
    assert result["error"].startswith("No sitemap found: /robots.txt and all ")
    assert {each["answer"] for each in result["sources"]} == {"ok", "html-instead"}
