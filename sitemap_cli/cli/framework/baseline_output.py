"""The file of ``check --write-baseline``."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sitemap_cli.audit.baseline import Baseline
    from sitemap_cli.tasks.check import CheckedJob


def record_baseline(path: "Path", checked: "Sequence[CheckedJob]") -> "Baseline":
    """Write all findings as a baseline, and return it: none of them counts in this check."""
    from sitemap_cli.audit import baseline
    from sitemap_cli.cli.output_file import open_output

    data = baseline.encode_baseline(finding for job in checked for finding in job.outcome.findings)
    with open_output(path) as stream:
        stream.write(data)
    return baseline.decode_baseline(data)
