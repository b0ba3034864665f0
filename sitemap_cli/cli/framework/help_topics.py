"""Pages of ``sitemap help`` that are about no single command."""

from collections.abc import Callable, Mapping

from sitemap_cli.cli.framework.command_outline import CommandOutline
from sitemap_cli.cli.framework.help_page import (
    PageStyle,
    format_fetch_options,
    format_rows,
    format_section,
    wrap_text,
)
from sitemap_cli.cli.framework.option_types import UNITS

Topic = Callable[[CommandOutline, PageStyle], str]

EXIT_CODES = (
    ("0", "Success."),
    ("1", "Findings of the severity --fail-on or higher, or differences with --exit-code."),
    ("2", "Wrong usage or configuration."),
    ("3", "Read in part: something failed, was cut or skipped; the rest is recorded."),
    ("4", "The site could not be read: blocked, DNS, TLS, timeout, nothing to parse."),
    ("5", "The database or an output file could not be used."),
    ("6", "The site has no sitemap."),
    ("70", "An internal error: please report it."),
    ("75", "Another run holds the lock; --wait waits for it."),
    ("129", "The terminal was closed, after a clean stop."),
    ("130, 143", "Interrupted or terminated, after a clean stop."),
)
PLACES = (
    ("1. flag", "sitemap analyze example.com --timeout 30s --format json"),
    ("2. environment", "SITEMAP_TIMEOUT=30s SITEMAP_FORMAT=json"),
    (
        "3. file",
        "the nearest sitemap.toml, or [tool.sitemap] in pyproject.toml, from the working folder upwards",
    ),
    ("4. default", "see the help of the command"),
)
FILE = """\
  timeout = "30s"          # a setting of all commands
  database = "sites.db"

  [analyze]                # an option of one command
  format = "json"

  [jobs.list]
  limit = 20"""

SEVERAL_VALUES = (
    "An option that takes several values is a list in the file, and has one per line in its variable."
)
SEVERAL_TARGETS = (
    "With several targets: 0 if all are 0, 4 if all failed, 1 if any has findings, else 3. Results are on "
    "stdout; notes, progress and errors are on stderr."
)


def describe_fetching(outline: CommandOutline, style: PageStyle) -> str:
    """Return the page about the options of commands that send requests."""
    analyze = next(each for each in outline.commands if each.path == ("analyze",))
    found = [each for each in outline.walk() if any(option.group for option in each.options)]
    names = ", ".join(" ".join(each.path) for each in found)
    sections = format_fetch_options(analyze.options, style)
    return "\n\n".join([wrap_text(f"Options of {names}.", style), *sections, wrap_text(UNITS, style)])


def describe_configuration(_outline: CommandOutline, style: PageStyle) -> str:
    """Return the page about the places where options can be set."""
    return "\n\n".join(
        (
            "Every option can be set in four places; the first one wins.",
            format_section("Places", format_rows(PLACES, style), style),
            format_section("sitemap.toml", FILE, style),
            wrap_text(SEVERAL_VALUES, style),
        )
    )


def describe_exit_codes(_outline: CommandOutline, style: PageStyle) -> str:
    """Return the page about exit codes."""
    codes = format_section("Exit codes", format_rows(EXIT_CODES, style), style)
    return f"{codes}\n\n{wrap_text(SEVERAL_TARGETS, style)}"


TOPICS: Mapping[str, Topic] = {
    "fetching": describe_fetching,
    "configuration": describe_configuration,
    "exit-codes": describe_exit_codes,
}
