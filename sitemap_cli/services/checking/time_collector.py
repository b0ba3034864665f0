"""Collect how long pages take until the first byte."""

import heapq
import math
from array import array
from collections import Counter
from dataclasses import dataclass, field

from sitemap_cli.audit.causes import find_section
from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.audit.response_times import ResponseTimes, SlowPage, SlowSection

MAX_LISTED = 1_000
"""The slowest pages that are kept."""
MAX_SECTIONS = 200
MOST = 0.8
"""The share of the slow pages that makes one section the cause."""


@dataclass(slots=True)
class TimeCollector:
    """Collects the times of pages; four bytes for each, and the slowest pages.

    Args:
        limit: the time in milliseconds after which a page is slow.
    """

    limit: int
    _times: "array[int]" = field(default_factory=lambda: array("I"))
    _slowest: list[SlowPage] = field(default_factory=list)
    _sections: Counter[str] = field(default_factory=Counter)
    _slow_sections: Counter[str] = field(default_factory=Counter)

    def add(self, page: PageFact) -> None:
        """Add a page, if it responded itself and its time is known."""
        ms = page.first_byte_ms
        if ms is None or not page.is_good:
            return
        self._times.append(min(max(ms, 0), 2**32 - 1))
        section = find_section(page.loc) or "/"
        if section in self._sections or len(self._sections) < MAX_SECTIONS:
            self._sections[section] += 1
        if ms > self.limit:
            self._slow_sections[section] += section in self._sections
            push = heapq.heappush if len(self._slowest) < MAX_LISTED else heapq.heappushpop
            push(self._slowest, SlowPage(ms, page.loc))

    def summarize(self) -> ResponseTimes | None:
        """Return the distribution; None if no time is known."""
        if not self._times:
            return None
        ordered = sorted(self._times)
        slow = sum(each > self.limit for each in ordered)
        return ResponseTimes(
            count=len(ordered),
            median=_pick_rank(ordered, 0.5),
            p95=_pick_rank(ordered, 0.95),
            limit=self.limit,
            slow=slow,
            slowest=tuple(sorted(self._slowest, key=lambda each: (-each.ms, each.loc))),
            section=self._find_section(slow),
        )

    def _find_section(self, slow: int) -> SlowSection | None:
        """Return the section that most slow pages are in, unless it has nearly all pages."""
        if not slow or len(self._sections) < 2:
            return None
        (name, count), *_ = self._slow_sections.most_common(1)
        pages = self._sections[name]
        is_cause = count >= MOST * slow and pages < MOST * len(self._times)
        return SlowSection(name, count, pages) if is_cause else None


def _pick_rank(ordered: list[int], share: float) -> int:
    """Return the smallest value that this share of the values does not exceed (nearest rank)."""
    return ordered[max(math.ceil(share * len(ordered)), 1) - 1]
