"""The causes of what one rule found in all sitemaps: each once, with its places in all of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sitemap_cli.model.site_sections import name_section
from sitemap_cli.model.values import Cause, Example, Finding
from sitemap_cli.output.escaping import escape_text
from sitemap_cli.output.report_parts import format_times, split_place

MAX_CAUSES = 15
"""Causes that are listed for each rule."""


class CausePlace(NamedTuple):
    """An example of a cause, and the URL of its sitemap."""

    sitemap: str | None
    example: Example


@dataclass(slots=True)
class MergedCause:
    """One cause in all findings of a rule; fields as those of :class:`~sitemap_cli.model.values.Cause`."""

    message: str
    count: int = 0
    urls: int | None = 0
    sitemaps: int = 0
    places: list[CausePlace] = field(default_factory=list)
    is_counted: bool = False

    @property
    def more(self) -> int:
        """The number of places besides the examples; none if they are only said of whole files."""
        named = any(place.example.loc or place.example.line for place in self.places)
        return self.count - len(self.places) if named else 0

    def find_common_place(self) -> CausePlace | None:
        """Return a place on the line that all of several places are on, as one of robots.txt; else None."""
        lines = {(place.sitemap, place.example.line, place.example.column) for place in self.places}
        return self.places[0] if self.is_counted and len(lines) == 1 < len(self.places) else None

    def split(self, place: CausePlace) -> tuple[str, str]:
        """Return the URL of the page, and the message unless the cause says it or it names the URL itself."""
        page, message = split_place(place.example)
        is_said = self.is_counted or place.example.message in self.message
        return page, "" if is_said and (page or place.example.loc is None) else message

    def describe(self, total: int) -> str:
        """Return message, number of places and of sitemaps; ``total`` is the number of all URLs."""
        if self.is_counted:
            return escape_text(self.message)
        where = f" in {self.sitemaps:,} sitemaps" if self.sitemaps > 1 else ""
        return f"{escape_text(self.message)}  ({format_times(self.count, self.urls, total)}{where})"


class MergedCauses(NamedTuple):
    """The causes of a rule that are listed, the number of further ones, and of the places not listed."""

    listed: Sequence[MergedCause]
    more_causes: int
    more_places: int

    def describe_rest(self) -> str | None:
        """Return how much is not listed; None if nothing is."""
        if self.more_places <= 0:
            return None
        causes = f"{self.more_causes:,} other causes: " if self.more_causes else ""
        return f"and {causes}{self.more_places:,} more"


def merge_causes(findings: Sequence[Finding]) -> MergedCauses | None:
    """Return the causes of the findings of one rule, most frequent first; None if it names no causes."""
    if not any(each.causes for each in findings):
        return None
    merged = dict[str, MergedCause]()
    for finding in findings:
        for cause in finding.causes:
            _add_cause(merged.setdefault(cause.cause, MergedCause(cause.message)), cause, finding.sitemap)
    ranked = sorted(merged.values(), key=lambda each: -each.count)
    listed = ranked[:MAX_CAUSES]
    examples = max(len(each.examples) for finding in findings for each in finding.causes)
    kept = max(1, examples // len(listed))
    for each in listed:
        del each.places[kept:]
        each.message = name_section(each.message)
    rest = sum(each.count for each in findings) - sum(each.count for each in listed)
    return MergedCauses(listed, len(ranked) - len(listed), rest)


def _add_cause(merged: MergedCause, cause: Cause, sitemap: str | None) -> None:
    merged.is_counted = cause.is_counted and not merged.count
    if merged.message != cause.message:
        merged.message = cause.cause
    merged.count += cause.count
    merged.urls = None if merged.urls is None or cause.urls is None else merged.urls + cause.urls
    merged.sitemaps += sitemap is not None
    merged.places += [CausePlace(sitemap, each) for each in cause.examples]
