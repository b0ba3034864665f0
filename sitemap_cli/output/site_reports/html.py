"""A report as one HTML page that works offline."""

from sitemap_cli.output.report_page.page_writer import write_page
from sitemap_cli.output.site_report_format import SiteReportFormat

FORMAT = SiteReportFormat(write_page, is_page=True)
