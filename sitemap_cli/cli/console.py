"""Terminal output: data on stdout, everything else on stderr; handles colour, width and pipes."""

import datetime as dt
import io
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from sitemap_cli.cli.command_hints import complete_commands
from sitemap_cli.cli.look.styles import LABEL_STYLES
from sitemap_cli.cli.look.times import ABSOLUTE, Clock
from sitemap_cli.cli.look.widths import PIPE_WIDTH
from sitemap_cli.cli.output_file import open_output
from sitemap_cli.errors import SitemapError
from sitemap_cli.events import get_job_fields
from sitemap_cli.output.escaping import defuse_line, escape_json, escape_line
from sitemap_cli.output.json_text import encode_json
from sitemap_cli.output.table_format import load_table_format
from sitemap_cli.redaction import redact_words
from sitemap_cli.settings import Settings

if TYPE_CHECKING:
    from msgspec import Struct
    from rich.console import Console as RichConsole
    from rich.console import RenderableType

    from sitemap_cli.crawl.targets import Target
    from sitemap_cli.tasks.processes.process_messages import LogLine

# What hints write for a user name or password.
PLACEHOLDERS = ("USER@", "NAME:PASSWORD@")

Render = Callable[[Any], "RenderableType"]
"""Renders a value for a terminal."""


@dataclass(frozen=True)
class Console:
    """The two output streams of a command, and how verbose it is."""

    settings: Settings = field(default_factory=Settings)
    repeated: str = ""
    """Options that commands in hints must repeat, such as ``--tenant shop``."""

    @property
    def width(self) -> int | None:
        """Columns of the terminal on stdout; None if stdout is not a terminal."""
        return self._make_rich(sys.stdout).width if sys.stdout.isatty() else None

    @property
    def clock(self) -> Clock:
        """How to write times on stdout: relative to now on a terminal, unless --verbose is set."""
        is_relative = sys.stdout.isatty() and not self.settings.verbose
        return Clock(dt.datetime.now(dt.UTC)) if is_relative else ABSOLUTE

    @cached_property
    def rich_stderr(self) -> "RichConsole":
        """Rich console on stderr."""
        return self._make_rich(sys.stderr)

    def has_colors(self, stream: BinaryIO) -> bool:
        """Whether text for this stream may have colours: only stdout, as the user and the terminal allow."""
        is_plain = os.environ.get("TERM") == "dumb" or self._is_plain(sys.stdout)
        return stream is sys.stdout.buffer and not is_plain

    @property
    def shows_progress(self) -> bool:
        """Whether to show progress: only on a terminal, and not with --quiet or --no-progress."""
        silent = self.settings.quiet or self.settings.no_progress or os.environ.get("TERM") == "dumb"
        return sys.stderr.isatty() and not silent

    def print_rendered(self, rendered: "RenderableType", stream: BinaryIO | None = None) -> None:
        """Print a table, tree or summary on stdout, or to a file, which never has colours or links."""
        from sitemap_cli.cli.look.safe_output import SafeOutput

        if stream is None:
            with open_output(None) as stdout:
                return self.print_rendered(rendered, stdout)
        file: TextIO = sys.stdout if stream is sys.stdout.buffer else io.StringIO()
        rich = self._make_rich(file)
        has_links = file.isatty() and not self._is_plain(file)
        with rich.capture() as captured:
            rich.print(SafeOutput(rendered, has_links=has_links), crop=False)
        # Rich pads lines with blanks up to the width.
        text = "".join(f"{defuse_line(line.rstrip())}\n" for line in captured.get().splitlines())
        stream.write(text.encode(file.encoding or "utf-8", "backslashreplace"))
        stream.flush()
        return None

    def print_lines(self, texts: Iterable[str]) -> None:
        """Print lines of data."""
        text = "".join(f"{escape_line(each)}\n" for each in texts)
        with open_output(None) as stdout:
            stdout.write(text.encode(sys.stdout.encoding, "backslashreplace"))

    def print_json(self, value: Any, *, lines: bool = False, stream: BinaryIO | None = None) -> None:
        """Print a value as JSON, or write it; with ``lines`` each item of a list on its own line."""
        if stream is None:
            with open_output(None) as stdout:
                return self.print_json(value, lines=lines, stream=stdout)
        stream.writelines(map(encode_json, value) if lines else [encode_json(value, indent=2)])
        return None

    def print_list(
        self, rows: Sequence[Any], format_: str, render: Render, none: str, *, type_: "type[Struct]"
    ) -> None:
        """Print a list in a format of lists, or rendered; if it is empty, the note ``none``.

        ``type_`` is that of the rows: its fields are the columns of CSV.
        """
        if format_ != "text":
            with open_output(None) as stdout, load_table_format(format_).open_writer(stdout, type_) as write:
                write(rows)
        elif rows:
            self.print_rendered(render(rows))
        else:
            self.print_note(none)

    def print_one(self, value: Any, format_: str, render: Render, stream: BinaryIO | None = None) -> None:
        """Print one value as ``json``, or rendered; or write it to a file."""
        if format_ == "json":
            self.print_json(value, stream=stream)
        else:
            self.print_rendered(render(value), stream)

    def print_note(self, text: str) -> None:
        """Print a note on stderr, unless --quiet is set."""
        if not self.settings.quiet:
            text = self.complete_hint(text)
            self.print_message("info", "note", {"message": text}, [text])

    def note_logins(self, targets: "Iterable[Target]", *, enqueued: bool = False) -> None:
        """Note that passwords in the URLs of targets, which are recorded for later, are not stored.

        Of targets for the queue this is a warning: no worker can have the passwords.
        """
        count = sum(each.login is not None for each in targets)
        if count:
            urls = "1 URL" if count == 1 else f"{count:,} URLs"
            who = (
                "workers request them without, unless they have"
                if enqueued
                else "later jobs, retries and workers need"
            )
            text = (
                f"the name and password in {urls} are not stored; {who}"
                " --user NAME:PASSWORD, SITEMAP_USER, or for one domain"
                " sitemap domains set DOMAIN --header-from Authorization=VARIABLE"
            )
            if enqueued:
                self.print_log("warning", text, "login-not-stored", {"urls": count})
            else:
                self.print_note(text)

    def print_log(
        self, level: str, text: str, event: str = "log", fields: Mapping[str, Any] | None = None
    ) -> None:
        """Print a log message on stderr; ``fields`` are for the JSON format."""
        self.print_message(level, event, {"message": text, **(fields or {})}, [f"{level}: {text}"])

    def print_error(self, error: SitemapError) -> None:
        """Print a known error on one line, its hint, and with ``-v`` the traceback."""
        # What the user typed may have a password in it.
        message, hint = redact_words(str(error)), self.complete_hint(_redact_hint(error.hint or ""))
        lines = [f"error: {message}", *([f"hint: {hint}"] if hint else [])]
        found = traceback.format_exception(error) if self.settings.verbose else []
        trace = [redact_words(line) for line in "".join(found).splitlines()]
        fields = {"message": message, "hint": hint, "exit_code": error.exit_code}
        self.print_message("error", "error", {**fields, "traceback": "\n".join(trace)}, [*lines, *trace])

    def complete_hint(self, text: str) -> str:
        """Return a hint whose commands repeat the options that select database, tenant and configuration."""
        return complete_commands(text, self.repeated)

    def print_forwarded(self, message: "LogLine") -> None:
        """Print on stderr what a child process sent."""
        self.print_message(message.level, message.event, message.fields, message.lines)

    def print_message(self, level: str, event: str, fields: Mapping[str, Any], lines: Iterable[str]) -> None:
        """Print lines on stderr; in the JSON format, an object with these fields."""
        is_json = self.settings.log_format == "json"
        if is_json:
            head = {"time": _format_now(), "level": level, "event": event, **get_job_fields()}
            given = {name: value for name, value in fields.items() if value not in (None, "")}
            lines = [escape_json(json.dumps({**head, **given}))]
        lines = [escape_line(each) for each in lines]
        if not is_json and not self._is_plain(sys.stderr):
            lines = map(self._style_label, lines)
        # A full device must not change the exit code.
        with suppress(OSError):
            print("\n".join(lines), file=sys.stderr, flush=True)  # noqa: T201 - the one place that prints

    def _style_label(self, line: str) -> str:
        """Return a line on stderr whose first word, such as ``error``, has its style."""
        from rich.color import ColorSystem
        from rich.console import COLOR_SYSTEMS
        from rich.style import Style

        label, colon, rest = line.partition(":")
        if not colon or label not in LABEL_STYLES:
            return line
        system = COLOR_SYSTEMS.get(self.rich_stderr.color_system or "", ColorSystem.STANDARD)
        return Style.parse(LABEL_STYLES[label]).render(f"{label}:", color_system=system) + rest

    def _make_rich(self, stream: TextIO) -> "RichConsole":
        from rich.console import Console as RichConsole

        plain = self._is_plain(stream)
        return RichConsole(
            file=stream,
            no_color=plain,
            color_system=None if plain else "auto" if stream.isatty() else "standard",
            force_terminal=not plain or stream.isatty(),
            width=None if stream.isatty() else PIPE_WIDTH,
            highlight=False,
            markup=False,
            emoji=False,
        )

    def _is_plain(self, stream: TextIO) -> bool:
        """Return whether text on a stream may have no colours."""
        is_forced = stream in (sys.stdout, sys.stderr) and os.environ.get("FORCE_COLOR", "0") not in ("", "0")
        unwanted = self.settings.no_color or bool(os.environ.get("NO_COLOR"))
        return unwanted or not (is_forced or stream.isatty())


def _redact_hint(text: str) -> str:
    """Return a hint without passwords, but with the parts that stand for them in examples."""
    return text if any(each in text for each in PLACEHOLDERS) else redact_words(text)


def _format_now() -> str:
    """Return the time with milliseconds, such as ``2026-11-28T22:15:31.042Z``."""
    return f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"
