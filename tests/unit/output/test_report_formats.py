"""Reports of a check in every format: valid for other programs, and harmless."""

import io
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from junit2htmlreport.parser import Junit
from junitparser import JUnitXml
from sarif_pydantic import Sarif

from sitemap_cli.model.values import Cause, Example, Finding, Severity
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
    given = {"target": "example.com", "domain": "example.com", "job_id": "0193", "status": "completed"}
    return CheckedTarget(
        **{**given, "verdict": "ok", "error": None, "findings": findings, "urls": 5, "sitemaps": 2, **more}
    )


def report(*checks: CheckedTarget, code: int = 1, fail_on: Severity | None = Severity.ERROR) -> Report:
    ids = sorted({each.rule for check in checks for each in check.findings})
    return Report(checks, {each: rule(each) for each in ids}, 114, fail_on, code, excused=2, known=3)


def write(format_: str, given: Report) -> str:
    stream = io.BytesIO()
    load_report_format(format_).write_report(given, stream)
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
CAUSES = report(
    checked(
        finding(
            count=9,
            loc="https://example.com/a",
            causes=(
                Cause(HOSTILE, HOSTILE, 5, (Example(HOSTILE, HOSTILE, 8), Example(HOSTILE)), 5),
                Cause("b", "only b", 3, (Example("only b", "https://example.com/b", 9),)),
            ),
        )
    )
)
ALL = {
    "causes": CAUSES,
    "mixed": MIXED,
    "wild": WILD,
    "nothing": NOTHING,
    "failed": FAILED,
    "several": SEVERAL,
}


@pytest.mark.parametrize("case", ALL)
@pytest.mark.parametrize("format_", FORMATS)
def test_a_report_ends_with_one_line_break_and_holds_nothing_harmful(format_: str, case: str) -> None:
    written = write(format_, ALL[case])
    # A line of CSV ends with both characters, by RFC 4180.
    text = written.replace("\r\n", "\n") if format_ == "csv" else written
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e\ud800-\udfff]", text)
    assert write(format_, ALL[case]) == written


def test_json_has_the_fields_of_the_contract() -> None:
    value = json.loads(write("json", MIXED))
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
    assert [target["target"] for target in json.loads(write("json", SEVERAL))["targets"]] == [
        "example.com",
        "example.org",
    ]


def test_a_message_that_does_not_name_its_url_is_followed_by_it() -> None:
    page = "https://example.com/a-page"
    given = report(
        checked(finding(message="answers 404", loc=page), finding(message=f"bad: {page}", loc=page))
    )
    for format_ in ("junit", "github", "gitlab", "sarif", "markdown"):
        text = write(format_, given).replace("&#58;", ":").replace("%3A", ":")
        assert text.count("a-page") == 2, format_
        page_first = "https://example.com/a-page: answers 404"
        assert (page_first if format_ == "markdown" else "answers 404: https://example.com/a-page") in text
    assert json.loads(write("json", given))["findings"][0]["message"] == "answers 404"


def test_json_lines_are_findings_and_then_the_summary() -> None:
    *findings, summary = map(json.loads, write("jsonl", MIXED).splitlines())
    assert [each["type"] for each in findings] == ["finding"] * 3
    assert (summary["type"], summary["error"], summary["exit_code"]) == ("summary", 1, 1)


@pytest.mark.parametrize("case", ALL)
def test_junit_is_valid_for_other_readers(case: str) -> None:
    text = write("junit", ALL[case])
    assert Junit(xmlstring=text).suites
    suites = list(JUnitXml.fromstring(text.encode()))
    assert len(suites) == len(ALL[case].checks)
    assert all(suite.tests == len(list(suite)) > 0 for suite in suites)


def test_junit_has_a_case_for_each_rule_that_fails_if_it_is_severe_enough() -> None:
    def failed(given: Report) -> list[tuple[str, bool]]:
        (suite,) = JUnitXml.fromstring(write("junit", given).encode())
        return [(case.name, bool(case.result)) for case in suite]

    names = ["SM303 name-of-sm303", "SM325 name-of-sm325", "SM607 name-of-sm607"]
    assert failed(MIXED) == list(zip(names, [True, False, False], strict=True))
    assert failed(report(*MIXED.checks, fail_on=None)) == list(zip(names, [False] * 3, strict=True))
    assert failed(NOTHING) == [("all rules", False)]
    assert failed(FAILED) == [("the site was read", True)]


@pytest.mark.parametrize("case", ALL)
def test_sarif_is_valid_for_other_readers(case: str) -> None:
    value = json.loads(write("sarif", ALL[case]))
    log = Sarif.model_validate(value)
    (run,) = log.runs
    assert (log.version, run.tool.driver.name) == ("2.1.0", "sitemap")
    assert [each.id for each in run.tool.driver.rules or []] == list(ALL[case].rules)
    for each in run.results or []:
        assert each.level is not None
        assert re.fullmatch(
            r"(?:[!$&-;=?-Z_a-z~]|%[0-9A-F]{2})+", each.locations[0].physical_location.artifact_location.uri
        )


HELP = ("text", "markdown")


def test_sarif_links_to_the_page_of_a_rule_only_if_it_is_published() -> None:
    published = replace(
        rule("SM303"),
        page="https://docs.example/SM303.md",
        format_text=lambda: "a",
        format_markdown=lambda: "`a`",
    )
    for each, uri in ((published, published.page), (rule("SM303"), None)):
        given = replace(report(checked(finding())), rules={"SM303": each})
        (written,) = json.loads(write("sarif", given))["runs"][0]["tool"]["driver"]["rules"]
        assert written.get("helpUri") == uri
        assert written["help"] == ({"text": "a", "markdown": "`a`"} if uri else dict.fromkeys(HELP, each.fix))
        assert (f"<{uri}>" if uri else "<https://example.org/>") in write("markdown", given)
        assert ("see https://docs.example/SM303.md" in write("junit", given)) == (uri is not None)


def test_sarif_has_the_places_and_the_count() -> None:
    (run,) = json.loads(write("sarif", MIXED))["runs"]
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
def test_sarif_refers_to_a_local_file_by_a_valid_uri_reference(file: str, uri: str) -> None:
    value = json.loads(write("sarif", report(checked(finding(), files={SITEMAP: file}))))
    (result,) = value["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": uri}


@pytest.mark.parametrize(
    ("url", "uri"),
    [
        (SITEMAP, SITEMAP),
        ("http://[::1]:80/a[1].xml", "http://[::1]:80/a%5B1%5D.xml"),
        ("https://example.com/50%?a=%2F", "https://example.com/50%25?a=%2F"),
        ("https://example.com/ü x#y", "https://example.com/%C3%BC%20x%23y"),
    ],
)
def test_sarif_refers_to_a_sitemap_by_a_valid_uri(url: str, uri: str) -> None:
    value = json.loads(write("sarif", report(checked(finding(sitemap=url)))))
    (result,) = value["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": uri}


def test_a_finding_keeps_its_fingerprint_at_another_host_and_line() -> None:
    def prints(format_: str, *findings: Finding) -> list[Any]:
        value = json.loads(write(format_, report(checked(*findings))))
        if format_ == "gitlab":
            return [each["fingerprint"] for each in value]
        return [each["partialFingerprints"] for each in value["runs"][0]["results"]]

    elsewhere = finding(sitemap="http://127.0.0.1:1/sitemap.xml?page=1", line=99, message="other")
    for format_ in ("sarif", "gitlab"):
        assert prints(format_, finding()) == prints(format_, elsewhere)
        assert prints(format_, finding()) != prints(format_, finding("SM304"))
    assert len(set(prints("gitlab", finding(), finding()))) == 2


def test_github_annotations_begin_with_errors_and_are_at_most_as_many_as_github_shows() -> None:
    many = report(checked(*(finding(message=f"n{n}") for n in range(15)), finding("SM1", Severity.INFO, "i")))
    lines = write("github", many).splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["::error"] * 10 + ["::notice"] * 2
    assert lines[-1].endswith("15 errors, 0 warnings, 1 info; 5 of them are not shown here")


def test_an_annotation_names_the_local_file() -> None:
    given = report(checked(finding(column=2), files={SITEMAP: "dist/a,b.xml"}))
    first = write("github", given).splitlines()[0]
    assert first == "::error file=dist/a%2Cb.xml,line=7,col=2,title=SM303 name-of-sm303::too long"


@pytest.mark.parametrize("case", ["wild", "failed"])
def test_a_server_cannot_inject_workflow_commands(case: str) -> None:
    lines = write("github", ALL[case]).splitlines()
    assert all(re.match(r"::(error|warning|notice) ", line) for line in lines)


def test_gitlab_issues_have_the_documented_fields() -> None:
    issues = json.loads(write("gitlab", MIXED))
    assert [each["severity"] for each in issues] == ["major", "info", "minor"]
    for each in issues:
        assert set(each) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert re.fullmatch(r"[0-9a-f]{64}", each["fingerprint"])
        assert each["location"]["lines"]["begin"] >= 1
        assert not each["location"]["path"].startswith(("/", "."))
    assert issues[0]["location"] == {"path": "example.com/sitemap.xml?page=1", "lines": {"begin": 7}}


def test_markdown_from_a_server_is_only_text() -> None:
    text = write("markdown", WILD)
    assert not re.search(r"<(script|img)|\]\(|!\[|(?<!`)`a`|@everyone|^# ", text, re.MULTILINE)
    assert "](https://evil" not in text
    assert write("markdown", MIXED).startswith("## sitemap check: 1 error, 1 warning, 1 info\n")


def test_markdown_is_cut_before_a_page_would_be_too_long() -> None:
    wide = report(
        *(checked(*(finding(message="m" * 5_000) for _ in range(10)), target=f"{n}") for n in range(30_000))
    )
    text = write("markdown", wide)
    assert len(text) < 1_000_000
    assert text.endswith("it would be too long for a page.\n")
