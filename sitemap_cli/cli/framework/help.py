"""A command: its help, plain text with options grouped by panel, and options with an optional value."""

from typing import Any

from typer.core import TyperCommand, TyperOption

from sitemap_cli.cli.framework.option_types import DURATION, SIZE, UNITS, fill_optional_values
from sitemap_cli.cli.framework.plain_values import convert_plainly


class CommandWithPanels(TyperCommand):
    """A command whose help groups options by panel, and whose options can have an optional value."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments, after options without their optional value got one."""
        convert_plainly(self.get_params(ctx))
        return super().parse_args(ctx, fill_optional_values(args, self.params))

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments, the options of the command, then a section for each panel of settings."""
        sections: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": []}
        for each in self.get_params(ctx):
            if record := each.get_help_record(ctx):
                names, text = record
                sections.setdefault(_find_panel(each), []).append((names.replace(" [=", "[="), text))
        for title, records in sections.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)
        if any(getattr(each, "metavar", None) in (DURATION, SIZE) for each in self.get_params(ctx)):
            formatter.write_paragraph()
            formatter.write_text(UNITS)


def _find_panel(parameter: Any) -> str:
    if not isinstance(parameter, TyperOption):
        return "Arguments"
    return parameter.rich_help_panel or "Options"
