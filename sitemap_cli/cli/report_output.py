"""Where the report of a check goes: several formats at once, each to stdout or to a file of its own."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from sitemap_cli.cli.console import Console
from sitemap_cli.cli.output_file import STDOUT, sink, unwritable
from sitemap_cli.errors import UsageError
from sitemap_cli.output.report import Report

FORMATS = ("text", "json", "jsonl", "junit", "sarif", "github", "gitlab", "markdown")
SUMMARY = "GITHUB_STEP_SUMMARY"


@dataclass(frozen=True, slots=True)
class Output:
    """One format, and the file that it goes to; None for stdout."""

    format_: str
    path: Path | None


def parsed(given: Iterable[str], path: Path | None) -> list[Output]:
    """Understand ``FORMAT`` and ``FORMAT:FILE``; ``path`` is where a format without a file goes.

    Raises:
        UsageError: there is no such format, or two go to the same place.
    """
    outputs = [_parsed(each, path) for each in given]
    places = [each.path for each in outputs]
    for place in places:
        if places.count(place) > 1:
            hint = "name a file for all but one: --format text --format sarif:findings.sarif"
            raise UsageError(
                "two formats cannot go to the same place", where=str(place or "stdout"), hint=hint
            )
    return outputs


def _parsed(text: str, path: Path | None) -> Output:
    name, colon, file = text.partition(":")
    if name not in FORMATS or (colon and not file):
        raise UsageError("no such format", where=f"--format {text}", hint=f"there are: {', '.join(FORMATS)}")
    place = Path(file) if colon else path
    return Output(name, None if place == STDOUT else place)


def write(
    console: Console, report: Report, outputs: Sequence[Output], environment: Mapping[str, str]
) -> None:
    """Write a report in every format; the files first, because a reader of stdout may leave.

    Raises:
        StorageError: a file cannot be written.
    """
    for each in sorted(outputs, key=lambda each: each.path is None):
        with sink(each.path) as stream:
            if each.format_ == "text":
                from sitemap_cli.cli.view.check_report import render_check_report

                # When others have all targets in hand, that was told already.
                if report.checks and not (console.settings.quiet and report.exit_code == 0):
                    console.show(render_check_report(report, quiet=console.settings.quiet), stream)
            else:
                import_module(f"sitemap_cli.output.reports.{each.format_}").write(report, stream)
    if any(each.format_ == "github" for each in outputs) and environment.get(SUMMARY):
        _summarize(report, Path(environment[SUMMARY]))


def _summarize(report: Report, path: Path) -> None:
    """Add the report to the page that GitHub shows of a run; other steps write to the same file."""
    from sitemap_cli.output.reports import markdown

    try:
        with path.open("ab") as stream:
            markdown.write(report, stream)
    except OSError as error:
        raise unwritable(str(path), error) from error


def environment() -> Mapping[str, str]:
    """What the pipeline says of itself."""
    return {SUMMARY: os.environ.get(SUMMARY, "")}
