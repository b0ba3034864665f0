"""The causes of a finding in text and Markdown: once each, with the places in all sitemaps."""

import io

from rich.console import Console

from sitemap_cli.cli.view.check_report import render_check_report
from sitemap_cli.model.values import Cause, Example, Finding, Severity
from sitemap_cli.output.merged_causes import MAX_CAUSES, merge_causes
from sitemap_cli.output.report import CheckedTarget, Report, RuleInfo
from sitemap_cli.output.report_format import load_report_format
from sitemap_cli.output.report_parts import format_finding, split_place

PAGE = "https://docs.example/SM542.md"


def make_finding(number: int, *causes: Cause, count: int | None = None) -> Finding:
    places = sum(each.count for each in causes) if count is None else count
    where = f"https://example.com/{number}.xml"
    loc = causes[0].examples[0].loc
    return Finding("SM542", "n", Severity.ERROR, "m", where, loc, 7, count=places, causes=causes)


def make_cause(name: str, count: int, page: str = "/a") -> Cause:
    example = Example(f"bad {name}", f"https://example.com{page}", 7)
    return Cause(name, f"bad {name}", count, (example,), count)


def make_report(*findings: Finding) -> Report:
    info = RuleInfo("SM542", "hreflang-code", Severity.ERROR, "A code is not valid.", "Fix it.", page=PAGE)
    checked = CheckedTarget("example.com", "example.com", "1", "completed", "ok", None, findings, 20, 60_000)
    return Report((checked,), {"SM542": info}, 9, Severity.ERROR, 1)


def show(report: Report) -> list[str]:
    stream = io.StringIO()
    Console(file=stream, width=200).print(render_check_report(report))
    return [line.strip() for line in stream.getvalue().splitlines()]


TWENTY = [make_finding(number, make_cause("UK", 500), make_cause("cz", 2)) for number in range(20)]


def test_a_cause_in_many_sitemaps_is_shown_once_with_its_total_and_share() -> None:
    shown = show(make_report(*TWENTY))
    assert shown[2:7] == [
        "error SM542 hreflang-code  10,040 times",
        "A code is not valid.",
        "bad UK  (10,000 of 60,000 URLs in 20 sitemaps)",
        "https://example.com/a  https://example.com/0.xml:7",
        "and 9,999 more",
    ]
    assert "bad cz  (40 of 60,000 URLs in 20 sitemaps)" in shown
    stream = io.BytesIO()
    load_report_format("markdown").write_report(make_report(*TWENTY), stream)
    assert stream.getvalue().decode().count("bad UK") == 1


def test_what_is_not_listed_is_counted() -> None:
    causes = [make_cause(f"v{number}", 3) for number in range(30)]
    merged = merge_causes([make_finding(1, *causes, count=1_000)])
    assert merged is not None
    assert len(merged.listed) == MAX_CAUSES
    assert merged.describe_rest() == "and 15 other causes: 955 more"


def test_one_line_names_the_most_frequent_causes_and_the_first_page() -> None:
    found = make_finding(1, make_cause("UK", 59), make_cause("cz", 1))
    assert format_finding(found) == "bad UK (59 URLs); bad cz (1 URL); first: https://example.com/a"
    only = make_finding(1, make_cause("UK", 2))
    assert format_finding(only) == "bad UK (2 URLs): https://example.com/a"


def test_one_line_names_a_message_of_places_that_have_different_ones() -> None:
    examples = (Example("responds with 410", "https://example.com/a", 7), Example("responds with 403", None))
    section = Cause("/shop/", "/shop/", 2, examples, 2)
    text = format_finding(make_finding(1, section))
    assert text == "/shop/  responds with 410, among others (2 URLs): https://example.com/a"


def test_the_pages_above_all_sections_are_not_called_by_the_path_of_the_home_page() -> None:
    examples = (Example("responds with 410", "https://example.com/a", 7), Example("responds with 403", None))
    text = format_finding(make_finding(1, Cause("/", "/", 2, examples, 2)))
    assert text == "/ (top level)  responds with 410, among others (2 URLs): https://example.com/a"


def test_a_statement_about_a_whole_file_has_no_more_places() -> None:
    whole = Finding("SM325", "n", Severity.INFO, "5 of 9 URLs have no lastmod", "/a.xml", count=5)
    assert format_finding(whole) == "5 of 9 URLs have no lastmod"


def test_a_page_is_followed_by_its_own_message_if_the_places_have_different_ones() -> None:
    examples = (
        Example("301 to /b", "https://example.com/a", 7),
        Example("302 to /d", "https://example.com/c", 8),
    )
    found = make_finding(1, Cause("/", "/", 2, examples, 2))
    shown = show(make_report(found))
    assert shown[4:7] == [
        "/ (top level)  (2 of 60,000 URLs)",
        "https://example.com/a  301 to /b  https://example.com/1.xml:7",
        "https://example.com/c  302 to /d  https://example.com/1.xml:8",
    ]


def test_a_rule_ends_with_the_page_that_documents_it() -> None:
    lines = show(make_report(make_finding(1, make_cause("en-UK", 1))))
    assert f"see: {PAGE}" in [line.strip() for line in lines]


def test_a_page_comes_first_unless_the_message_begins_with_it() -> None:
    messages = {
        "has a fragment": ("https://example.com/a", "has a fragment"),
        "has a fragment: https://example.com/a": ("https://example.com/a", "has a fragment"),
        "https://example.com/a is in no sitemap": ("", "https://example.com/a is in no sitemap"),
        "two URLs: https://example.com/a and /b": (
            "https://example.com/a",
            "two URLs: https://example.com/a and /b",
        ),
        "redirects to https://example.com/ab": (
            "https://example.com/a",
            "redirects to https://example.com/ab",
        ),
        "https://example.com/ab is another page": (
            "https://example.com/a",
            "https://example.com/ab is another page",
        ),
    }
    for message, parts in messages.items():
        assert split_place(Example(message, "https://example.com/a", 7)) == parts
    assert split_place(Example("of a file", None, None)) == ("", "of a file")
    long = f"https://example.com/{'a' * 300}"
    assert split_place(Example(f"{long[:200]}... is long", long, 7))[0] == ""
