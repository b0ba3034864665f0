"""The text of an HTML response."""

from sitemap_cli.crawl.pages.html_head import decode_page
from sitemap_cli.fetch.interface import Response

HTML_TYPES = ("html", "xhtml")


def read_html_text(response: Response) -> str | None:
    """Return the beginning of an HTML page; None for anything else."""
    if response.body is None:
        return None
    kind = (response.content_type or "text/html").lower()
    if not any(each in kind for each in HTML_TYPES):
        return None
    return decode_page(response.body.read_chunks(), response.content_type)
