"""The report of a check: findings by severity and rule, each rule with its fix."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from sitemap_cli.cli.look.links import link_place, link_url
from sitemap_cli.cli.look.packed_line import PackedLine
from sitemap_cli.cli.look.styles import (
    BAD,
    CAUTION,
    GOOD,
    HEADING,
    QUIET,
    SEVERITY_STYLES,
    find_verdict_style,
)
from sitemap_cli.cli.view.numbers import format_count, format_total_changes, format_urls
from sitemap_cli.errors import LockedError
from sitemap_cli.model import exit_codes
from sitemap_cli.model.values import Example, Finding, Severity
from sitemap_cli.output.escaping import escape_text
from sitemap_cli.output.merged_causes import CausePlace, MergedCauses, merge_causes
from sitemap_cli.output.report import CheckedTarget, Report, RuleInfo
from sitemap_cli.output.report_parts import (
    count_more,
    find_file,
    format_more_sitemaps,
    list_fixes,
    split_place,
)
from sitemap_cli.output.section_summary import describe_sections

EXIT_REASONS = {
    exit_codes.PARTIAL: "not everything was read",
    exit_codes.UNREADABLE: "nothing could be read",
    exit_codes.ABSENT: "there is no sitemap",
    LockedError.exit_code: "another run holds the lock of a domain",
}
"""Why the exit code is not 0, unless findings are the reason."""

MAX_SITEMAPS = 5
"""Most sitemaps shown for each rule; ten thousand may have the same finding."""


def render_check_report(report: Report, *, quiet: bool = False) -> RenderableType:
    """Return every target with its findings, then their number; if quiet, only those that fail the check."""
    parts, notes = list[RenderableType](), list[str]()
    for checked in report.checks:
        findings = [each for each in checked.findings if not quiet or report.is_failure(each)]
        parts += [_render_head(checked), *_render_findings(findings, report, checked)]
        notes = [] if quiet and not findings else [*checked.notes, *checked.page_notes]
        parts += [*_render_notes(notes), Text("")]
    if report.missing_pages and not quiet:
        # Below the notes of the last site, as one of them.
        parts[-1:] = [*_render_notes([report.missing_pages], is_first=not notes), Text("")]
    parts.append(_render_counts(report))
    if reason := _describe_exit_code(report):
        parts.append(Text(f"exit {report.exit_code}: {reason}", _find_exit_style(report.exit_code)))
    return Group(*parts)


def _render_notes(notes: Sequence[str], *, is_first: bool = True) -> Iterator[RenderableType]:
    """Yield a line for each note, below an empty line if they are the first."""
    if notes and is_first:
        yield Text("")
    yield from (Text(escape_text(f"note: {each}"), QUIET) for each in notes)


def _render_head(checked: CheckedTarget) -> RenderableType:
    verdict = checked.verdict or checked.status
    urls = format_urls(checked.urls, *(checked.part or ()))
    counts = f"{urls} in {format_count(checked.sitemaps, 'sitemap')}"
    totals = checked.totals
    if totals is not None and (totals.are_changed or totals.changed_urls):
        counts += f" ({', '.join(format_total_changes(totals))})"
    target = link_place(Text(escape_text(checked.target), HEADING), checked.target)
    line = Text.assemble(target, "  ", (verdict, find_verdict_style(verdict)), f"  {counts}")
    lines: list[RenderableType] = [line]
    if sections := describe_sections(checked.sections):
        lines.append(Text(sections, QUIET))
    if error := checked.separate_error:
        lines.append(Text(escape_text(error), CAUTION))
    return Group(*lines)


def _render_findings(
    findings: Sequence[Finding], report: Report, checked: CheckedTarget
) -> Iterator[RenderableType]:
    ranked = sorted(findings, key=lambda each: (each.severity.rank, each.rule))
    for (severity, rule), group in groupby(ranked, key=lambda each: (each.severity, each.rule)):
        yield Text("")
        yield from _render_rule(severity, report.rules[rule], list(group), checked)


def _render_rule(
    severity: Severity, rule: RuleInfo, findings: Sequence[Finding], checked: CheckedTarget
) -> Iterator[RenderableType]:
    places = sum(each.count for each in findings)
    times = f"  {places:,} times" if places > 1 else ""
    id_ = link_url(Text(rule.id), rule.link)
    style = f"bold {SEVERITY_STYLES[severity]}"
    yield Text.assemble((severity.value, style), " ", id_, " ", (rule.name, HEADING), (times, QUIET))
    yield _indent(Text(escape_text(rule.summary)))
    if causes := merge_causes(findings):
        yield from _render_causes(causes, checked)
    else:
        for finding in findings[:MAX_SITEMAPS]:
            yield from _render_places(finding, checked.files)
        if len(findings) > MAX_SITEMAPS:
            yield _indent(Text(f"and in {format_more_sitemaps(len(findings) - MAX_SITEMAPS)}", QUIET))
    for case, text in list_fixes(findings, rule):
        name = f"fix ({case})" if case else "fix"
        yield PackedLine([Text(escape_text(f"{name}: {text}"), QUIET)], 2)
    if rule.page:
        yield PackedLine([link_url(Text(escape_text(f"see: {rule.page}"), QUIET), rule.page)], 2)


def _render_places(finding: Finding, files: Mapping[str, str]) -> Iterator[RenderableType]:
    """Yield a line for each known place; the finding itself describes the first."""
    first = Example(finding.message, finding.loc, finding.line, finding.column, finding.file)
    for each in (first, *finding.examples):
        where = find_file(each, finding.sitemap, files) or finding.sitemap
        yield _render_place(*split_place(each), where, each, 2)
    more = count_more(finding) - len(finding.examples)
    if more > 0:
        yield _indent(Text(f"and {more:,} more", QUIET), 4)


def _render_causes(causes: MergedCauses, checked: CheckedTarget) -> Iterator[RenderableType]:
    """Yield each cause with its number of places, and the pages of some of them."""
    for each in causes.listed:
        if each.count == len(each.places) == 1:
            only = each.places[0]
            yield _render_place(*split_place(only.example), *_locate(only, checked), 2)
            continue
        common = each.find_common_place()
        yield _render_place("", each.describe(checked.urls), *_locate(common, checked), 2)
        for place in each.places:
            where = None if common else place
            yield _render_place(*each.split(place), *_locate(where, checked), 4)
        if each.more > 0:
            yield _indent(Text(f"and {each.more:,} more", QUIET), 4)
    if rest := causes.describe_rest():
        yield _indent(Text(rest, QUIET))


def _locate(place: CausePlace | None, checked: CheckedTarget) -> tuple[str | None, Example | None]:
    """Return the file or the URL of the sitemap of a place, and the place."""
    if place is None:
        return None, None
    where = find_file(place.example, place.sitemap, checked.files)
    return where or place.sitemap, place.example


def _render_place(
    page: str, what: str, sitemap: str | None, example: Example | None, by: int
) -> RenderableType:
    """Return a page, what is wrong with it, and where that is."""
    place = escape_text(_format_place(sitemap, example)) if example else ""
    where = link_place(Text(place, QUIET, no_wrap=True), sitemap)
    # A page is escaped already; its link is not.
    loc = example.loc if example is not None and example.loc else page
    parts = (link_url(Text(page, no_wrap=True), loc), Text(what), where)
    return PackedLine([each for each in parts if each.plain], by)


def _format_place(sitemap: str | None, example: Example) -> str:
    if sitemap is None:
        return ""
    line = f":{example.line}" if example.line else ""
    column = f":{example.column}" if line and example.column else ""
    return f"{sitemap}{line}{column}"


def _indent(text: Text, by: int = 2) -> RenderableType:
    return Padding(text, (0, 0, 0, by), expand=False)


def _find_exit_style(exit_code: int) -> str:
    return f"bold {CAUTION if exit_code == exit_codes.PARTIAL else BAD}"


def _describe_exit_code(report: Report) -> str | None:
    """Return why the exit code is not 0."""
    if report.exit_code != exit_codes.FINDINGS or report.fail_on is None:
        return EXIT_REASONS.get(report.exit_code)
    failed = [each for each in report.checks if each.exit_code == exit_codes.FINDINGS]
    findings = [each for checked in failed for each in checked.findings if report.is_failure(each)]
    name = report.fail_on.value
    if not report.tolerated:
        return f"{format_count(len(findings), 'finding')} at or above {name} (--fail-on {name})"
    places = format_count(sum(each.count for each in findings), "place")
    return f"{places} with findings at or above {name}; --max-findings tolerates {report.tolerated:,}"


def _render_counts(report: Report) -> RenderableType:
    counts = list(_count_findings(report))
    if report.known:
        counts.append(Text(f"{report.known:,} known from the baseline"))
    if report.excused:
        counts.append(Text(f"{report.excused:,} excused"))
    checked = f"{format_count(report.checked, 'rule')} checked" if report.checked else "no rule had data"
    line = f"; {checked}"
    if report.few:
        line += f" ({', '.join(report.few)})"
    if report.idle:
        *others, last = report.needs
        needs = f"{', '.join(others)} or {last}" if others else last
        line += f"; {report.idle:,} need{'s' if report.idle == 1 else ''} {needs}"
    return Text.assemble(Text(", ").join(counts), line)


def _count_findings(report: Report) -> Iterator[Text]:
    """Yield the number of findings of each severity, in its style if there are any."""
    findings = [each for checked in report.checks for each in checked.findings]
    for severity in Severity:
        count = sum(each.severity is severity for each in findings)
        none = f"bold {GOOD}" if not findings and report.exit_code == 0 else QUIET
        style = f"bold {SEVERITY_STYLES[severity]}" if count else none
        yield Text(format_count(count, severity.value), style)
