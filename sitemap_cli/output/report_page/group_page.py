"""What the page of a group of sites shows besides the report itself: the order and the sums."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from sitemap_cli.model.results import Comparison
from sitemap_cli.model.site_report import GroupReport, GroupRow
from sitemap_cli.output.report_page.page_words import VERDICTS, find_word

TONES = ("good", "info", "warn", "bad", "none")
URGENT = (Comparison.NEWLY_FAILING, Comparison.WORSE)
MAX_URGENT = 50


@dataclass(frozen=True, slots=True)
class VerdictShare:
    """The sites with one verdict."""

    code: str
    sites: int
    start: float
    width: float
    tone: str


@dataclass(frozen=True, slots=True)
class GroupPage:
    """The page of a group."""

    group: GroupReport
    tone: str
    complete: int
    failing: int
    urgent: list[GroupRow]
    urgent_left_out: int
    recovered: list[GroupRow]
    verdicts: list[VerdictShare]
    added: int
    removed: int

    @property
    def needs_charts(self) -> bool:
        """Whether the page carries the chart library."""
        return False

    @property
    def command(self) -> str:
        """The command that writes the report again."""
        group = self.group
        tags = (f"--tag {shlex.quote(each)}" for each in group.name.split(", "))
        chosen = f"--batch {group.batch_id}" if group.batch_id else " ".join(tags)
        return f"sitemap report {chosen} -o report.html"

    @property
    def contents(self) -> list[tuple[str, str]]:
        """The sections of the page: the id of each, and its name."""
        sections = [
            ("summary", "Summary", True),
            ("news", "What changed", self.urgent or self.group.comparisons),
            ("failures", "Failures by reason", self.group.failures),
            ("rules", "What to fix", True),
            ("sites", "All sites", True),
        ]
        return [(name, title) for name, title, is_shown in sections if is_shown]

    @classmethod
    def from_report(cls, group: GroupReport) -> "GroupPage":
        """Return the page of a report."""
        urgent = [each for each in group.rows if each.comparison in URGENT]
        urgent.sort(key=lambda row: (URGENT.index(row.comparison or URGENT[1]), -row.urls, row.domain))
        complete = group.verdicts.get("ok", 0)
        verdicts = _stack_verdicts(group.verdicts)
        bad = sum(each.sites for each in verdicts if each.tone == "bad")
        tone = "bad" if urgent or bad * 2 > group.sites else "warn" if complete < group.sites else "good"
        return cls(
            group=group,
            tone=tone,
            complete=complete,
            failing=group.sites - complete,
            urgent=urgent[:MAX_URGENT],
            urgent_left_out=max(0, len(urgent) - MAX_URGENT),
            recovered=[each for each in group.rows if each.comparison == Comparison.RECOVERED],
            verdicts=verdicts,
            added=sum(each.added or 0 for each in group.rows),
            removed=sum(each.removed or 0 for each in group.rows),
        )


def _stack_verdicts(verdicts: Mapping[str, int]) -> list[VerdictShare]:
    """Return the verdicts side by side, the good ones first, then those with the most sites."""
    known = {code: find_word(VERDICTS, code) for code, sites in verdicts.items() if sites}
    ordered = sorted(known, key=lambda code: (TONES.index(known[code].tone), -verdicts[code], code))
    total = sum(verdicts.values())
    start, shares = 0.0, []
    for code in ordered:
        width = 100 * verdicts[code] / total
        shares.append(VerdictShare(code, verdicts[code], round(start, 3), round(width, 3), known[code].tone))
        start += width
    return shares
