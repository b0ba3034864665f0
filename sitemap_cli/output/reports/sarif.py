"""A report as SARIF 2.1.0, for code scanning.

See https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html and, for what GitHub supports,
https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO
from urllib.parse import quote

from sitemap_cli.model.values import Example, Finding, Severity
from sitemap_cli.output.escaping import escape_text
from sitemap_cli.output.json_text import encode_json
from sitemap_cli.output.report import CheckedTarget, Report, RuleInfo
from sitemap_cli.output.report_format import ReportFormat
from sitemap_cli.output.report_parts import (
    Located,
    find_file,
    format_finding,
    format_message,
    sort_by_severity,
)
from sitemap_cli.settings import VERSION
from sitemap_cli.urls import path_and_query

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
HOME = "https://www.sitemaps.org/protocol.html"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
MAX_RESULTS = 25_000
"""Results that GitHub accepts per run."""

# Characters that a URL may contain as they are; others are percent-encoded. Brackets are for IPv6 hosts only.
PLAIN = "!$%&'()*+,/:;=?@~"
_HOST = re.compile(r"https?://\[[0-9A-Fa-f:.]+\]")
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def write_report(report: Report, stream: BinaryIO) -> None:
    """Write a report."""
    findings = sort_by_severity(report)
    order = {rule: index for index, rule in enumerate(report.rules)}
    run = {
        "tool": {"driver": _build_driver(report)},
        "invocations": [_build_invocation(report, len(findings) - MAX_RESULTS)],
        "columnKind": "unicodeCodePoints",
        "results": [_build_result(each, order) for each in findings[:MAX_RESULTS]],
    }
    stream.write(encode_json({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2))


def _build_driver(report: Report) -> dict[str, Any]:
    return {
        "name": "sitemap",
        "version": VERSION,
        "informationUri": HOME,
        "rules": [_build_rule(each) for each in report.rules.values()],
    }


def _build_rule(rule: RuleInfo) -> dict[str, Any]:
    page = {"helpUri": _url_to_uri(rule.page)} if rule.page else {}
    return {
        "id": rule.id,
        "name": "".join(part.capitalize() for part in rule.name.split("-")),
        "shortDescription": {"text": rule.summary},
        "help": {"text": rule.format_text() or rule.fix, "markdown": rule.format_markdown() or rule.fix},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        **page,
    }


def _build_invocation(report: Report, left_out: int) -> dict[str, Any]:
    """Describe the run: targets that could not be read, requested pages, findings that are left out."""
    errors = [(each.target, each.separate_error) for each in report.checks if each.separate_error]
    notes = [(f"{target}: {error}", "error") for target, error in errors]
    notes += [(f"{each.target}: {note}", "note") for each in report.checks for note in each.page_notes]
    if report.missing_pages:
        notes.append((report.missing_pages, "note"))
    if report.joint_targets:
        notes.append((f"judged together: {', '.join(report.joint_targets)}", "note"))
    if left_out > 0:
        notes.append((f"{left_out:,} more findings are left out", "warning"))
    return {
        "executionSuccessful": report.exit_code in (0, 1),
        "exitCode": report.exit_code,
        "toolExecutionNotifications": [
            {"message": {"text": escape_text(text)}, "level": level} for text, level in notes
        ],
    }


def _build_result(found: Located, order: Mapping[str, int]) -> dict[str, Any]:
    checked, finding = found
    return {
        "ruleId": finding.rule,
        "ruleIndex": order[finding.rule],
        "level": LEVELS[finding.severity],
        "message": {"text": format_finding(finding)},
        "locations": [_build_location(checked, finding, finding)],
        **_build_related_locations(checked, finding, finding.examples),
        "occurrenceCount": finding.count,
        **_build_properties(finding),
        "partialFingerprints": {"sitemapFinding/v1": _compute_fingerprint(finding)},
    }


def _build_properties(finding: Finding) -> dict[str, Any]:
    causes = [{"cause": escape_text(each.cause), "count": each.count} for each in finding.causes]
    fix = "\n".join(each.text for each in finding.fixes)
    properties = {"causes": causes, "fix": fix}
    given = {name: value for name, value in properties.items() if value}
    return {"properties": given} if given else {}


def _build_related_locations(
    checked: CheckedTarget, finding: Finding, examples: Sequence[Example]
) -> dict[str, Any]:
    if not examples:
        return {}
    related = [
        {"id": number, "message": {"text": format_message(each)}, **_build_location(checked, finding, each)}
        for number, each in enumerate(examples, 1)
    ]
    return {"relatedLocations": related}


def _build_location(checked: CheckedTarget, finding: Finding, place: Finding | Example) -> dict[str, Any]:
    """Return the local file, else the URL of the sitemap, else the target, with line and column."""
    url = finding.sitemap or checked.target
    file = find_file(place, url, checked.files)
    uri = _file_to_uri(file) if file else _url_to_uri(url)
    region: dict[str, Any] = {}
    if place.line:
        region = {"region": {"startLine": place.line}}
        if place.column:
            region["region"]["startColumn"] = place.column
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, **region}}


def _file_to_uri(file: str) -> str:
    """Return the URI reference of a local file; an absolute path without file:// would refer to a server."""
    reference = _quote_text(file, "/~")
    return f"file://{reference}" if file.startswith("/") else reference


def _url_to_uri(url: str) -> str:
    """Return a URL, however it is written, as a valid URI.

    Source: https://www.rfc-editor.org/rfc/rfc3986#appendix-A
    """
    host = found[0] if (found := _HOST.match(url)) else ""
    return host + _BARE_PERCENT.sub("%25", _quote_text(url[len(host) :], PLAIN))


def _quote_text(text: str, kept: str) -> str:
    return quote(text.encode("utf-8", "backslashreplace"), safe=kept)


def _compute_fingerprint(finding: Finding) -> str:
    """Return an id that a later run gives to the same finding, on any host and line."""
    where = f"{finding.rule} {finding.severity.value} {path_and_query(finding.sitemap)}"
    if finding.causes and finding.causes[0].is_counted:
        # There is one finding per line of robots.txt.
        where += f" {finding.causes[0].cause}"
    return hashlib.sha256(where.encode("utf-8", "backslashreplace")).hexdigest()


FORMAT = ReportFormat(write_report)
