"""Each rule fires on what it is about, and none on a sitemap that is well."""

import dataclasses

import pytest

from sitemap_cli.audit import engine
from sitemap_cli.audit.rule import ProblemFact, SitemapFact

WELL = SitemapFact(
    url="https://example.com/sitemap.xml",
    kind="urlset",
    status_code=200,
    error=None,
    error_message=None,
    bytes=1_000,
    wire_bytes=300,
    urls=7,
    children=0,
)


def failed(reason: str, status_code: int | None = 200) -> SitemapFact:
    return dataclasses.replace(
        WELL, kind=None, urls=0, status_code=status_code, error=reason, error_message=f"because of {reason}"
    )


def with_problem(code: str) -> SitemapFact:
    return dataclasses.replace(WELL, problems=(ProblemFact(code, f"it is {code}", 3, 12),))


CASES = {
    "no answer": (failed("dns-nxdomain", None), {"SM101"}),
    "no certificate": (failed("tls-error", None), {"SM101"}),
    "not found": (failed("http-status", 404), {"SM102"}),
    "forbidden by robots.txt": (failed("robots-disallowed", None), {"SM104"}),
    "fifty-two million bytes": (dataclasses.replace(WELL, bytes=52_428_800), set()),
    "one byte more": (dataclasses.replace(WELL, bytes=52_428_801), {"SM106"}),
    "fifty thousand addresses": (dataclasses.replace(WELL, urls=50_000), set()),
    "one address more": (dataclasses.replace(WELL, urls=50_001), {"SM107"}),
    "cut gzip": (with_problem("truncated-gzip"), {"SM108"}),
    "garbage after gzip": (with_problem("trailing-garbage"), {"SM108"}),
    "a page instead": (failed("html-instead"), {"SM111"}),
    "broken XML": (with_problem("not-well-formed"), {"SM201"}),
    "cut XML": (with_problem("truncated"), {"SM201"}),
    "an unclosed tag": (with_problem("unclosed-tag"), {"SM201"}),
    "junk before the document": (with_problem("junk-before"), {"SM203"}),
    "a raw ampersand": (with_problem("unescaped-data"), {"SM210"}),
    "a list in a list": (with_problem("nested-root"), {"SM213"}),
    "wrong bytes": (with_problem("bad-encoding"), {"SM202"}),
    "some other XML": (failed("not-a-sitemap"), {"SM205"}),
    "no entries": (dataclasses.replace(WELL, urls=0), {"SM208"}),
    "an index with children": (dataclasses.replace(WELL, kind="index", urls=0, children=2), set()),
    "no bytes": (failed("empty"), {"SM208"}),
    "a DTD": (with_problem("dtd-forbidden"), {"SM209"}),
    "no loc": (with_problem("loc-missing"), {"SM301"}),
    "a relative loc": (with_problem("loc-relative"), {"SM302"}),
    "a long loc": (with_problem("url-long"), {"SM303"}),
    "a loc that is none": (with_problem("loc-invalid"), {"SM304"}),
    "a date that is none": (with_problem("lastmod-invalid"), {"SM321"}),
    "something odd and harmless": (with_problem("unknown-tag"), set()),
    "nothing wrong": (WELL, set()),
}


@pytest.mark.parametrize("case", CASES)
def test_the_rules_that_fire_on(case: str) -> None:
    fact, expected = CASES[case]
    assert {finding.rule for finding in engine.judge([fact])} == expected


def test_every_rule_has_a_case() -> None:
    assert {rule.id for rule in engine.rules()} == set().union(*(expected for _, expected in CASES.values()))


def test_ids_and_names_are_used_once() -> None:
    rules = engine.rules()
    assert len({rule.id for rule in rules}) == len({rule.name for rule in rules}) == len(rules)


def test_a_finding_says_where_and_how_often() -> None:
    (finding,) = engine.judge([with_problem("loc-missing")])
    assert (finding.sitemap, finding.line, finding.count) == (WELL.url, 12, 3)
    assert finding.message == "it is loc-missing"
