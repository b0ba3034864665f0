"""A group with a default command: ``sitemap batch FILE`` beside ``sitemap batch list``."""

from typing import Any

from typer.core import TyperGroup


def make_default_group(name: str) -> type[TyperGroup]:
    """Return a group class that passes arguments to the command ``name`` unless they name another one."""

    class Group(TyperGroup):
        def parse_args(self, ctx: Any, args: list[str]) -> Any:
            """Insert the name of the default command if none is given."""
            at = self._skip_options(args)
            if args[at : at + 1] == [] or args[at] not in self.commands:
                args = [*args[:at], name, *args[at:]]
            return super().parse_args(ctx, args)

        def _skip_options(self, args: list[str]) -> int:
            """Return the index behind the options of the group itself."""
            known = {each: option for option in self.params for each in option.opts}
            at = 0
            while at < len(args) and (option := known.get(args[at].partition("=")[0])) is not None:
                flag = getattr(option, "is_flag", False) or getattr(option, "count", False)
                at += 1 if flag or "=" in args[at] else 2
            return min(at, len(args))

    return Group
