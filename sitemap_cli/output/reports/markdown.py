"""A report as Markdown, for a comment or the summary page of a CI run."""

from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from msgspec.structs import asdict

from sitemap_cli.model.values import Finding, Severity
from sitemap_cli.output.markdown_text import escape_markdown, write_page
from sitemap_cli.output.merged_causes import MergedCauses, merge_causes
from sitemap_cli.output.report import CheckedTarget, Report, RuleInfo
from sitemap_cli.output.report_format import ReportFormat
from sitemap_cli.output.report_parts import (
    count_findings,
    count_more,
    format_more_sitemaps,
    format_place,
    group_by_rule,
    list_fixes,
    split_place,
)
from sitemap_cli.output.section_summary import describe_sections

MAX_LISTED = 10
"""Sitemaps that are listed per rule."""


def write_report(report: Report, stream: BinaryIO) -> None:
    """Write a report."""
    write_page(_format_lines(report), stream)


def _format_lines(report: Report) -> Iterator[str]:
    sums = asdict(count_findings(report))
    counts = ", ".join(
        f"{sums[each.value]:,} {each.value}{'' if sums[each.value] == 1 else 's'}" for each in Severity
    )
    yield f"## sitemap check: {counts}"
    yield ""
    yield "| target | verdict | sitemaps | URLs | errors | warnings | infos |"
    yield "| --- | --- | ---: | ---: | ---: | ---: | ---: |"
    yield from map(_format_target, report.checks)
    yield from _format_sections(report)
    yield from _format_page_notes(report)
    if joint := report.joint_targets:
        yield ""
        yield f"Judged together: {', '.join(map(escape_markdown, joint))}."
    for severity in Severity:
        yield from _format_severity(severity, report)
    if report.known or report.excused:
        yield ""
        yield f"{report.known:,} more are known from the baseline, {report.excused:,} excused."


def _format_sections(report: Report) -> Iterator[str]:
    """Yield the sections of each target that has several."""
    found = [(each.target, describe_sections(each.sections)) for each in report.checks]
    texts = [(target, text) for target, text in found if text]
    for target, text in texts[:MAX_LISTED]:
        yield ""
        yield escape_markdown(text if len(report.checks) == 1 else f"{target}: {text}")


def _format_page_notes(report: Report) -> Iterator[str]:
    """Yield how many pages were requested."""
    notes = [(each.target, note) for each in report.checks for note in each.page_notes]
    texts = [f"{target}: {note}" if len(report.checks) > 1 else note for target, note in notes[:MAX_LISTED]]
    texts += [f"and {len(notes) - MAX_LISTED:,} more notes"] if len(notes) > MAX_LISTED else []
    for text in [*texts, *([report.missing_pages] if report.missing_pages else [])]:
        yield ""
        yield escape_markdown(text)


def _format_target(checked: CheckedTarget) -> str:
    counts = [sum(each.severity is severity for each in checked.findings) for severity in Severity]
    cells = [escape_markdown(checked.target), checked.verdict or checked.status]
    numbers = [checked.sitemaps, checked.urls, *counts]
    return f"| {' | '.join([*cells, *(f'{number:,}' for number in numbers)])} |"


def _format_severity(severity: Severity, report: Report) -> Iterator[str]:
    findings = [each for checked in report.checks for each in checked.findings if each.severity is severity]
    urls = sum(each.urls for each in report.checks)
    for rule, group in group_by_rule(findings):
        info = report.rules[rule]
        yield ""
        yield f"### {severity.value}: {info.id} {info.name}"
        yield ""
        yield escape_markdown(info.summary)
        yield ""
        causes = merge_causes(group)
        yield from (
            _format_causes(causes, urls, report.files) if causes else _format_places(group, report.files)
        )
        yield ""
        link = f" <{info.link}>" if info.link else ""
        yield f"{' '.join(_format_fixes(group, info))}{link}"


def _format_fixes(findings: Sequence[Finding], info: RuleInfo) -> Iterator[str]:
    for case, text in list_fixes(findings, info):
        name = f"Fix ({escape_markdown(case)})" if case else "Fix"
        yield f"**{name}:** {escape_markdown(text)}"


def _format_places(findings: Sequence[Finding], files: Mapping[str, str]) -> Iterator[str]:
    for each in findings[:MAX_LISTED]:
        page, what = split_place(each)
        more = f", and {count_more(each):,} more like it" if count_more(each) else ""
        yield f"- {_join_parts(page, what, format_place(each, each.sitemap, files))}{more}"
    if len(findings) > MAX_LISTED:
        yield f"- and in {format_more_sitemaps(len(findings) - MAX_LISTED)}"


def _format_causes(causes: MergedCauses, urls: int, files: Mapping[str, str]) -> Iterator[str]:
    for each in causes.listed:
        if each.count == len(each.places) == 1:
            only = each.places[0]
            where = format_place(only.example, only.sitemap, files)
            yield f"- {_join_parts(*split_place(only.example), where)}"
            continue
        yield f"- {escape_markdown(each.describe(urls))}"
        for place in each.places:
            where = format_place(place.example, place.sitemap, files)
            yield f"  - {_join_parts(*each.split(place), where)}"
    if rest := causes.describe_rest():
        yield f"- {rest}"


def _join_parts(page: str, what: str, where: str) -> str:
    """Return the page, what is wrong with it, and where that is, as far as they are known."""
    text = escape_markdown(": ".join(each for each in (page, what) if each))
    return f"{text} ({escape_markdown(where)})" if where else text


FORMAT = ReportFormat(write_report)
