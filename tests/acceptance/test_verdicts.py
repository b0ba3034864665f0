"""Every verdict a site can earn, from the exit code to what the database says about it afterwards."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from tests.acceptance.command import Program
from tests.web import Answer, Route, Site, index, redirect, urlset

HTML = Answer(b"<!doctype html><html><body>Welcome</body></html>", headers=(("Content-Type", "text/html"),))
NOT_A_SITEMAP = Answer(b'<?xml version="1.0"?><note>hello</note>')


@dataclass(frozen=True)
class Case:
    """A site, how it is asked, and what should be said about it."""

    verdict: str
    code: int
    status: str = "failed"
    target: str = "{url}/sitemap.xml"
    options: tuple[str, ...] = ()
    routes: Callable[[Site], dict[str, Route]] = field(default=lambda _: {})
    without: tuple[str, ...] = ()


def only(answer: Answer) -> Callable[[Site], dict[str, Route]]:
    return lambda _: {"/sitemap.xml": answer}


def half(site: Site) -> dict[str, Route]:
    return {
        "/sitemap.xml": Answer(index(f"{site.url}/here.xml", f"{site.url}/gone.xml")),
        "/here.xml": Answer(urlset(f"{site.url}/")),
    }


CASES = {
    "a sitemap that can be read": Case(
        "ok", 0, "completed", routes=lambda site: {"/sitemap.xml": Answer(urlset(f"{site.url}/"))}
    ),
    "an index of which one child is missing": Case("partial", 3, "partial", routes=half),
    "a sitemap that is cut in the middle": Case(
        "partial",
        3,
        "partial",
        routes=only(Answer(urlset(*(f"http://a.example/{n}" for n in range(99)))[:900])),
    ),
    "a site without sitemaps": Case("absent", 6, target="{url}"),
    "a sitemap without URLs": Case("empty", 4, routes=only(Answer(urlset()))),
    "a file without content": Case("empty", 4, routes=only(Answer(b""))),
    "a server that refuses us": Case("blocked", 4, routes=only(Answer(status=403))),
    "a server that wants a password": Case("blocked", 4, routes=only(Answer(status=401))),
    "a name that does not exist": Case("dns", 4, target="nonexistent.invalid"),
    "a page instead of a sitemap": Case("html-instead", 4, routes=only(HTML)),
    "a document of another kind": Case("invalid", 4, routes=only(NOT_A_SITEMAP)),
    "a sitemap that is not there": Case("http-error", 4),
    "a server that fails": Case("http-error", 4, routes=only(Answer(status=500))),
    "redirects without an end": Case("http-error", 4, routes=only(redirect("/sitemap.xml"))),
    "a server that says nothing": Case(
        "timeout", 4, routes=only(Answer(hang=True)), options=("--timeout", "0.5")
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
    "a certificate nobody knows": Case("tls", 4, target="https://{netloc}/sitemap.xml"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_run_is_judged_and_the_judgement_is_recorded(case: Case, program: Program, site: Site) -> None:
    site.routes.update(case.routes(site))
    program = program.having(**dict.fromkeys(case.without))
    target = case.target.format(url=site.url, netloc=site.netloc)

    done = program("analyze", target, *case.options, "--format", "jsonl")

    assert done.code == case.code, done.err
    assert done.err == ""
    (result,) = done.records
    assert (result["verdict"], result["status"]) == (case.verdict, case.status)
    assert (result["error"] is None) == (case.verdict == "ok")
    (listed,) = program("jobs", "list", "--format", "jsonl").records
    assert {name: listed[name] for name in ("job_id", "verdict", "status", "domain", "error")} == {
        name: result[name] for name in ("job_id", "verdict", "status", "domain", "error")
    }
    shown = program("jobs", "show", result["job_id"])
    assert shown.code == 0
    assert shown.lines[0] == f"{result['target']}  {case.verdict}"
