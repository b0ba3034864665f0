"""A group in which one command need not be named: ``sitemap batch FILE`` beside ``sitemap batch list``."""

from typing import Any

from typer.core import TyperGroup


def make_default_group(name: str) -> type[TyperGroup]:
    """A group in which whatever does not begin with a command's name is given to ``name``."""

    class Group(TyperGroup):
        def parse_args(self, ctx: Any, args: list[str]) -> Any:
            """Put the name where that of a command belongs."""
            at = self._skip_options(args)
            if args[at : at + 1] == [] or args[at] not in self.commands:
                args = [*args[:at], name, *args[at:]]
            return super().parse_args(ctx, args)

        def _skip_options(self, args: list[str]) -> int:
            """Where the options of the group end; those of the command itself are none of them."""
            known = {each: option for option in self.params for each in option.opts}
            at = 0
            while at < len(args) and (option := known.get(args[at].partition("=")[0])) is not None:
                flag = getattr(option, "is_flag", False) or getattr(option, "count", False)
                at += 1 if flag or "=" in args[at] else 2
            return min(at, len(args))

    return Group
