"""The Markdown of a report."""

import io
from html import unescape

from msgspec.structs import replace

from sitemap_cli.model.site_report import ReportDocument
from sitemap_cli.output.site_report_format import load_site_report_format
from tests.group_samples import site_group
from tests.report_facts import HOST, probe, sitemap
from tests.report_samples import document, site_report


def write(report: ReportDocument) -> str:
    stream = io.BytesIO()
    load_site_report_format("markdown").write_report(report, stream)
    return stream.getvalue().decode()


def test_a_group_without_sites_has_no_heading_without_a_table() -> None:
    assert "\n## Sites\n\n| site |" in write(site_group(3))
    group = site_group(0).group
    assert group is not None
    assert "## Sites" not in write(document(group))


def test_responses_are_words_instead_of_codes() -> None:
    sitemaps = [
        sitemap(f"{HOST}/a.xml", error="timeout-read", status_code=None),
        sitemap(f"{HOST}/b.xml", error="http-status", status_code=503),
        sitemap(f"{HOST}/c.xml"),
    ]
    statuses = {"200": 930, "dns-nxdomain": 4, "no-response": 1}
    page = write(document(site_report(sitemaps=sitemaps, probe=replace(probe(), statuses=statuses))))
    assert "/a.xml | urlset | the server stopped sending data |" in page
    assert "/b.xml | urlset | the server responded with status 503 |" in page
    assert "/c.xml | urlset | 200 |" in page
    assert "\n| 200 | 930 |\n| the host name could not be resolved | 4 |\n| no response | 1 |\n" in page


def test_a_token_that_says_nothing_has_a_name() -> None:
    page = write(document(site_report()))
    assert "\n| AI training preference (__usage_ai-training) | training | not named |" in unescape(page)
    assert "\n| GPTBot | training | blocked |" in page
    assert "\n- Content-Signal: search=yes, ai-train=no\n" in page
