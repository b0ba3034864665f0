"""The page of limits: defaults of settings, and limits that are fixed in the code."""

from sitemap_cli.crawl import discovery, document_reading, feed_pages, host_health, html_links, site_crawl
from sitemap_cli.crawl.pages import html_head
from sitemap_cli.fetch import gunzip, http_fetcher, min_speed, response_body, retry
from sitemap_cli.fetch.robots import robots_lines, sitemap_lines
from sitemap_cli.fetch.transport import head_repair
from sitemap_cli.inputs import list_text
from sitemap_cli.parse import collector
from sitemap_cli.parse.values import loc_urls
from sitemap_cli.parse.xml import handlers, limits, stream
from sitemap_cli.settings import Settings
from tests.documentation.reference.markdown_parts import (
    format_bytes,
    format_code,
    format_head,
    format_seconds,
    format_table,
)

INTRODUCTION = """Everything that a server or a file can send is limited. If a limit is reached, its reason is recorded, everything
read so far is kept, and the exit code is [3](exit-codes.md). A limit with an option is a [setting](settings.md): it has a
variable and a key of the configuration file, too."""
HEADINGS = ("limit", "default", "option")
FIXED = ("limit", "value")
RULES = """## What a limit does

- A document that is too large, too deep or too long in one place keeps all complete entries before that place; half an entry is never
  kept.
- What comes after the limit of a site (`--max-sitemaps`, `--max-urls`, `--deadline`) is counted where that is possible, and
  `sitemap jobs show ID` names the limit.
- A failure of a host counts again from zero after a success. If a host is skipped, its remaining URLs have the code `host-failing`."""


def build_limits() -> str:
    """Return the page."""
    return "\n\n".join(
        (
            format_head("Limits", INTRODUCTION),
            "## Requests",
            format_table(HEADINGS, _list_requests()),
            "## Documents",
            format_table(HEADINGS, _list_documents()),
            "## Fixed limits of the network",
            format_table(FIXED, _list_network()),
            "## Fixed limits of documents",
            format_table(FIXED, _list_parsing()),
            RULES,
        )
    )


def _setting(text: str, name: str, kind: str = "") -> tuple[str, str, str]:
    value = getattr(Settings(), name)
    shown = {"seconds": format_seconds, "bytes": format_bytes}.get(kind, lambda each: f"{each:,}")
    return text, "no limit" if value is None else shown(value), format_code(f"--{name.replace('_', '-')}")


def _list_requests() -> list[tuple[str, str, str]]:
    forbidden, missing = host_health.FORBIDDEN_PER_FAILURE, host_health.MISSING_PER_FAILURE
    return [
        _setting("concurrent requests", "concurrency"),
        _setting("concurrent requests per host", "per_host"),
        _setting("time between two requests to one host", "delay", "seconds"),
        _setting("`Crawl-delay` that is obeyed", "max_crawl_delay", "seconds"),
        _setting(
            "retries after a temporary error; none in a batch for a site that does not respond at all",
            "retries",
        ),
        _setting(
            f"failures in a row after which a host is skipped; {forbidden} forbidden files count as one, and so do "
            f"{missing} missing ones if a sample of the others fails, too",
            "max_failures",
        ),
        _setting("time to connect", "connect_timeout", "seconds"),
        _setting("time without a byte", "idle_timeout", "seconds"),
        _setting("time per document", "timeout", "seconds"),
        _setting("time per site", "deadline", "seconds"),
        _setting(f"bytes per second, after the first {min_speed.WINDOW:g} seconds", "min_speed", "bytes"),
        _setting("redirects to a document", "max_redirects"),
    ]


def _list_documents() -> list[tuple[str, str, str]]:
    return [
        _setting("compressed document", "max_wire_bytes", "bytes"),
        _setting("content of a document", "max_bytes", "bytes"),
        _setting("nested sitemap indexes", "max_depth"),
        _setting("sitemaps per site", "max_sitemaps"),
        _setting("URLs per site", "max_urls"),
    ]


def _list_network() -> list[tuple[str, str]]:
    return [
        ("`Retry-After` that is obeyed, for the whole host", format_seconds(retry.MAX_RETRY_AFTER)),
        ("redirects to a robots.txt", f"{http_fetcher.MAX_ROBOTS_REDIRECTS}"),
        ("line of a response head", format_bytes(head_repair.MAX_LINE)),
        ("head of a response", format_bytes(head_repair.MAX_HEAD)),
        ("fields of a response head", f"{head_repair.MAX_FIELDS:,}"),
        ("interim responses (status 1xx) before the response", f"{head_repair.MAX_INTERIM}"),
        ("robots.txt", format_bytes(robots_lines.MAX_ROBOTS)),
        ("`Sitemap:` lines of a robots.txt", f"{sitemap_lines.MAX_SITEMAPS:,}"),
        ("HTML page, where one is read", format_bytes(response_body.MAX_PAGE)),
        ("part of the home page that is searched for sitemaps", format_bytes(html_links.LIMIT)),
        ("part of a probed page in which its head is read", format_bytes(html_head.LIMIT)),
        ("pages of a feed", f"{feed_pages.MAX_PAGES}"),
        ("other hosts whose robots.txt is requested to prove cross-submission", f"{site_crawl.MAX_PROOFS}"),
        ("sites that discovery follows redirects to", f"{discovery.MAX_SITES}"),
        ("a list of domains or URLs, read as a whole", format_bytes(list_text.MAX_BYTES)),
    ]


def _list_parsing() -> list[tuple[str, str]]:
    return [
        ("layers of gzip: one of the transfer, one of the file", f"{gunzip.MAX_LAYERS}"),
        ("members of a gzip file", f"{gunzip.MAX_MEMBERS:,}"),
        ("nested XML elements", f"{handlers.MAX_DEPTH}"),
        ("one XML token, such as a tag or a comment", format_bytes(stream.MAX_TOKEN)),
        ("characters of one field", f"{limits.MAX_TEXT:,}"),
        ("characters of a URL that is recorded", f"{loc_urls.MAX_URL:,}"),
        ("elements of the same name in an entry, such as images", f"{limits.MAX_SAME:,}"),
        ("elements of an entry in all", f"{limits.MAX_NODES:,}"),
        ("children of an index", f"{document_reading.MAX_CHILDREN:,}"),
        (
            "problems of a document that are recorded with their place; the others are counted",
            f"{collector.MAX_PROBLEMS:,}",
        ),
        ("document type declarations with an internal subset, entities, external files", "0: refused"),
    ]
