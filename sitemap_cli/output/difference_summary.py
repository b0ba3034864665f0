"""The numbers of a comparison as sentences and table cells, which formats share."""

from sitemap_cli.model.difference_results import DifferenceSummary, DiffSection
from sitemap_cli.model.site_sections import name_section
from sitemap_cli.output.escaping import escape_text

MAX_SECTIONS = 20
"""Sections that are listed."""
HEADINGS = ("section", "was", "now", "added", "removed", "changed")
NOTHING = "nothing differs"


def describe_counts(summary: DifferenceSummary) -> list[str]:
    """Return ``12 added``, ``3 removed``, ``5 changed (lastmod 5)``, ``1,234 unchanged``, without zeros."""
    counts = summary.counts
    fields = ", ".join(f"{name} {count:,}" for name, count in summary.fields.items())
    parts = [
        (counts.added, f"{counts.added:,} added"),
        (counts.removed, f"{counts.removed or 0:,} removed"),
        (counts.changed, f"{counts.changed:,} changed ({fields})"),
        (counts.unchanged, f"{counts.unchanged or 0:,} unchanged"),
    ]
    return [text for count, text in parts if count]


def describe_share(summary: DifferenceSummary) -> str:
    """Return the share of URLs that differ, such as ``1.6% of 1,254 URLs differ``; empty if not known."""
    counts = summary.counts
    if counts.unchanged is None or not counts.total:
        return ""
    all_urls = counts.unchanged + counts.total
    share = counts.total / all_urls
    precise = f"{share:.0%}" if share >= 0.1 else f"{share:.1%}" if share >= 0.001 else "less than 0.1%"
    return f"{precise} of {all_urls:,} URL{' differs' if all_urls == 1 else 's differ'}"


def list_section_cells(section: DiffSection) -> list[str]:
    """Return the cells of a section below :data:`HEADINGS`; empty where nothing is known or differs."""
    name = "all others" if section.prefix is None else escape_text(name_section(section.prefix))
    sizes = ["" if each is None else f"{each:,}" for each in (section.from_, section.to)]
    signs = (("+", section.added), ("-", section.removed), ("~", section.changed))
    return [name, *sizes, *(f"{sign}{count:,}" if count else "" for sign, count in signs)]


def count_left_out(total: int | None, listed: int) -> str:
    """Return ``and 1,200 more``; empty if all are listed."""
    return f"and {total - listed:,} more" if total and total > listed else ""
