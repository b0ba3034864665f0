"""Reports of a check, in every format: what others make of them, and that nothing in them does harm."""

import io
import json
import re
from typing import Any

import pytest
from junit2htmlreport.parser import Junit
from junitparser import JUnitXml
from sarif_pydantic import Sarif

from sitemap_cli.model.values import Example, Finding, Severity
from sitemap_cli.output.report import CheckedTarget, Report, RuleInfo
from sitemap_cli.output.report_format import list_report_formats, load_report_format

HOSTILE = (
    "\x00\x1b[31m\u202e\ud800 ::error::x %0A ]]> </failure><script>alert(1)</script> | `a` "
    "[b](https://evil.example) "
    "![c](https://evil.example/i.png) @everyone\r\n::set-output name=a::b\n# heading <img src=x> "
    + "y"
    * 10_000
)
SITEMAP = "https://example.com/sitemap.xml?page=1"
FORMATS = list_report_formats()


def rule(id_: str, severity: Severity = Severity.ERROR) -> RuleInfo:
    return RuleInfo(
        id_, f"name-of-{id_.lower()}", severity, "Something is wrong.", "Fix `it`.", "https://example.org/"
    )


def finding(
    id_: str = "SM303", severity: Severity = Severity.ERROR, message: str = "too long", **more: Any
) -> Finding:
    return Finding(
        id_, f"name-of-{id_.lower()}", severity, message, **{"sitemap": SITEMAP, "line": 7, **more}
    )


def checked(*findings: Finding, **more: Any) -> CheckedTarget:
    told = {"target": "example.com", "domain": "example.com", "job_id": "0193", "status": "completed"}
    return CheckedTarget(
        **{**told, "verdict": "ok", "error": None, "findings": findings, "urls": 5, "sitemaps": 2, **more}
    )


def report(*checks: CheckedTarget, code: int = 1, fail_on: Severity | None = Severity.ERROR) -> Report:
    ids = sorted({each.rule for check in checks for each in check.findings})
    return Report(checks, {each: rule(each) for each in ids}, 114, fail_on, code, excused=2, known=3)


def written(format_: str, told: Report) -> str:
    stream = io.BytesIO()
    load_report_format(format_).write_report(told, stream)
    return stream.getvalue().decode()


MIXED = report(
    checked(
        finding(count=3, column=9, examples=(Example("as well", "https://example.com/b", 8),)),
        finding("SM325", Severity.INFO, "no lastmod", line=None),
        finding("SM607", Severity.WARNING, "none", sitemap=None, line=None),
    )
)
WILD = report(
    checked(finding(message=HOSTILE, loc=HOSTILE, sitemap=f"https://example.com/{HOSTILE}")), code=1
)
NOTHING = report(checked(), code=0)
FAILED = report(checked(verdict="dns", error=f"no address {HOSTILE}", status="failed", exit_code=4), code=4)
SEVERAL = report(checked(finding()), checked(finding("SM304"), target="example.org", domain="example.org"))
ALL = {"mixed": MIXED, "wild": WILD, "nothing": NOTHING, "failed": FAILED, "several": SEVERAL}


@pytest.mark.parametrize("told", ALL)
@pytest.mark.parametrize("format_", FORMATS)
def test_a_report_ends_with_one_line_break_and_holds_nothing_harmful(format_: str, told: str) -> None:
    text = written(format_, ALL[told])
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e\ud800-\udfff]", text)
    assert written(format_, ALL[told]) == text


def test_json_has_the_fields_of_the_contract() -> None:
    value = json.loads(written("json", MIXED))
    assert (value["schema"], value["job_id"], value["exit_code"]) == ("sitemap/check/1", "0193", 1)
    assert value["summary"] == {"error": 1, "warning": 1, "info": 1, "excused": 2, "known": 3, "rules": 114}
    assert value["findings"][0] == {
        "rule": "SM303",
        "name": "name-of-sm303",
        "severity": "error",
        "message": "too long",
        "sitemap": SITEMAP,
        "loc": None,
        "line": 7,
        "column": 9,
        "count": 3,
        "domain": "example.com",
        "examples": [{"message": "as well", "loc": "https://example.com/b", "line": 8, "column": None}],
    }
    assert [target["target"] for target in json.loads(written("json", SEVERAL))["targets"]] == [
        "example.com",
        "example.org",
    ]


def test_people_are_told_the_address_where_the_message_does_not_name_it() -> None:
    page = "https://example.com/a-page"
    told = report(
        checked(finding(message="answers 404", loc=page), finding(message=f"bad: {page}", loc=page))
    )
    for format_ in ("junit", "github", "gitlab", "sarif", "markdown"):
        text = written(format_, told).replace("&#58;", ":").replace("%3A", ":")
        assert text.count("a-page") == 2, format_
        assert "answers 404: https://example.com/a-page" in text
    assert json.loads(written("json", told))["findings"][0]["message"] == "answers 404"


def test_json_lines_are_findings_and_then_the_summary() -> None:
    *findings, summary = map(json.loads, written("jsonl", MIXED).splitlines())
    assert [each["type"] for each in findings] == ["finding"] * 3
    assert (summary["type"], summary["error"], summary["exit_code"]) == ("summary", 1, 1)


@pytest.mark.parametrize("told", ALL)
def test_junit_is_read_by_others(told: str) -> None:
    text = written("junit", ALL[told])
    assert Junit(xmlstring=text).suites
    suites = list(JUnitXml.fromstring(text.encode()))
    assert len(suites) == len(ALL[told].checks)
    assert all(suite.tests == len(list(suite)) > 0 for suite in suites)


def test_junit_has_a_case_for_each_rule_that_fails_if_it_is_severe_enough() -> None:
    def failed(told: Report) -> list[tuple[str, bool]]:
        (suite,) = JUnitXml.fromstring(written("junit", told).encode())
        return [(case.name, bool(case.result)) for case in suite]

    names = ["SM303 name-of-sm303", "SM325 name-of-sm325", "SM607 name-of-sm607"]
    assert failed(MIXED) == list(zip(names, [True, False, False], strict=True))
    assert failed(report(*MIXED.checks, fail_on=None)) == list(zip(names, [False] * 3, strict=True))
    assert failed(NOTHING) == [("all rules", False)]
    assert failed(FAILED) == [("the site was read", True)]


@pytest.mark.parametrize("told", ALL)
def test_sarif_is_read_by_others(told: str) -> None:
    value = json.loads(written("sarif", ALL[told]))
    log = Sarif.model_validate(value)
    (run,) = log.runs
    assert (log.version, run.tool.driver.name) == ("2.1.0", "sitemap")
    assert [each.id for each in run.tool.driver.rules or []] == list(ALL[told].rules)
    for each in run.results or []:
        assert each.level is not None
        assert re.fullmatch(
            r"(?:[!$&-;=?-Z_a-z~]|%[0-9A-F]{2})+", each.locations[0].physical_location.artifact_location.uri
        )


def test_sarif_tells_where_and_how_often() -> None:
    (run,) = json.loads(written("sarif", MIXED))["runs"]
    errors = [each for each in run["results"] if each["level"] == "error"]
    assert run["results"][0] is errors[0]
    assert errors[0]["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": SITEMAP},
        "region": {"startLine": 7, "startColumn": 9},
    }
    assert errors[0]["occurrenceCount"] == 3
    assert errors[0]["relatedLocations"][0]["physicalLocation"]["region"] == {"startLine": 8}
    of_site = next(each for each in run["results"] if each["ruleId"] == "SM607")
    assert of_site["locations"][0]["physicalLocation"] == {"artifactLocation": {"uri": "example.com"}}


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("dist/a b.xml", "dist/a%20b.xml"),
        ("dist/50%?#.xml", "dist/50%25%3F%23.xml"),
        ("a:b/s.xml", "a%3Ab/s.xml"),
        ("/srv/www/ü.xml", "file:///srv/www/%C3%BC.xml"),
        ("../dist/a.xml", "../dist/a.xml"),
    ],
)
def test_sarif_names_a_file_of_the_build_by_a_reference_that_means_it(file: str, uri: str) -> None:
    value = json.loads(written("sarif", report(checked(finding(), files={SITEMAP: file}))))
    (result,) = value["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": uri}


@pytest.mark.parametrize(
    ("address", "uri"),
    [
        (SITEMAP, SITEMAP),
        ("http://[::1]:80/a[1].xml", "http://[::1]:80/a%5B1%5D.xml"),
        ("https://example.com/50%?a=%2F", "https://example.com/50%25?a=%2F"),
        ("https://example.com/ü x#y", "https://example.com/%C3%BC%20x%23y"),
    ],
)
def test_sarif_names_a_sitemap_by_an_address_that_is_one(address: str, uri: str) -> None:
    value = json.loads(written("sarif", report(checked(finding(sitemap=address)))))
    (result,) = value["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": uri}


def test_a_fault_keeps_its_fingerprint_at_another_host_and_line() -> None:
    def prints(format_: str, *findings: Finding) -> list[Any]:
        value = json.loads(written(format_, report(checked(*findings))))
        if format_ == "gitlab":
            return [each["fingerprint"] for each in value]
        return [each["partialFingerprints"] for each in value["runs"][0]["results"]]

    elsewhere = finding(sitemap="http://127.0.0.1:1/sitemap.xml?page=1", line=99, message="other")
    for format_ in ("sarif", "gitlab"):
        assert prints(format_, finding()) == prints(format_, elsewhere)
        assert prints(format_, finding()) != prints(format_, finding("SM304"))
    assert len(set(prints("gitlab", finding(), finding()))) == 2


def test_annotations_of_github_tell_errors_first_and_no_more_than_are_shown() -> None:
    many = report(checked(*(finding(message=f"n{n}") for n in range(15)), finding("SM1", Severity.INFO, "i")))
    lines = written("github", many).splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["::error"] * 10 + ["::notice"] * 2
    assert lines[-1].endswith("15 errors, 0 warnings, 1 info; 5 of them are not shown here")


def test_an_annotation_names_a_file_of_the_build() -> None:
    told = report(checked(finding(column=2), files={SITEMAP: "dist/a,b.xml"}))
    first = written("github", told).splitlines()[0]
    assert first == "::error file=dist/a%2Cb.xml,line=7,col=2,title=SM303 name-of-sm303::too long"


@pytest.mark.parametrize("told", ["wild", "failed"])
def test_a_server_cannot_give_orders_to_github(told: str) -> None:
    lines = written("github", ALL[told]).splitlines()
    assert all(re.match(r"::(error|warning|notice) ", line) for line in lines)


def test_gitlab_gets_what_its_documentation_demands() -> None:
    issues = json.loads(written("gitlab", MIXED))
    assert [each["severity"] for each in issues] == ["major", "info", "minor"]
    for each in issues:
        assert set(each) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert re.fullmatch(r"[0-9a-f]{64}", each["fingerprint"])
        assert each["location"]["lines"]["begin"] >= 1
        assert not each["location"]["path"].startswith(("/", "."))
    assert issues[0]["location"] == {"path": "example.com/sitemap.xml?page=1", "lines": {"begin": 7}}


def test_markdown_is_text_whatever_a_server_sends() -> None:
    text = written("markdown", WILD)
    assert not re.search(r"<(script|img)|\]\(|!\[|(?<!`)`a`|@everyone|^# ", text, re.MULTILINE)
    assert "](https://evil" not in text
    assert written("markdown", MIXED).startswith("## sitemap check: 1 error, 1 warning, 1 info\n")


def test_markdown_is_cut_before_a_page_would_be_too_long() -> None:
    wide = report(
        *(checked(*(finding(message="m" * 5_000) for _ in range(10)), target=f"{n}") for n in range(30_000))
    )
    text = written("markdown", wide)
    assert len(text) < 1_000_000
    assert text.endswith("it would be too long for a page.\n")
