"""Writes a report as one HTML page."""

from typing import TYPE_CHECKING, BinaryIO

from sitemap_cli.output.report_page.group_page import GroupPage
from sitemap_cli.output.report_page.page_security import ICON, format_policy
from sitemap_cli.output.report_page.page_templates import read_asset, render_template
from sitemap_cli.output.report_page.site_page import SitePage

if TYPE_CHECKING:
    from sitemap_cli.model.site_report import ReportDocument

CHART_LIBRARY = "vendor/echarts/echarts.min.js"
COLOURS = {"good": "0a6b55", "warn": "8a5300", "bad": "b3261e", "info": "3c5a80", "none": "565d64"}


def write_page(document: "ReportDocument", stream: BinaryIO) -> None:
    """Write the page of a report."""
    stream.write(render_page(document).encode("utf-8", "backslashreplace"))


def render_page(document: "ReportDocument") -> str:
    """Return the page of a report."""
    page: SitePage | GroupPage
    if document.site is not None:
        page, template = SitePage.from_report(document.site), "site.html.j2"
    elif document.group is not None:
        page, template = GroupPage.from_report(document.group), "group.html.j2"
    else:
        raise ValueError("a report is about a site or a group")
    style = read_asset("style.css")
    scripts = [read_asset("page.js")]
    if page.needs_charts:
        scripts = [read_asset(CHART_LIBRARY), read_asset("treemap.js"), *scripts]
    return render_template(
        template,
        document=document,
        page=page,
        style=style,
        scripts=scripts,
        policy=format_policy([style], scripts),
        icon_url=ICON.format(colour=COLOURS[page.tone]),
    )
