"""A group of commands, which may have a default: ``sitemap batch FILE`` beside ``sitemap batch list``."""

from typing import Any

from typer.core import TyperGroup

from sitemap_cli.cli.framework.command_help import build_help
from sitemap_cli.cli.framework.command_table import CommandTable
from sitemap_cli.cli.framework.plain_values import convert_plainly


def make_group(table: CommandTable, default: str | None = None) -> type[TyperGroup]:
    """Return a group class for the commands of a table.

    Args:
        table: the commands.
        default: the command that gets the arguments unless they name another one.
    """

    class Group(TyperGroup):
        # For the help and the outline of the command line.
        table: CommandTable
        default: str | None

        def __init__(self, **attributes: Any) -> None:
            super().__init__(**{**attributes, "commands": table})

        def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the signature of Typer
            """Return the names of the commands, without building them."""
            return list(table)

        def get_help(self, ctx: Any) -> str:
            """Return the help page; that of a default command is also that of its group."""
            return build_help(ctx, table[default] if default is not None else self)

        def parse_args(self, ctx: Any, args: list[str]) -> Any:
            """Insert the name of the default command if none is given."""
            convert_plainly(self.get_params(ctx))
            if default is not None:
                at = self._skip_options(args)
                if args[at : at + 1] == [] or args[at] not in table:
                    args = [*args[:at], default, *args[at:]]
            return super().parse_args(ctx, args)

        def _skip_options(self, args: list[str]) -> int:
            """Return the index behind the options of the group itself."""
            known = {each: option for option in self.params for each in option.opts}
            at = 0
            while at < len(args) and (option := known.get(args[at].partition("=")[0])) is not None:
                flag = getattr(option, "is_flag", False) or getattr(option, "count", False)
                at += 1 if flag or "=" in args[at] else 2
            return min(at, len(args))

    Group.table, Group.default = table, default
    return Group
