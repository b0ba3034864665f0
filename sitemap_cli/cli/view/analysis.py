"""The summary of one analyzed target."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.text import Text

from sitemap_cli.cli.look.links import link_url
from sitemap_cli.cli.look.styles import (
    ACCENT,
    CAUTION,
    HEADING,
    PLAIN,
    QUIET,
    SEVERITY_STYLES,
    find_verdict_style,
)
from sitemap_cli.cli.look.table import (
    create_table,
    name_column,
    number_column,
    prose_column,
    word_column,
)
from sitemap_cli.cli.view import next_steps
from sitemap_cli.cli.view.numbers import format_count, format_size, format_total_changes, format_urls
from sitemap_cli.cli.view.section_table import render_sections
from sitemap_cli.cli.view.sitemap_tree import MAX_SHOWN, render_tree
from sitemap_cli.crawl.discovery_report import group_sources
from sitemap_cli.model.results import JobResult
from sitemap_cli.model.values import Finding, Severity, Status
from sitemap_cli.output.escaping import escape_text
from sitemap_cli.output.lastmod_ages import AGES

BAR_WIDTH = 32
MAX_FINDINGS = 12
WARNED_DROP = 0.1
"""The share of lost URLs that deserves a warning; the same as the default of ``--max-drop``."""


def render_analysis(
    result: JobResult, findings: Sequence[Finding], complete_hint: Callable[[str], str] = str
) -> RenderableType:
    """Return the verdict, the sitemaps, their freshness, the sections, the findings and the next steps."""
    parts = [
        _render_head(result),
        _render_sitemaps(result),
        _render_freshness(result.lastmod),
        render_sections(result.sections or ()),
        _render_sources(result),
        _render_oddities(result),
        _render_findings(findings),
        _render_next_steps(result, complete_hint),
    ]
    first, *rest = (part for part in parts if part is not None)
    return Group(first, *(line for part in rest for line in (Text(""), part)))


def render_verdict(verdict: str) -> Text:
    """Return a verdict, or a status in its place, in its colour."""
    return Text(verdict, find_verdict_style(verdict))


def _render_head(result: JobResult) -> RenderableType:
    totals = result.totals
    line = Text.assemble(
        link_url(Text(escape_text(result.target), HEADING), result.target),
        "  ",
        render_verdict(result.verdict or result.status),
    )
    is_first = totals.new_urls is None and result.status in (Status.COMPLETED, Status.PARTIAL)
    changes = ["first run"] if is_first else format_total_changes(totals)
    urls = ", ".join((f"{totals.unique_urls:,} unique", *changes))
    listed = format_urls(totals.urls, result.scope, totals.all_urls)
    counts = (
        f"{listed} in {format_count(totals.sitemaps, 'sitemap')} ({urls})"
        f"  {format_size(totals.bytes)}  {(result.duration_ms or 0) / 1000:.1f} s"
    )
    lines = [line, Text(counts)]
    if (drop := _describe_drop(result)) is not None:
        lines.append(Text(drop, f"bold {CAUTION}"))
    if result.error:
        lines.append(Text(escape_text(result.error), CAUTION))
    return Group(*lines)


def _describe_drop(result: JobResult) -> str | None:
    """Return a warning if the site lists far fewer URLs than before."""
    now, lost = result.totals.unique_urls, (result.totals.removed_urls or 0) - (result.totals.new_urls or 0)
    before = now + lost
    if result.status != Status.COMPLETED or lost <= 0 or lost < WARNED_DROP * before:
        return None
    return f"{lost / before:.1%} fewer URLs than in the previous job: from {before:,} to {now:,}"


def _render_sitemaps(result: JobResult) -> RenderableType | None:
    return render_tree(result.sitemaps, most=MAX_SHOWN) if result.sitemaps else None


def _render_freshness(lastmod: Mapping[str, int]) -> RenderableType | None:
    """Return a bar for each age of lastmod; None without any lastmod."""
    ages = {age: count for age, count in lastmod.items() if count}
    return _AgeBars(ages) if set(ages) - {"missing"} else None


@dataclass(frozen=True, slots=True)
class _AgeBars:
    """A bar for each age, drawn with characters that the output can encode."""

    ages: Mapping[str, int]

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        mark = "#" if options.ascii_only else "█"
        most = max(self.ages.values())
        numbers = len(f"{most:,}") + max(len(AGES[age]) for age in self.ages)
        width = max(min(BAR_WIDTH, options.max_width - numbers - 4), 1)
        table = create_table(
            word_column(), number_column(), word_column(), title="Freshness (lastmod)", headings=False
        )
        for age, count in self.ages.items():
            bar = Text(mark * max(1, round(width * count / most)), ACCENT)
            table.add_row(AGES[age], f"{count:,}", bar)
        yield table


def _render_sources(result: JobResult) -> RenderableType | None:
    """Return the places that were searched in vain; None unless that explains an empty result."""
    if result.totals.urls or not result.sources:
        return None
    table = create_table(word_column(), word_column(), name_column(), title="Where we looked", headings=False)
    for source, response, urls in group_sources(result.sources)[:MAX_SHOWN]:
        more = f" and {len(urls) - 1} more" if len(urls) > 1 else ""
        table.add_row(source, response, link_url(Text(escape_text(urls[0]) + more), urls[0]))
    return table


def _render_oddities(result: JobResult) -> RenderableType | None:
    """Return what is odd about the responses of robots.txt files and pages that were read."""
    odd = [each for each in result.sources if each.answer == "ok" and each.message]
    if not odd:
        return None
    return Text("\n".join(escape_text(f"{each.url}: {each.message}") for each in odd[:MAX_SHOWN]), CAUTION)


def _render_findings(findings: Sequence[Finding]) -> RenderableType | None:
    if not findings:
        return None
    table = create_table(
        word_column(), word_column(), word_column(), prose_column(), title="Findings", headings=False
    )
    # Only the first ones are shown, and no warning may displace an error.
    ordered = sorted(findings, key=lambda each: [*Severity].index(each.severity))
    for each in ordered[:MAX_FINDINGS]:
        place = f"{each.sitemap}:{each.line}" if each.line else each.sitemap or ""
        message = each.message if each.count == 1 else f"{each.message} (and {each.count - 1:,} more like it)"
        severity = Text(each.severity.value, SEVERITY_STYLES[each.severity])
        table.add_row(severity, each.rule, each.name, Text(escape_text(message), PLAIN))
        if place:
            where = Text(escape_text(place), QUIET, no_wrap=True)
            table.add_row("", "", "", link_url(where, each.sitemap))
    if len(findings) > MAX_FINDINGS:
        table.add_row("", "", "", f"and {len(findings) - MAX_FINDINGS} more")
    return table


def _render_next_steps(result: JobResult, complete_hint: Callable[[str], str]) -> RenderableType:
    lines = map(complete_hint, next_steps.suggest_next_steps(result))
    return Text("\n".join(map(escape_text, lines)), QUIET)
