"""Parts that report formats share: findings as JSON values, counts, and text that is safe to print."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from msgspec import UNSET, UnsetType, structs

from sitemap_cli.model.check_results import (
    CheckFinding,
    CheckSummary,
    FindingCause,
    FindingExample,
    TargetResult,
)
from sitemap_cli.model.site_sections import name_section
from sitemap_cli.model.values import Cause, Example, Finding, Fix, Severity, Status, Verdict
from sitemap_cli.output.escaping import escape_text
from sitemap_cli.output.report import CheckedTarget, Report, RuleInfo

MAX_IN_LINE = 3
"""Causes that are named on one line."""
NAMED = 100
"""Messages cut long URLs; one that contains this many characters of a URL names it."""

Located = tuple[CheckedTarget, Finding]


def list_findings(report: Report) -> Iterator[Located]:
    """Yield every finding that counts, with its target."""
    return ((checked, finding) for checked in report.checks for finding in checked.findings)


def sort_by_severity(report: Report) -> list[Located]:
    """Return every finding that counts with its target, errors first."""
    return sorted(list_findings(report), key=lambda each: each[1].severity.rank)


def group_by_rule(findings: Sequence[Finding]) -> Iterator[tuple[str, list[Finding]]]:
    """Yield the id of each rule with its findings, in the order of the ids."""
    ordered = sorted(findings, key=lambda each: each.rule)
    return ((rule, list(group)) for rule, group in groupby(ordered, key=lambda each: each.rule))


def build_finding(checked: CheckedTarget, finding: Finding) -> CheckFinding:
    """Return a finding as JSON output has it."""
    return CheckFinding(
        rule=finding.rule,
        name=finding.name,
        severity=finding.severity,
        message=finding.message,
        sitemap=finding.sitemap,
        loc=finding.loc,
        line=finding.line,
        column=finding.column,
        count=finding.count,
        domain=checked.domain,
        examples=[_build_example(each) for each in finding.examples] or UNSET,
        causes=[_build_cause(each) for each in finding.causes] or UNSET,
        fix="\n".join(text for _, text in finding.fixes) or UNSET,
        file=finding.file or UNSET,
        value=_show_value(finding.value),
    )


def _build_example(example: Example) -> FindingExample:
    file = example.file or UNSET
    value = _show_value(example.value)
    return FindingExample(example.message, example.loc, example.line, example.column, file, value)


def _show_value(value: str | None) -> str | UnsetType:
    return UNSET if value is None else value


def _build_cause(cause: Cause) -> FindingCause:
    examples = [_build_example(each) for each in cause.examples]
    return FindingCause(cause.cause, cause.message, cause.count, cause.urls, examples)


def build_targets(report: Report) -> list[TargetResult]:
    """Return the outcome of each target as JSON output has it."""
    return [_build_target(each) for each in report.checks]


def _build_target(checked: CheckedTarget) -> TargetResult:
    scope, all_urls = checked.part or (UNSET, UNSET)
    return TargetResult(
        target=checked.target,
        domain=checked.domain,
        job_id=checked.job_id,
        status=Status(checked.status),
        verdict=None if checked.verdict is None else Verdict(checked.verdict),
        error=checked.error,
        sitemaps=checked.sitemaps,
        urls=checked.urls,
        exit_code=checked.exit_code,
        scope=scope,
        all_urls=all_urls,
        sections=[*checked.sections] or UNSET,
        probed=UNSET if checked.pages is None else checked.pages,
        requested_pages=UNSET if checked.requested_pages is None else checked.requested_pages,
        together=[*checked.together] or UNSET,
        compared=UNSET if checked.against is None else checked.against,
    )


def count_findings(report: Report) -> CheckSummary:
    """Return the number of findings of each severity, of those that do not count, and of rules checked."""
    counts = Counter(finding.severity for _, finding in list_findings(report))
    return CheckSummary(
        error=counts[Severity.ERROR],
        warning=counts[Severity.WARNING],
        info=counts[Severity.INFO],
        excused=report.excused,
        known=report.known,
        rules=report.checked,
        rules_without_data=report.idle or UNSET,
    )


def list_fixes(findings: Sequence[Finding], rule: RuleInfo) -> list[Fix]:
    """Return what to do about the findings of one rule; of several fixes, each names its case."""
    fixes = list(dict.fromkeys(fix for each in findings for fix in each.fixes))
    if len(fixes) > 1:
        return fixes
    return [Fix(None, fixes[0].text if fixes else " ".join(rule.fix.split()))]


def format_place(
    place: Finding | Example, sitemap: str | None, files: Mapping[str, str] | None = None
) -> str:
    """Return ``sitemap:line:column`` as far as it is known; empty without a sitemap and a file.

    ``files`` has the local files of sitemaps, which take the place of their URLs.
    """
    name = find_file(place, sitemap, files or {}) or sitemap
    if name is None:
        return ""
    numbers = [place.line, place.column if place.line else None]
    return ":".join([escape_text(name), *(str(each) for each in numbers if each)])


def find_file(place: Finding | Example, sitemap: str | None, files: Mapping[str, str]) -> str | None:
    """Return the local file of a place: one of a build, or that of its sitemap; None without one."""
    return place.file or files.get(sitemap or "")


def split_files(finding: Finding) -> list[Finding]:
    """Return a finding for each known place in a file of its own; the first one stands for the rest.

    They are for formats that mark lines of files, such as annotations.
    """
    if finding.file is None:
        return [finding]
    others = [each for each in _list_known(finding) if each.file is not None]
    places = dict.fromkeys((each.file, each.line, each.message, each.loc) for each in others)
    places.pop((finding.file, finding.line, finding.message, finding.loc), None)
    first = structs.replace(finding, examples=(), count=max(finding.count - len(places), 1))
    rest = [
        structs.replace(
            first, file=file, line=line, column=None, message=message, loc=loc, count=1, causes=()
        )
        for file, line, message, loc in places
    ]
    alone = structs.replace(first, causes=()) if first.count == 1 else first
    return [alone, *rest]


def _list_known(finding: Finding) -> list[Example]:
    """Return the examples of a finding and of its causes."""
    return [*finding.examples, *(example for cause in finding.causes for example in cause.examples)]


def split_place(place: Finding | Example) -> tuple[str, str]:
    """Return the page of a place and what is wrong with it; no page if the message begins with its URL."""
    message, page = escape_text(place.message), escape_text(place.loc or "")
    if f"{message} ".startswith(f"{page} ") or _is_cut(message, page):
        return "", message
    what, _, end = message.rpartition(": ")
    return page, what if what and (end == page or _is_cut(end, page)) else message


def _is_cut(text: str, page: str) -> bool:
    """Return whether a text begins with a long URL, of which messages have only the beginning."""
    return len(page) > NAMED and text.startswith(page[:NAMED])


def format_message(finding: Finding | Example) -> str:
    """Return the message on one line, followed by the URL it is about unless it names the URL itself."""
    loc, message = finding.loc, escape_text(finding.message)
    named = loc is None or escape_text(loc)[:NAMED] in message or loc[:NAMED] in finding.message
    return message if named else f"{message}: {escape_text(str(loc))}"


def format_finding(finding: Finding) -> str:
    """Return the message with its URL, and the number of further findings like it; or its causes."""
    if finding.causes and finding.count > 1:
        return format_causes(finding)
    more = f" (and {count_more(finding):,} more like it)" if count_more(finding) else ""
    return f"{format_message(finding)}{more}"


def count_more(finding: Finding) -> int:
    """Return the number of places besides the first; none for what is said of a whole file."""
    return finding.count - 1 if finding.loc or finding.line else 0


def format_more_sitemaps(count: int) -> str:
    """Return a number of sitemaps besides those that are named."""
    return f"{count:,} more sitemap{'' if count == 1 else 's'}"


def format_causes(finding: Finding) -> str:
    """Return the most frequent causes with their numbers of places, and the first URL, on one line."""
    named = finding.causes[:MAX_IN_LINE]
    parts = [_format_cause(each) for each in named]
    others = finding.count - sum(each.count for each in named)
    if others > 0:
        parts.append(f"and {others:,} more")
    before = ": " if len(parts) == 1 and not finding.causes[0].is_counted else "; first: "
    return f"{'; '.join(parts)}{before}{escape_text(finding.loc)}" if finding.loc else "; ".join(parts)


def _format_cause(cause: Cause) -> str:
    message = escape_text(cause.message)
    if cause.message == cause.cause and cause.examples:
        # The places have different messages: the name of a section alone says nothing.
        message = f"{name_section(message)}  {escape_text(cause.examples[0].message)}, among others"
    return message if cause.is_counted else f"{message} ({format_times(cause.count, cause.urls)})"


def format_times(count: int, urls: int | None, total: int = 0) -> str:
    """Return a number of places; of URLs if there is one for each place, with their total if it is larger."""
    if urls is None:
        return f"{count:,} time{'' if count == 1 else 's'}"
    of_all = f" of {total:,}" if total > urls else ""
    text = f"{urls:,}{of_all} URL{'' if urls == 1 and not of_all else 's'}"
    return text if urls == count else f"{count:,} times in {text}"
