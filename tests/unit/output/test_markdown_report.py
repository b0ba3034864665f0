"""The Markdown of a report."""

import io

from sitemap_cli.model.site_report import ReportDocument
from sitemap_cli.output.site_report_format import load_site_report_format
from tests.group_samples import site_group
from tests.report_samples import document


def write(report: ReportDocument) -> str:
    stream = io.BytesIO()
    load_site_report_format("markdown").write_report(report, stream)
    return stream.getvalue().decode()


def test_a_group_without_sites_has_no_heading_without_a_table() -> None:
    assert "\n## Sites\n\n| site |" in write(site_group(3))
    group = site_group(0).group
    assert group is not None
    assert "## Sites" not in write(document(group))
