"""What the formats of a report have in common: findings as plain values, sums, texts without dangers."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from sitemap_cli.model.values import Example, Finding, Severity
from sitemap_cli.output.escaping import escape_text
from sitemap_cli.output.report import CheckedTarget, Report

SCHEMA = "sitemap/check/1"

NAMED = 100
"""Characters by which an address in a message is recognised; long ones are cut there."""

Located = tuple[CheckedTarget, Finding]


def list_findings(report: Report) -> Iterator[Located]:
    """Every finding that counts, with its target."""
    return ((checked, finding) for checked in report.checks for finding in checked.findings)


def sort_by_severity(report: Report) -> list[Located]:
    """The same, errors first."""
    return sorted(list_findings(report), key=lambda each: each[1].severity.rank)


def group_by_rule(findings: Sequence[Finding]) -> Iterator[tuple[str, list[Finding]]]:
    """Findings by the ids of their rules, in the order of these."""
    ordered = sorted(findings, key=lambda each: each.rule)
    return ((rule, list(group)) for rule, group in groupby(ordered, key=lambda each: each.rule))


def finding_to_json(checked: CheckedTarget, found: Finding) -> dict[str, Any]:
    """A finding in the shape that scripts depend on."""
    examples = {"examples": [_example_to_json(each) for each in found.examples]} if found.examples else {}
    return {
        "rule": found.rule,
        "name": found.name,
        "severity": found.severity.value,
        "message": found.message,
        "sitemap": found.sitemap,
        "loc": found.loc,
        "line": found.line,
        "column": found.column,
        "count": found.count,
        "domain": checked.domain,
        **examples,
    }


def _example_to_json(example: Example) -> dict[str, Any]:
    return {
        "message": example.message,
        "loc": example.loc,
        "line": example.line,
        "column": example.column,
    }


def targets_to_json(report: Report) -> list[dict[str, Any]]:
    """What became of each target."""
    names = (*("target", "domain", "job_id", "status", "verdict", "error", "sitemaps", "urls", "exit_code"),)
    return [{name: getattr(each, name) for name in names} for each in report.checks]


def count_findings(report: Report) -> dict[str, int]:
    """How many findings of each severity there are, and how many do not count."""
    counts = Counter(found.severity for _, found in list_findings(report))
    told = {severity.value: counts[severity] for severity in Severity}
    return {**told, "excused": report.excused, "known": report.known, "rules": report.checked}


def format_place(found: Finding) -> str:
    """Where the first of it is: ``sitemap:line:column``, as far as that is known; empty for a whole site."""
    if found.sitemap is None:
        return ""
    numbers = [found.line, found.column if found.line else None]
    return ":".join([escape_text(found.sitemap), *(str(each) for each in numbers if each)])


def format_message(found: Finding | Example) -> str:
    """The message on one line, and the address that it is about if it does not name it itself."""
    loc = found.loc
    named = (
        loc is None or escape_text(loc)[:NAMED] in escape_text(found.message) or loc[:NAMED] in found.message
    )
    return escape_text(found.message) if named else f"{escape_text(found.message)}: {escape_text(str(loc))}"


def format_finding(found: Finding) -> str:
    """The same, and how many more there are like it."""
    more = f" (and {found.count - 1:,} more like it)" if found.count > 1 else ""
    return f"{format_message(found)}{more}"


def strip_host(url: str | None) -> str:
    """The part of an address that is the same at every host, with its query."""
    parts = urlsplit(url or "")
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
