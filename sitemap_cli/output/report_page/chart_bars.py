"""Bars of the charts, as shares of the largest value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sitemap_cli.model.history_results import JobChange
from sitemap_cli.output.lastmod_ages import AGES
from sitemap_cli.output.report_page.page_values import format_day, format_number

UNKNOWN_AGES = ("future", "missing", "invalid")
"""Ages that are no age: they are drawn in another colour."""


@dataclass(frozen=True, slots=True)
class AgeBar:
    """The entries of one age of lastmod."""

    label: str
    count: int
    share: float
    width: float
    is_age: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a job: where it stands and how high it is, in percent."""

    x: float
    width: float
    top: float
    height: float
    tone: str
    title: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One row of charts over the jobs, with the number that its highest bar stands for."""

    name: str
    highest: int
    middle: float | None
    bars: list[Bar]


def list_age_bars(lastmod: Mapping[str, int]) -> list[AgeBar]:
    """Return a bar for each age; no bar if no entry has a lastmod."""
    if not any(count for age, count in lastmod.items() if age != "missing"):
        return []
    total, most = sum(lastmod.values()), max(lastmod.values())
    shown = [age for age in AGES if age in lastmod and (lastmod[age] or age not in UNKNOWN_AGES)]
    return [
        AgeBar(
            AGES[age],
            lastmod[age],
            lastmod[age] / total,
            round(100 * lastmod[age] / most, 2),
            age not in UNKNOWN_AGES,
        )
        for age in shown
    ]


def draw_history(jobs: Sequence[JobChange]) -> list[Panel]:
    """Return the panels of URLs, of added and removed URLs, and of findings; jobs are the newest first."""
    ordered = list(reversed(jobs))
    panels = [_draw_urls(ordered)]
    if any(each.added or each.removed for each in ordered):
        panels.append(_draw_changes(ordered))
    if any(each.findings.error or each.findings.warning for each in ordered):
        panels.append(_draw_findings(ordered))
    return panels


def _place(index: int, count: int) -> tuple[float, float]:
    """Return the left edge and the width of a bar."""
    step = 100 / max(count, 8)
    return round(index * step + step * 0.12, 3), round(step * 0.76, 3)


def _draw_urls(jobs: Sequence[JobChange]) -> Panel:
    most = max((each.urls for each in jobs), default=0)
    bars = []
    for index, job in enumerate(jobs):
        x, width = _place(index, len(jobs))
        height = _scale(job.urls, most, 100)
        tone = "accent" if job.verdict == "ok" else "warn" if job.urls else "bad"
        title = f"{format_day(job.finished_at)}: {job.urls:,} URLs, {job.verdict or job.status}"
        # A job that read nothing still has a mark at the bottom.
        bars.append(Bar(x, width, 100 - max(height, 2), max(height, 2), tone, title))
    return Panel("URLs", most, None, bars)


def _draw_changes(jobs: Sequence[JobChange]) -> Panel:
    most = max(max(each.added or 0, each.removed or 0) for each in jobs)
    bars = []
    for index, job in enumerate(jobs):
        x, width = _place(index, len(jobs))
        up, down = _scale(job.added or 0, most, 50), _scale(job.removed or 0, most, 50)
        day = format_day(job.finished_at)
        if up:
            title = f"{day}: {format_number(job.added)} URLs added"
            bars.append(Bar(x, width, 50 - up, up, "added", title))
        if down:
            title = f"{day}: {format_number(job.removed)} URLs removed"
            bars.append(Bar(x, width, 50, down, "removed", title))
    return Panel("Added and removed URLs", most, 50, bars)


def _draw_findings(jobs: Sequence[JobChange]) -> Panel:
    most = max(each.findings.error + each.findings.warning for each in jobs)
    bars = []
    for index, job in enumerate(jobs):
        x, width = _place(index, len(jobs))
        errors, warnings = job.findings.error, job.findings.warning
        low, high = _scale(errors, most, 100), _scale(warnings, most, 100)
        day = format_day(job.finished_at)
        if errors:
            bars.append(Bar(x, width, 100 - low, low, "bad", f"{day}: {errors:,} errors"))
        if warnings:
            bars.append(Bar(x, width, 100 - low - high, high, "warn", f"{day}: {warnings:,} warnings"))
    return Panel("Rules with errors and warnings", most, None, bars)


def _scale(value: int, most: int, height: float) -> float:
    return round(height * value / most, 3) if most else 0.0
