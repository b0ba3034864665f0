"""The sections of a site with their numbers of URLs, and what changed."""

from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text

from sitemap_cli.cli.look.styles import CAUTION, PLAIN, QUIET
from sitemap_cli.cli.look.table import create_table, name_column, number_column, word_column
from sitemap_cli.model.section_results import SectionResult
from sitemap_cli.output.escaping import escape_text
from sitemap_cli.output.section_summary import OTHER_SECTIONS, is_worth_showing, select_shown


def render_sections(sections: Sequence[SectionResult]) -> RenderableType | None:
    """Return the largest sections, and those that changed most; None for a site with one section."""
    if not is_worth_showing(sections):
        return None
    table = create_table(name_column(), number_column(), word_column(), title="Sections", headings=False)
    shown = select_shown(sections)
    for each in shown:
        change = Text(each.describe_change(), CAUTION if each.to < (each.from_ or 0) else PLAIN)
        table.add_row(
            OTHER_SECTIONS if each.prefix is None else Text(escape_text(each.prefix)), f"{each.to:,}", change
        )
    if rest := len(sections) - len(shown):
        table.add_row(Text(f"and {rest:,} more", QUIET), "", "")
    return table
