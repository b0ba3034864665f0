"""Where the report of a check goes: several formats at once, each to stdout or to a file of its own."""

import difflib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sitemap_cli.cli.console import Console
from sitemap_cli.cli.output_file import STDOUT, open_output, write_error
from sitemap_cli.errors import UsageError
from sitemap_cli.output.report import Report
from sitemap_cli.output.report_format import list_report_formats, load_report_format

TEXT = "text"
"""The report that is rendered for a terminal."""
FLAGS = {"raw": "--raw-csv", "excel": "--excel"}


def list_format_names() -> tuple[str, ...]:
    """Return the names of the formats in which a check can be reported."""
    return TEXT, *list_report_formats()


@dataclass(frozen=True, slots=True)
class Output:
    """One format, the file that it goes to, None for stdout, and the flags for it."""

    format_: str
    path: Path | None
    flags: frozenset[str] = frozenset()


def parsed(
    given: Iterable[str], path: Path | None, *, raw_csv: bool = False, for_excel: bool = False
) -> list[Output]:
    """Understand ``FORMAT`` and ``FORMAT:FILE``; ``path`` is where a format without a file goes.

    Raises:
        UsageError: there is no such format, two go to the same place, or a flag is for none of them.
    """
    flags = [name for name, is_set in (("raw", raw_csv), ("excel", for_excel)) if is_set]
    outputs = [_parsed(each, path, flags) for each in given]
    for name in flags:
        if not any(name in each.flags for each in outputs):
            raise UsageError(f"{FLAGS[name]} needs --format csv")
    places = [each.path for each in outputs]
    for place in places:
        if places.count(place) > 1:
            hint = "name a file for all but one: --format text --format sarif:findings.sarif"
            raise UsageError(
                "two formats cannot go to the same place", where=str(place or "stdout"), hint=hint
            )
    return outputs


def _parsed(text: str, path: Path | None, flags: Iterable[str]) -> Output:
    name, colon, file = text.partition(":")
    if name in list_format_names() and colon and not file:
        raise UsageError("missing file name", where=f"--format {text}", hint=f"--format {name}:FILE")
    if name not in list_format_names():
        hint = f"available formats: {', '.join(list_format_names())}"
        if close := difflib.get_close_matches(name.lower(), list_format_names(), 1, 0.8):
            hint = f"did you mean {close[0]}?"
        if set(name.split(",")) <= set(list_format_names()):
            hint = "repeat the option: --format text --format sarif:findings.sarif"
        raise UsageError("no such format", where=f"--format {text}", hint=hint)
    if file.endswith(("/", os.sep)):
        raise UsageError("a folder, not a file", where=f"--format {text}", hint="name a file in it")
    place = Path(file) if colon else path
    taken = frozenset() if name == TEXT else load_report_format(name).options.intersection(flags)
    return Output(name, None if place == STDOUT else place, taken)


def need_every_place(outputs: Iterable[Output]) -> bool:
    """Return whether a format wants all places of the findings."""
    return any(load_report_format(each.format_).every_place for each in outputs if each.format_ != TEXT)


def have_notes(outputs: Iterable[Output]) -> bool:
    """Return whether some format has room for notes."""
    return any(each.format_ == TEXT or load_report_format(each.format_).has_notes for each in outputs)


def write(
    console: Console, report: Report, outputs: Sequence[Output], environment: Mapping[str, str]
) -> None:
    """Write a report in every format; the files first, because a reader of stdout may leave.

    Raises:
        StorageError: a file cannot be written.
    """
    for each in sorted(outputs, key=lambda each: each.path is None):
        with open_output(each.path) as stream:
            if each.format_ == TEXT:
                from sitemap_cli.cli.view.check_report import render_check_report

                # If all targets were locked, the errors have been printed already.
                if report.checks and not (console.settings.quiet and report.exit_code == 0):
                    console.print_rendered(render_check_report(report, quiet=console.settings.quiet), stream)
            else:
                flags = dict.fromkeys(each.flags, True)
                load_report_format(each.format_).write_report(report, stream, **flags)
    for name in {each.format_ for each in outputs} - {TEXT}:
        summary = load_report_format(name).ci_summary
        if summary is not None and (file := environment.get(summary.variable)):
            _append_summary(report, summary.format_name, Path(file))


def _append_summary(report: Report, format_: str, path: Path) -> None:
    """Append the report to the page that a CI system shows; other steps of the run do the same."""
    try:
        with path.open("ab") as stream:
            load_report_format(format_).write_report(report, stream)
    except OSError as error:
        raise write_error(str(path), error) from error
