"""A command: its help page, and options with an optional value."""

from dataclasses import replace
from typing import Any

from typer.core import TyperCommand

from sitemap_cli.cli.framework.invocation import Invocation
from sitemap_cli.cli.framework.option_types import fill_optional_values
from sitemap_cli.cli.framework.plain_values import convert_plainly


class CommandWithPanels(TyperCommand):
    """A command whose help groups options by panel, and whose options can have an optional value."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments, after options without their optional value got one."""
        convert_plainly(self.get_params(ctx))
        return super().parse_args(ctx, fill_optional_values(args, self.params))

    def get_help(self, ctx: Any) -> str:
        """Return the help; that of the default command of a group is also the help of the group."""
        is_default = getattr(ctx.parent and ctx.parent.command, "default", None) == ctx.info_name
        return build_help(ctx.parent if is_default else ctx, self)


def build_help(context: Any, command: Any) -> str:
    """Return the help page of a command, or of a group.

    Args:
        context: where the command stands; for the default command of a group, the context of the group.
        command: what has the arguments and options.
    """
    from sitemap_cli.cli.framework.command_outline import outline_one, parse_help, pick_examples
    from sitemap_cli.cli.framework.help_page import PageStyle, format_help_page

    invocation = Invocation.find(context)
    style = PageStyle.find(no_color=bool(invocation.console.get("no_color")))
    context.color = style.has_colors
    table = getattr(context.command, "table", None)
    outline = outline_one(command, context)
    commands = table.outlines if table is not None else ()
    if not outline.examples:
        outline = replace(outline, examples=pick_examples(parse_help(each.text)[2] for each in commands))
    return format_help_page(outline, commands, style, is_full=invocation.shows_all_help)
