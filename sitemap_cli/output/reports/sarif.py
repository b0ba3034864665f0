"""A report as SARIF 2.1.0, for code scanning.

See https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html and, for what GitHub makes of it,
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
from sitemap_cli.output.report_parts import (
    Located,
    format_finding,
    format_message,
    sort_by_severity,
    strip_host,
)
from sitemap_cli.settings import VERSION

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
HOME = "https://www.sitemaps.org/protocol.html"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
MOST = 25_000
"""Results that GitHub takes of a run."""

# What may stand in an address as it is; all else is percent-encoded. Brackets are for IPv6 hosts alone.
PLAIN = "!$%&'()*+,/:;=?@~"
_HOST = re.compile(r"https?://\[[0-9A-Fa-f:.]+\]")
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def write(report: Report, stream: BinaryIO) -> None:
    """Write a report."""
    findings = sort_by_severity(report)
    order = {rule: index for index, rule in enumerate(report.rules)}
    run = {
        "tool": {"driver": _driver(report)},
        "invocations": [_invocation(report, len(findings) - MOST)],
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, order) for each in findings[:MOST]],
    }
    stream.write(encode_json({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2))


def _driver(report: Report) -> dict[str, Any]:
    return {
        "name": "sitemap",
        "version": VERSION,
        "informationUri": HOME,
        "rules": [_rule(each) for each in report.rules.values()],
    }


def _rule(rule: RuleInfo) -> dict[str, Any]:
    source = {"helpUri": rule.source} if rule.source else {}
    return {
        "id": rule.id,
        "name": "".join(part.capitalize() for part in rule.name.split("-")),
        "shortDescription": {"text": rule.summary},
        "help": {"text": f"{rule.fix}\nsitemap rules show {rule.id} tells more."},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        **source,
    }


def _invocation(report: Report, too_many: int) -> dict[str, Any]:
    """How the run went; a target that could not be read is told, and what found no room here."""
    notes = [(f"{each.target}: {each.error}", "error") for each in report.checks if each.error]
    if too_many > 0:
        notes.append((f"{too_many:,} more findings are left out", "warning"))
    return {
        "executionSuccessful": report.exit_code in (0, 1),
        "exitCode": report.exit_code,
        "toolExecutionNotifications": [
            {"message": {"text": escape_text(text)}, "level": level} for text, level in notes
        ],
    }


def _result(found: Located, order: Mapping[str, int]) -> dict[str, Any]:
    checked, finding = found
    return {
        "ruleId": finding.rule,
        "ruleIndex": order[finding.rule],
        "level": LEVELS[finding.severity],
        "message": {"text": format_finding(finding)},
        "locations": [_location(checked, finding, finding)],
        **_related(checked, finding, finding.examples),
        "occurrenceCount": finding.count,
        "partialFingerprints": {"sitemapFinding/v1": _fingerprint(finding)},
    }


def _related(checked: CheckedTarget, finding: Finding, examples: Sequence[Example]) -> dict[str, Any]:
    if not examples:
        return {}
    related = [
        {"id": number, "message": {"text": format_message(each)}, **_location(checked, finding, each)}
        for number, each in enumerate(examples, 1)
    ]
    return {"relatedLocations": related}


def _location(checked: CheckedTarget, finding: Finding, place: Finding | Example) -> dict[str, Any]:
    """Where it is: the local file, else the sitemap's address, else that of the target."""
    url = finding.sitemap or checked.target
    uri = _reference(checked.files[url]) if url in checked.files else _address(url)
    region: dict[str, Any] = {}
    if place.line:
        region = {"region": {"startLine": place.line}}
        if place.column:
            region["region"]["startColumn"] = place.column
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, **region}}


def _reference(file: str) -> str:
    """The URI reference of a local file; an absolute one must not be a path, which would mean any server."""
    reference = _quoted(file, "/~")
    return f"file://{reference}" if file.startswith("/") else reference


def _address(url: str) -> str:
    """An address, however it is written, as a URI.

    Source: https://www.rfc-editor.org/rfc/rfc3986#appendix-A
    """
    host = found[0] if (found := _HOST.match(url)) else ""
    return host + _BARE_PERCENT.sub("%25", _quoted(url[len(host) :], PLAIN))


def _quoted(text: str, safe_: str) -> str:
    return quote(text.encode("utf-8", "backslashreplace"), safe=safe_)


def _fingerprint(finding: Finding) -> str:
    """The same for the same fault of a later run, at whatever host and line."""
    where = f"{finding.rule} {finding.severity.value} {strip_host(finding.sitemap)}"
    return hashlib.sha256(where.encode("utf-8", "backslashreplace")).hexdigest()
