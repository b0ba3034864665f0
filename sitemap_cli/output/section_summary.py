"""Which sections of a site a summary names."""

from collections.abc import Sequence

from sitemap_cli.model.section_results import SectionResult
from sitemap_cli.output.escaping import escape_text

MAX_SHOWN = 10
"""Sections that are shown: half of them the largest, and the others those that changed most."""
MAX_IN_LINE = 5
OTHER_SECTIONS = "other sections"


def is_worth_showing(sections: Sequence[SectionResult]) -> bool:
    """Return whether there are several sections."""
    return len(sections) > 1


def select_shown(sections: Sequence[SectionResult], most: int = MAX_SHOWN) -> list[SectionResult]:
    """Return at most ``most`` sections in their order: the largest, and those that changed most."""
    places = range(len(sections))
    if len(sections) > most:
        changed = sorted(places[most // 2 :], key=lambda at: -_measure_change(sections[at]))
        places_shown = sorted([*places[: most // 2], *changed[: most - most // 2]])
        return [sections[at] for at in places_shown]
    return list(sections)


def describe_sections(sections: Sequence[SectionResult]) -> str | None:
    """Return some sections on one line; None for a site with one section."""
    if not is_worth_showing(sections):
        return None
    shown = select_shown(sections, MAX_IN_LINE)
    parts = [_describe_section(each) for each in shown]
    parts += [f"and {len(sections) - len(shown):,} more"] if len(shown) < len(sections) else []
    return f"sections: {', '.join(parts)}"


def _describe_section(section: SectionResult) -> str:
    name = OTHER_SECTIONS if section.prefix is None else escape_text(section.prefix)
    change = section.describe_change()
    return f"{name} {section.to:,}{f' ({change})' if change else ''}"


def _measure_change(section: SectionResult) -> int:
    return 0 if section.from_ is None else abs(section.to - section.from_)
