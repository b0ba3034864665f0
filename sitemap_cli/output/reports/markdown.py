"""A report as Markdown, for a comment or the summary of a pipeline."""

import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from sitemap_cli.model.values import Finding, Severity
from sitemap_cli.output.escaping import escape_text
from sitemap_cli.output.report import CheckedTarget, Report
from sitemap_cli.output.report_parts import count_findings, format_finding, format_place, group_by_rule

MOST = 10
"""Sitemaps that are told of each rule."""
MAX_BYTES = 900_000
"""A summary on GitHub may have 1 MiB, with those of other steps."""

# Whatever means something to Markdown or HTML; the text is the server's, the page is ours.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~&@])|(?<=www)(\.)|(?<=http)(:)|(?<=https)(:)")


def write(report: Report, stream: BinaryIO) -> None:
    """Write a report."""
    left = MAX_BYTES
    for line in _lines(report):
        data = f"{line}\n".encode("utf-8", "backslashreplace")
        left -= len(data)
        if left < 0:
            stream.write(b"\nThe rest is left out: it would be too long for a page.\n")
            return
        stream.write(data)


def _lines(report: Report) -> Iterator[str]:
    sums = count_findings(report)
    counts = ", ".join(
        f"{sums[each.value]:,} {each.value}{'' if sums[each.value] == 1 else 's'}" for each in Severity
    )
    yield f"## sitemap check: {counts}"
    yield ""
    yield "| target | verdict | sitemaps | URLs | errors | warnings | infos |"
    yield "| --- | --- | ---: | ---: | ---: | ---: | ---: |"
    yield from map(_row, report.checks)
    for severity in Severity:
        yield from _of(severity, report)
    if report.known or report.excused:
        yield ""
        yield f"{report.known:,} more are known from the baseline, {report.excused:,} excused."


def _row(checked: CheckedTarget) -> str:
    counts = [sum(each.severity is severity for each in checked.findings) for severity in Severity]
    cells = [escaped(checked.target), checked.verdict or checked.status]
    numbers = [checked.sitemaps, checked.urls, *counts]
    return f"| {' | '.join([*cells, *(f'{number:,}' for number in numbers)])} |"


def _of(severity: Severity, report: Report) -> Iterator[str]:
    findings = [each for checked in report.checks for each in checked.findings if each.severity is severity]
    for rule, group in group_by_rule(findings):
        info = report.rules[rule]
        yield ""
        yield f"### {severity.value}: {info.id} {info.name}"
        yield ""
        yield escaped(info.summary)
        yield ""
        yield from _places(group)
        yield ""
        source = f" <{info.source}>" if info.source else ""
        yield f"**Fix:** {escaped(' '.join(info.fix.split()))}{source}"


def _places(findings: Sequence[Finding]) -> Iterator[str]:
    for each in findings[:MOST]:
        where = f"{escaped(format_place(each))}: " if each.sitemap else ""
        yield f"- {where}{escaped(format_finding(each))}"
    if len(findings) > MOST:
        yield f"- and in {len(findings) - MOST:,} more sitemaps"


def escaped(text: str) -> str:
    """A text that is nothing but text: no link, image, mention or HTML, and all on one line."""
    return _SPECIAL.sub(lambda match: f"&#{ord(match[0])};", escape_text(text))
