"""Every problem that makes a sitemap unreadable, or loses a part of it, has a rule."""

import ast
import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

import sitemap_cli
from sitemap_cli.audit import engine
from sitemap_cli.audit.facts import ProblemFact, RobotsFact, SiteFact, SitemapFact
from sitemap_cli.audit.gathered_facts import (
    Comparison,
    Difference,
    ListComparison,
    OtherSpelling,
    SpellingDifference,
)
from sitemap_cli.audit.hit import Hit
from sitemap_cli.audit.rule import Scope
from sitemap_cli.crawl.fetched_sitemap import DiscoveredUrl, classify_response, sniff_kind
from sitemap_cli.crawl.verdicts import VERDICT_BY_REASON
from sitemap_cli.fetch.interface import Request
from sitemap_cli.fetch.robots.robots_lines import SEVERITIES
from sitemap_cli.model.namespace_messages import describe_namespace
from sitemap_cli.model.values import DiscoveredBy, Severity
from sitemap_cli.parse.problems import PROBLEM_TYPES
from sitemap_cli.parse.protocol import NAMESPACE
from tests.fakes import DictFetcher

URL = "https://example.com/sitemap.xml"
READ = SitemapFact(
    url=URL,
    final_url=URL,
    kind="urlset",
    status_code=200,
    bytes=1_000,
    wire_bytes=300,
    urls=7,
    content_type="application/xml",
    etag='"1"',
    days={"20000": 7},
)


def find_rules(sitemap: SitemapFact) -> set[tuple[str, Severity]]:
    """Return the ids and severities of the document rules that a sitemap breaks."""
    site = SiteFact(url="https://example.com/", sitemaps=(sitemap,))
    running = [rule for rule in engine.discover_rules() if rule.scope is Scope.DOCUMENT]
    return {(rule.id, hit.severity or rule.severity) for rule, _, hit in engine.check_site(site, running)}


def find_errors(sitemap: SitemapFact) -> set[str]:
    return {rule for rule, severity in find_rules(sitemap) if severity is Severity.ERROR}


def list_first_arguments(*functions: str) -> Iterator[str]:
    """Yield the text constants that our code passes to these functions as first argument."""
    package, called = Path(sitemap_cli.__file__).parent, set[str]()
    for file in (
        each for folder in ("fetch", "crawl", "services") for each in (package / folder).rglob("*.py")
    ):
        for call in (each for each in ast.walk(ast.parse(file.read_text())) if isinstance(each, ast.Call)):
            name = getattr(call.func, "attr", getattr(call.func, "id", None))
            first = call.args[0] if call.args else None
            if name in functions and isinstance(first, ast.Constant):
                called.add(name)
                yield str(first.value)
    assert called == set(functions), "a function was renamed"


# Only what is sent follows no redirect.
OF_SUBMISSIONS = {"redirected"}
REASONS = {
    *VERDICT_BY_REASON,
    *list_first_arguments("Fault", "RefusedError", "set_fault", "_explain_always"),
} - OF_SUBMISSIONS
ROBOTS_ONLY = {
    *("robots-agent", "robots-content-signal", "robots-content-usage", "robots-control-character"),
    "robots-crawl-delay",
    *("robots-group", "robots-line"),
    *("robots-path", "robots-rule-without-agent", "robots-unknown-field", "robots-whitespace"),
}
"""Problems of a robots.txt that cannot hide a sitemap."""


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_a_sitemap_that_could_not_be_fetched_breaks_one_rule(reason: str) -> None:
    failed = dataclasses.replace(READ, kind=None, urls=0, status_code=None, error=reason, error_message="why")
    # What robots.txt disallows for this program may be open to search engines, and what a local folder does
    # not contain may be on the web.
    expected = 0 if reason in ("empty", "robots-disallowed", "outside-base") else 1
    assert len(find_errors(failed)) == expected
    assert find_rules(failed)


@pytest.mark.parametrize("code", sorted(PROBLEM_TYPES))
def test_a_problem_of_a_document_has_a_rule(code: str) -> None:
    nature = PROBLEM_TYPES[code]
    problem = ProblemFact(code, nature.severity, 3, (Hit("it is so", line=12),))
    error = code if nature.loses_content else None
    kind = None if code in ("html-instead", "not-a-sitemap", "empty", "nested-compression") else "urlset"
    broken = dataclasses.replace(READ, kind=kind, problems=(problem,), error=error, error_message="it is so")
    assert len({rule for rule, _ in find_rules(broken)}) == 1, find_rules(broken)


@pytest.mark.parametrize("code", sorted({*list_first_arguments("add_problem")}))
def test_a_problem_of_a_transfer_has_a_rule(code: str) -> None:
    problem = ProblemFact(code, Severity.WARNING, 1, (Hit("it is so"),))
    assert len(find_rules(dataclasses.replace(READ, problems=(problem,)))) == 1


@pytest.mark.parametrize(
    "body",
    [
        *(b"<opml/>", b"{}", b"words", b"<opml><a></b>", b"words\n<opml/>", b"<a/><b/>", b"<a>" * 9_999),
        *(
            b"<",
            b"<!-- ",
            b"<![CDATA[ ",
            b'<?xml version="1.0"?>',
            b"<?php <a b=c><<html>",
            b"<a " + b"b" * 99_999,
        ),
        *(b"\x01<?xml version='1.0'?><a/>", b"\xff\xfe<\x00\x00\xd8", b"\xff\xfe\x00\x00<\xff", b"\x00" * 99),
        *(b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", b"<?xml version='1.0' encoding='x-none'?><a/>"),
        *(b"<!doctype html>", b"\x1f\x8b", b"\x1f\x8b\x08\x00junk"),
    ],
    ids=lambda body: ascii(body[:20]),
)
async def test_a_body_that_is_no_sitemap_breaks_one_rule(body: bytes) -> None:
    fetched = await DictFetcher({URL: body}).fetch(Request(URL))
    sitemap = classify_response(DiscoveredUrl(URL, DiscoveredBy.ROBOTS), fetched, sniff_kind(fetched))
    assert sitemap.error is not None
    assert not sitemap.is_readable
    why = {"error": sitemap.error.reason, "error_message": sitemap.error.message}
    assert len(find_errors(dataclasses.replace(READ, kind=sitemap.kind, urls=0, **why))) == 1
    sitemap.release()


@pytest.mark.parametrize("code", sorted(SEVERITIES))
def test_a_problem_of_robots_txt_that_can_hide_a_sitemap_has_a_rule(code: str) -> None:
    problem = ProblemFact(code, SEVERITIES[code], 1, (Hit("it is so", line=3),))
    robots = RobotsFact(f"{URL}/robots.txt", f"{URL}/robots.txt", 200, problems=(problem,))
    running = [rule for rule in engine.discover_rules() if rule.id.startswith("SM6")]
    ids = [
        rule.id
        for rule, _, _ in engine.check_site(SiteFact("https://example.com/", robots=(robots,)), running)
    ]
    assert len(ids) == (0 if code in ROBOTS_ONLY else 1)


def test_the_exact_count_is_kept_where_not_all_places_are() -> None:
    problem = ProblemFact("lastmod-invalid", Severity.WARNING, 50_000, (Hit("a", line=1), Hit("b", line=2)))
    hits = list(dataclasses.replace(READ, problems=(problem,)).report_problems("lastmod-invalid"))
    assert [(hit.message, hit.line, hit.count) for hit in hits] == [("a", 1, 49_999), ("b", 2, 1)]


def test_a_redirect_from_https_to_http_is_one_fault() -> None:
    problem = ProblemFact("redirect-downgrade", Severity.WARNING, 1, (Hit("from https to http"),))
    moved = dataclasses.replace(
        READ, hops=((URL, 301),), final_url="http://example.com/s.xml", problems=(problem,)
    )
    running = [rule for rule in engine.discover_rules() if rule.id == "SM103"]
    (hit,) = [hit for _, _, hit in engine.check_site(SiteFact(URL, sitemaps=(moved,)), running)]
    assert (hit.message, hit.count) == ("1 redirect to http://example.com/s.xml, from https to http", 1)


def test_the_name_that_the_user_gave_a_list_is_reported_unchanged() -> None:
    only = Difference(3, ("https://example.com/a",))
    name, respelled = "{b}{}.txt", SpellingDifference("a slash", 3, (OtherSpelling("/a", "/a/"),))
    site = SiteFact(
        "https://example.com/",
        comparison=Comparison(name, is_complete=True, missing=only, extra=only),
        list_comparison=ListComparison(
            name, missing=(only,), extra=(only,), unlistable=(only,), respelled=(respelled,)
        ),
    )
    wanted = {"SM711", "SM713", "SM714", "SM723", "SM806", "SM807"}
    running = [rule for rule in engine.discover_rules() if rule.id in wanted]
    hits = [hit for _, _, hit in engine.check_site(site, running)]
    assert [hit.count for hit in hits] == [3] * len(wanted)
    assert all(name in hit.message for hit in hits)


def test_a_good_sitemap_breaks_no_rule() -> None:
    assert find_rules(READ) == set()


@pytest.mark.parametrize(
    ("namespace", "severity"),
    [
        ("https://www.sitemaps.org/schemas/sitemap/0.9", Severity.WARNING),
        ("http://example.com/", Severity.ERROR),
        ("", Severity.ERROR),
    ],
)
def test_the_severity_of_a_wrong_namespace_depends_on_the_namespace_that_the_parser_found(
    namespace: str, severity: Severity
) -> None:
    found = f"is {namespace}" if namespace else "is missing"
    message = describe_namespace(found, NAMESPACE)
    problem = ProblemFact("namespace", Severity.WARNING, 1, (Hit(message, line=2),))
    running = [rule for rule in engine.discover_rules() if rule.id == "SM204"]
    site = SiteFact(URL, sitemaps=(dataclasses.replace(READ, problems=(problem,)),))
    assert [hit.severity or rule.severity for rule, _, hit in engine.check_site(site, running)] == [severity]
