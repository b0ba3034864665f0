"""The file of ``check --write-baseline``."""

from typing import TYPE_CHECKING

from sitemap_cli.cli.view.numbers import format_count

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sitemap_cli.audit.baseline import Baseline
    from sitemap_cli.cli.console import Console
    from sitemap_cli.tasks.check import CheckedJob


def record_baseline(console: "Console", path: "Path", checked: "Sequence[CheckedJob]") -> "Baseline":
    """Write all findings as a baseline, and return it: none of them counts in this check."""
    from sitemap_cli.audit import baseline
    from sitemap_cli.cli.output_file import open_output

    found = [finding for job in checked for finding in job.outcome.findings]
    data = baseline.encode_baseline(found)
    with open_output(path) as stream:
        stream.write(data)
    console.print_note(f"{format_count(len(found), 'finding')} written to {path}")
    return baseline.decode_baseline(data)
