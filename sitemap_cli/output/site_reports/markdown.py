"""A report of a site or of a group of sites as Markdown, for an issue, a wiki or a mail."""

from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from sitemap_cli.model.failure_reasons import describe_reason
from sitemap_cli.model.results import FailureGroup, FindingCounts, SitemapResult
from sitemap_cli.model.site_report import (
    CrawlerAccess,
    GroupReport,
    LanguageRow,
    ReportDocument,
    ReportFinding,
    ReportPlace,
    SiteReport,
    UrlGroup,
)
from sitemap_cli.model.values import Severity
from sitemap_cli.output.markdown_text import escape_markdown, write_page
from sitemap_cli.output.site_report_format import SiteReportFormat

MAX_SITEMAPS = 50
MAX_SECTIONS = 30
MAX_JOBS = 10
MAX_SITES = 1_000
NONE = "-"
NOT_NAMED = "not named"


def write_report(report: ReportDocument, stream: BinaryIO) -> None:
    """Write a report."""
    write_page(_format_lines(report), stream)


def _format_lines(report: ReportDocument) -> Iterator[str]:
    yield f"# Sitemap report: {escape_markdown(report.title)}"
    if report.site is not None:
        yield from _format_site(report.site)
    if report.group is not None:
        yield from _format_group(report.group)
    yield ""
    yield f"Data of {_format_time(report.created_at)}; sitemap {escape_markdown(report.version)}."


def _format_site(site: SiteReport) -> Iterator[str]:
    yield ""
    yield f"**{site.verdict or site.status}**: {escape_markdown(site.answer)}"
    if site.error:
        yield ""
        yield escape_markdown(site.error)
    yield from _format_list("What to do", site.next_steps)
    totals = site.totals
    yield from _format_table(
        ("job", "ended", "sitemaps", "URLs", "new", "removed", "errors", "warnings", "infos"),
        [
            (
                site.job_id,
                _format_time(site.finished_at),
                *map(_format_number, (totals.sitemaps, totals.urls, totals.new_urls, totals.removed_urls)),
                *_format_counts(site.counts),
            )
        ],
        2,
    )
    by_id = {each.rule: each for each in site.findings}
    yield from _format_list(
        "Fix first", (f"{rule} {by_id[rule].name}: {by_id[rule].summary}" for rule in site.first)
    )
    for severity in Severity:
        for finding in site.findings:
            if finding.severity is severity:
                yield from _format_finding(finding)
    yield from _format_checked(site)
    yield from _format_list("Notes", site.notes)
    yield from _format_sections(site)
    yield from _format_sitemaps(site)
    yield from _format_trust(site)
    yield from _format_history(site)
    yield from _format_robots(site)
    yield from _format_languages(site)
    yield from _format_pages(site)


def _format_finding(finding: ReportFinding) -> Iterator[str]:
    yield ""
    yield f"## {finding.severity}: {finding.rule} {finding.name}"
    yield ""
    yield escape_markdown(finding.summary)
    yield ""
    yield _describe_extent(finding)
    yield ""
    for cause in finding.causes:
        yield f"- {escape_markdown(cause.message)} ({_format_times(cause.places)})"
        for place in cause.examples:
            yield f"  - {_format_place(place, cause.message)}"
    for place in finding.examples:
        yield f"- {_format_place(place)}"
    shown = sum(each.places for each in finding.causes) or len(finding.examples)
    if shown < finding.places and (finding.causes or finding.examples):
        yield f"- and {finding.places - shown:,} more"
    for fix in finding.fixes:
        yield ""
        name = f"Fix ({escape_markdown(fix.case)})" if fix.case else "Fix"
        link = f" <{finding.link}>" if finding.link and fix is finding.fixes[-1] else ""
        yield f"**{name}:** {escape_markdown(fix.text)}{link}"


def _describe_extent(finding: ReportFinding) -> str:
    parts = [_format_times(finding.places)]
    if finding.sitemaps:
        parts.append(f"in {_format_amount(finding.sitemaps, 'sitemap')}")
    if finding.share is not None:
        parts.append(f"{_format_share(finding.share)} of the URLs")
    return f"{', '.join(parts)}."


def _format_checked(site: SiteReport) -> Iterator[str]:
    if not site.rules_checked and not site.rules_idle:
        return
    needs = f"; {site.rules_idle:,} need {', '.join(site.needs)}" if site.rules_idle and site.needs else ""
    yield ""
    yield escape_markdown(f"{_format_amount(site.rules_checked, 'rule')} checked{needs}.")


def _format_sections(site: SiteReport) -> Iterator[str]:
    if site.structure is None:
        return
    yield ""
    yield "## URLs by section"
    groups = site.structure.sections
    rows = map(_list_cells, groups[:MAX_SECTIONS])
    yield from _format_table(("section", "URLs", "before", "forms"), rows, 1, 3)
    yield from _format_rest(len(groups) - MAX_SECTIONS, "section")
    if site.structure.examined < site.structure.urls:
        yield ""
        yield f"Numbers within the sections are estimated from {site.structure.examined:,} URLs."


def _list_cells(group: UrlGroup) -> Sequence[str]:
    forms = ", ".join(f"{each.name} {each.urls:,}" for each in group.groups[:3])
    more = f", and {len(group.groups) - 3:,} more" if len(group.groups) > 3 else ""
    return group.name, _format_number(group.urls), _format_number(group.previous), f"{forms}{more}"


def _format_sitemaps(site: SiteReport) -> Iterator[str]:
    if not site.sitemaps:
        return
    yield ""
    yield "## Sitemaps"
    rows = (
        (each.url, each.kind or NONE, _describe_response(each), f"{each.urls:,}")
        for each in site.sitemaps[:MAX_SITEMAPS]
    )
    yield from _format_table(("sitemap", "kind", "response", "URLs"), rows, 3)
    yield from _format_rest(len(site.sitemaps) + site.sitemaps_left_out - MAX_SITEMAPS, "sitemap")


def _describe_response(sitemap: SitemapResult) -> str:
    if sitemap.error:
        return describe_reason(sitemap.error, sitemap.status_code)
    return str(sitemap.status_code or NONE)


def _format_trust(site: SiteReport) -> Iterator[str]:
    if any(site.lastmod.values()):
        yield ""
        yield "## Age of lastmod"
        rows = ((name, _format_number(count)) for name, count in site.lastmod.items() if count)
        yield from _format_table(("age", "entries"), rows, 1)
    if site.lastmod_trust is not None:
        yield ""
        yield escape_markdown(f"lastmod reliable: {site.lastmod_trust.answer}, {site.lastmod_trust.because}")


def _format_history(site: SiteReport) -> Iterator[str]:
    if len(site.history) < 2:
        return
    yield ""
    yield "## History"
    rows = (
        (
            _format_time(each.finished_at),
            each.verdict or each.status,
            *map(_format_number, (each.urls, each.added, each.removed, each.changed)),
        )
        for each in site.history[:MAX_JOBS]
    )
    yield from _format_table(("ended", "verdict", "URLs", "added", "removed", "changed"), rows, 2)
    yield from _format_rest(len(site.history) - MAX_JOBS, "job")


def _format_robots(site: SiteReport) -> Iterator[str]:
    for robots in site.robots:
        yield ""
        yield f"## {escape_markdown(robots.url)}"
        if robots.error:
            yield ""
            yield escape_markdown(robots.error)
        rows = map(_list_access, robots.crawlers)
        yield from _format_table(("crawler", "purpose", "access", "URLs disallowed", "rules"), rows, 3, 4)
        if robots.signals:
            yield from ("", "Preferences for the use of content:", "")
            yield from (f"- {escape_markdown(each)}" for each in robots.signals)


def _list_access(access: CrawlerAccess) -> Sequence[str]:
    count = _format_number(access.disallowed_urls)
    name = access.name if access.name == access.crawler else f"{access.name} ({access.crawler})"
    may = NOT_NAMED if access.access == "unset" else access.access
    return name, access.purpose, may, count, "; ".join(access.rules)


def _format_languages(site: SiteReport) -> Iterator[str]:
    matrix = site.languages
    if matrix is None:
        return
    yield ""
    yield "## Language versions"
    rows = map(_list_links, matrix.rows)
    yield from _format_table(("from", "pages", *matrix.languages), rows, 1)
    yield from _format_rest(matrix.left_out, "language")


def _list_links(row: LanguageRow) -> Sequence[str]:
    return row.language, *map(_format_number, (row.pages, *row.links))


def _format_pages(site: SiteReport) -> Iterator[str]:
    if site.probe is None:
        return
    facts = site.probe.facts
    yield ""
    yield "## Requested pages"
    yield ""
    yield f"{facts.asked:,} of {_format_amount(facts.of, 'page')} requested."
    yield from _format_table(
        ("response", "pages"),
        ((describe_reason(name), _format_number(count)) for name, count in site.probe.statuses.items()),
        1,
    )
    rows = (
        (each.problem, _format_number(each.count), _format_share(each.rate))
        for each in (facts.dirt, *facts.rates)
        if each.count
    )
    yield from _format_table(("problem", "pages", "estimated share"), rows, 1)


def _format_group(group: GroupReport) -> Iterator[str]:
    yield ""
    yield f"{_format_amount(group.sites, 'site')} with {_format_amount(group.urls, 'URL')}."
    yield from _format_counted("verdict", group.verdicts.items())
    yield from _format_counted("compared with the previous job", group.comparisons.items())
    if group.failures:
        yield ""
        yield "## Failures"
        failures = map(_list_failure, group.failures)
        yield from _format_table(("verdict", "compared", "sites", "reason", "such as"), failures, 2, 3)
    if group.rules:
        yield ""
        yield "## Rules"
        rules = (
            (
                each.severity,
                f"{each.rule} {each.name}",
                each.summary,
                *map(_format_number, (each.sites, each.places)),
                ", ".join(each.domains[:3]),
            )
            for each in group.rules
        )
        yield from _format_table(("severity", "rule", "what", "sites", "places", "such as"), rules, 3, 5)
    if not group.rows:
        return
    yield ""
    yield "## Sites"
    rows = (
        (
            each.domain,
            each.verdict or each.status or "not analyzed",
            each.comparison or NONE,
            *map(_format_number, (each.urls, each.added, each.removed)),
            *(_format_counts(each.counts) if each.counts else (NONE, NONE, NONE)),
            ", ".join(each.first),
        )
        for each in group.rows[:MAX_SITES]
    )
    numbers = ("URLs", "new", "removed", "errors", "warnings", "infos")
    yield from _format_table(("site", "verdict", "compared", *numbers, "fix first"), rows, 3, 9)
    yield from _format_rest(len(group.rows) - MAX_SITES, "site")


def _list_failure(failure: FailureGroup) -> Sequence[str]:
    named = ", ".join(failure.domains)
    reason, compared = failure.error or NONE, failure.comparison or NONE
    return failure.verdict, compared, _format_number(failure.jobs), reason, named


def _format_counted(name: str, counts: Iterable[tuple[str, int]]) -> Iterator[str]:
    yield from _format_table((name, "sites"), ((key, f"{count:,}") for key, count in counts), 1)


def _format_list(title: str, texts: Iterable[str]) -> Iterator[str]:
    lines = [f"- {escape_markdown(each)}" for each in texts]
    if lines:
        yield from ("", f"## {title}", "", *lines)


def _format_table(
    heads: Sequence[str], rows: Iterable[Sequence[str]], first: int, end: int | None = None
) -> Iterator[str]:
    """Yield a table, below an empty line; the columns from ``first`` up to ``end`` have numbers."""
    lines = [f"| {' | '.join(map(escape_markdown, row))} |" for row in rows]
    if not lines:
        return
    numbers = range(len(heads))[first:end]
    yield ""
    yield f"| {' | '.join(map(escape_markdown, heads))} |"
    yield f"| {' | '.join('---:' if at in numbers else '---' for at in range(len(heads)))} |"
    yield from lines


def _format_rest(count: int, noun: str) -> Iterator[str]:
    if count > 0:
        yield ""
        yield f"And {_format_amount(count, f'more {noun}')}."


def _format_place(place: ReportPlace, cause: str = "") -> str:
    """Return the page, what is wrong with it unless the cause says it, and where that is."""
    message = "" if place.message == cause else place.message
    parts = [] if place.loc is None or place.loc in message else [place.loc]
    text = ": ".join([*parts, *([message] if message else [])])
    numbers = [str(each) for each in (place.line, place.column if place.line else None) if each]
    where = ":".join([place.sitemap, *numbers]) if place.sitemap else ""
    return escape_markdown(f"{text} ({where})" if text and where else text or where)


def _format_counts(counts: FindingCounts) -> tuple[str, str, str]:
    return f"{counts.error:,}", f"{counts.warning:,}", f"{counts.info:,}"


def _format_number(number: int | None) -> str:
    return NONE if number is None else f"{number:,}"


def _format_share(share: float) -> str:
    """Return a share with two digits, so that a small one is not nothing."""
    return f"{share:.0%}" if share >= 0.095 or not share else f"{share * 100:.2g}%"


def _format_times(count: int) -> str:
    return _format_amount(count, "place")


def _format_amount(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _format_time(time: str | None) -> str:
    return f"{time[: len('2026-11-01T09:30')].replace('T', ' ')} UTC" if time else NONE


FORMAT = SiteReportFormat(write_report)
