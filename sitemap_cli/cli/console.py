"""What people see: data on stdout, everything else on stderr; knows terminals, NO_COLOR and pipes."""

import io
import json
import os
import sys
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from sitemap_cli.cli.safe import safe
from sitemap_cli.errors import SitemapError
from sitemap_cli.settings import Settings

if TYPE_CHECKING:
    from rich.console import Console as RichConsole

PIPE_WIDTH = 120


@dataclass(frozen=True)
class Console:
    """The two streams of a command and how loud it may be."""

    settings: Settings = field(default_factory=Settings)

    @classmethod
    def of(cls, settings: Settings) -> "Console":
        """The console as the settings want it."""
        return cls(settings)

    @cached_property
    def out(self) -> "RichConsole":
        """Rich on stdout."""
        return self._rich(sys.stdout)

    def on(self, stream: BinaryIO) -> "RichConsole":
        """Rich on a binary stream: stdout's own, or a file, which never has colours."""
        if stream is sys.stdout.buffer:
            return self.out
        return self._rich(io.TextIOWrapper(stream, "utf-8", write_through=True))

    @cached_property
    def err(self) -> "RichConsole":
        """Rich on stderr."""
        return self._rich(sys.stderr)

    @property
    def shows_progress(self) -> bool:
        """Whether somebody is there to watch."""
        silent = self.settings.quiet or self.settings.no_progress or os.environ.get("TERM") == "dumb"
        return sys.stderr.isatty() and not silent

    def line(self, text: str) -> None:
        """Print one line of data."""
        sys.stdout.write(safe(text) + "\n")

    def json(self, value: Any, *, lines: bool = False) -> None:
        """Print data as JSON: one value, or each of a list on a line of its own."""
        for each in value if lines else (value,):
            sys.stdout.write(json.dumps(each, indent=None if lines else 2, ensure_ascii=False) + "\n")

    def note(self, text: str) -> None:
        """Say something that is neither data nor an error."""
        if not self.settings.quiet:
            self._say("note", {"message": text}, text)

    def error(self, error: SitemapError) -> None:
        """Print one line for a known error, its hint, and with ``-v`` where it came from."""
        fields = {"message": str(error), "hint": error.hint, "exit_code": error.exit_code}
        self._say("error", fields, f"error: {error}" + (f"\nhint: {error.hint}" if error.hint else ""))
        if self.settings.verbose:
            import traceback

            traceback.print_exception(error, file=sys.stderr)

    def _say(self, level: str, fields: dict[str, Any], text: str) -> None:
        if self.settings.log_format == "json":
            text = json.dumps({"level": level, **{name: value for name, value in fields.items() if value}})
        else:
            text = "\n".join(safe(line) for line in text.split("\n"))
        print(text, file=sys.stderr, flush=True)  # noqa: T201 - this is the one place that prints

    def _rich(self, stream: TextIO) -> "RichConsole":
        from rich.console import Console as RichConsole

        plain = self.settings.no_color or bool(os.environ.get("NO_COLOR")) or not stream.isatty()
        return RichConsole(
            file=stream,
            no_color=plain,
            color_system=None if plain else "auto",
            width=None if stream.isatty() else PIPE_WIDTH,
            highlight=False,
            markup=False,
            emoji=False,
        )
