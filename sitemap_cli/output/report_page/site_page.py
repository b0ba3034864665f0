"""What the page of a site shows besides the report itself: charts, trees, and sentences."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sitemap_cli.model.site_report import CrawlerAccess, ReportFinding, RobotsMatrix, SiteReport, UrlGroup
from sitemap_cli.output.report_page.chart_bars import AgeBar, Panel, draw_history, list_age_bars
from sitemap_cli.output.report_page.page_words import PURPOSES, VERDICTS, find_word
from sitemap_cli.output.report_page.sitemap_nesting import Node, nest_sitemaps
from sitemap_cli.output.report_page.treemap_layout import Cell, draw_cells, find_tone

MAX_NAME = 200
"""Characters of a name in the chart."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A part that the report does not have, and the command that adds it."""

    text: str
    command: str | None = None


@dataclass(frozen=True, slots=True)
class Crawlers:
    """The crawlers of one purpose in the robots.txt of the report."""

    purpose: str
    rows: list[CrawlerAccess]


@dataclass(frozen=True, slots=True)
class Robots:
    """One robots.txt with its crawlers by purpose."""

    matrix: RobotsMatrix
    groups: list[Crawlers]


@dataclass(frozen=True, slots=True)
class SitePage:
    """The page of one site."""

    site: SiteReport
    tone: str
    first: list[ReportFinding]
    tree: list[Node]
    ages: list[AgeBar]
    cells: list[Cell]
    chart: list[Any] | None
    panels: list[Panel]
    robots: list[Robots]
    heat: list[list[int]]
    missing: list[Missing]

    @property
    def needs_charts(self) -> bool:
        """Whether the page carries the chart library."""
        return self.chart is not None

    @property
    def knows_previous(self) -> bool:
        """Whether the structure of the previous complete job is known."""
        structure = self.site.structure
        return structure is not None and any(each.previous is not None for each in structure.sections)

    @property
    def command(self) -> str:
        """The command that writes the report again."""
        part = f"{shlex.quote(f'{self.site.domain}{self.site.scope}')} " if self.site.scope else ""
        return f"sitemap report {part}--job {self.site.job_id} -o report.html"

    @property
    def contents(self) -> list[tuple[str, str]]:
        """The sections of the page: the id of each, and its name."""
        site = self.site
        sections = [
            ("summary", "Summary", True),
            ("first", "What to fix first", True),
            ("tree", "Where URLs come from", self.tree or site.sources),
            ("freshness", "Freshness", self.ages or site.lastmod_trust is not None or site.totals.urls),
            ("structure", "URL structure", site.structure is not None),
            ("findings", "Findings", True),
            ("history", "History", self.panels),
            ("languages", "Languages", site.languages is not None),
            ("crawlers", "Crawlers", self.robots),
            ("pages", "Listed pages", site.probe is not None),
            ("sitemaps", "All sitemaps", site.sitemaps),
            ("missing", "Not in this report", self.missing),
        ]
        return [(name, title) for name, title, is_shown in sections if is_shown]

    @classmethod
    def from_report(cls, site: SiteReport) -> "SitePage":
        """Return the page of a report."""
        structure = site.structure
        sections = structure.sections if structure is not None else []
        cells = list(draw_cells(sections))
        # One rectangle shows nothing that its number does not.
        has_chart = len(cells) > 1
        by_rule = {each.rule: each for each in site.findings}
        return cls(
            site=site,
            tone=find_word(VERDICTS, site.verdict, site.status).tone,
            first=[by_rule[rule] for rule in site.first if rule in by_rule],
            tree=nest_sitemaps(site.sitemaps),
            ages=list_age_bars(site.lastmod),
            cells=cells if has_chart else [],
            chart=_encode_root(sections) if has_chart else None,
            panels=draw_history(site.history) if len(site.history) > 1 else [],
            robots=[Robots(each, _group_crawlers(each.crawlers)) for each in site.robots],
            heat=_grade_links(site),
            missing=list(_list_missing(site)),
        )


def _encode_root(sections: Sequence[UrlGroup]) -> list[Any]:
    """Return the structure as the chart reads it: name, URLs, previous URLs, colour, groups."""
    known = [each.previous for each in sections if each.previous is not None]
    previous = sum(known) if len(known) == len(sections) else None
    urls = sum(each.urls for each in sections)
    return ["", urls, previous, find_tone(urls, previous), [_encode_group(each) for each in sections]]


def _encode_group(group: UrlGroup, unknown: str = "plain") -> list[Any]:
    name = group.name if len(group.name) <= MAX_NAME else f"{group.name[: MAX_NAME - 1]}…"
    tone = find_tone(group.urls, group.previous, unknown)
    return [name, group.urls, group.previous, tone, [_encode_group(each, tone) for each in group.groups]]


def _group_crawlers(crawlers: Sequence[CrawlerAccess]) -> list[Crawlers]:
    purposes = [*PURPOSES, *(each.purpose for each in crawlers)]
    groups = {purpose: [each for each in crawlers if each.purpose == purpose] for purpose in purposes}
    return [Crawlers(PURPOSES.get(purpose, purpose), rows) for purpose, rows in groups.items() if rows]


def _grade_links(site: SiteReport) -> list[list[int]]:
    """Return the shade of each cell of the language matrix, 0 for no page to 5 for every page."""
    if site.languages is None:
        return []
    return [
        [0 if not links or not row.pages else 1 + min(4, 4 * links // row.pages) for links in row.links]
        for row in site.languages.rows
    ]


def _list_missing(site: SiteReport) -> list[Missing]:
    """Return the parts that the report does not have."""
    missing = []
    if len(site.history) < 2:
        missing.append(
            Missing(
                "History: this is the only recorded job. Changes are shown after the next one.",
                # A build also needs the URL at which it will be published.
                None if site.build else f"sitemap analyze {shlex.quote(site.target)}",
            )
        )
    if site.probe is None and site.totals.urls:
        missing.append(
            Missing(
                "Pages: no listed page was requested, so it is not known whether they respond.",
                None if site.build else f"sitemap probe {shlex.quote(site.domain)}",
            )
        )
    if site.structure is None:
        missing.append(Missing("URL structure: no URL was read."))
    if not site.robots:
        missing.append(
            Missing(
                "Crawlers: it was not recorded what robots.txt allows.",
                f"sitemap robots {shlex.quote(site.domain)} --ai",
            )
        )
    if site.languages is None and site.totals.urls:
        missing.append(Missing("Languages: the sitemaps name no language versions (hreflang)."))
    return missing
