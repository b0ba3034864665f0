"""``sitemap check`` counts the rules that had no data apart, also where nothing could be read."""

import pytest

from tests.acceptance.command import Program
from tests.web import Answer, Route, Site, urlset

pytestmark = pytest.mark.usefixtures("schema")

REQUESTS_ONLY = "need a sitemap that could be read"


@pytest.mark.parametrize(
    ("route", "counted"),
    [
        (None, REQUESTS_ONLY),
        (Answer(status=503), REQUESTS_ONLY),
        (Answer(b"<html><title>Shop</title></html>"), REQUESTS_ONLY),
        (Answer(urlset()), "need a sitemap with URLs, a probe, a site that was read completely or --against"),
    ],
    ids=["no sitemap", "an outage", "a page instead", "an empty sitemap"],
)
def test_rules_about_documents_have_no_data_without_a_document(
    program: Program, site: Site, route: Route | None, counted: str
) -> None:
    if route is not None:
        site.routes["/sitemap.xml"] = route
    done = program("check", f"{site.url}/sitemap.xml", "--format", "text", "--format", "json:check.json")
    assert counted in done.out, done.out
    assert "0 rules" not in done.out


def test_the_last_line_names_the_rules_if_hardly_any_had_data(program: Program) -> None:
    done = program("check", "http://127.0.0.1:1")
    assert done.code == 4
    assert "; 1 rule checked (SM604); " in done.out
    assert done.out.splitlines()[-2].endswith(" need a site that responds")


def test_the_last_line_says_that_no_rule_had_data(program: Program) -> None:
    done = program("check", "http://127.0.0.1:1", "--select", "SM3")
    assert done.code == 4
    assert "; no rule had data; " in done.out
