"""A line on stderr about a site that could not be read, for programs that only see stderr."""

import sys
from pathlib import Path

from sitemap_cli.cli.console import Console
from sitemap_cli.cli.output_file import STDOUT
from sitemap_cli.events import name_job
from sitemap_cli.model import exit_codes

WHAT = {exit_codes.UNREADABLE: "nothing could be read", exit_codes.ABSENT: "no sitemap found"}
# Something was read of these, perhaps only in part.
BY_VERDICT = dict.fromkeys(("empty", "invalid"), "no URL found")


def print_failure(
    console: Console, job_id: str, target: str, domain: str, verdict: str | None, error: str | None
) -> None:
    """Print why nothing could be read; sites that were read, also in part, are no failures."""
    if what := BY_VERDICT.get(verdict or "") or WHAT.get(exit_codes.for_verdict(verdict)):
        why = f": {error.removeprefix(f'{what}: ')}" if error else ""
        with name_job(job_id, domain):
            text, fields = f"{what} ({target}){why}", {"verdict": verdict, "error": error}
            console.print_log("error", text, "job-failed", fields)


def is_seen(format_: str, output: Path | None) -> bool:
    """Return whether the user sees the result itself, on a terminal."""
    return format_ == "text" and output in (None, STDOUT) and sys.stdout.isatty()
