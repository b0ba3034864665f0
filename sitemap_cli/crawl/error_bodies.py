"""Sitemaps that a server sends with another status than 200."""

from contextlib import closing

from msgspec.structs import replace

from sitemap_cli.crawl.content_type import parse_charset
from sitemap_cli.fetch.interface import Response
from sitemap_cli.model.values import Child, Entry, Problem, Severity
from sitemap_cli.parse.reader import read_document

ERROR_STATUS = "error-status"
"""The code of the problem that such a sitemap has."""

PARTIAL_CONTENT = 206
"""The status of a part of a document, of which the rest is unknown."""


def is_sitemap_beginning(beginning: bytes, content_type: str | None) -> bool:
    """Return whether the decompressed beginning of a body is that of a sitemap that lists something.

    A page about an error may contain words of a sitemap, but it lists nothing.
    """
    charset = parse_charset(content_type)
    with closing(read_document([beginning], charset=charset, is_truncated=lambda: True)) as reading:
        if not reading.detect_kind().is_sitemap:
            return False
        return any(isinstance(each, Entry | Child) for batch in reading for each in batch)


def has_odd_status(response: Response) -> bool:
    """Return whether a response has a body that may be a sitemap, and another status than 200.

    The fetch keeps the body of an error only if it is a sitemap, and that of any success, such as 203.
    """
    return response.body is not None and response.status_code not in (200, PARTIAL_CONTENT)


def is_readable(response: Response) -> bool:
    """Return whether a response has a body that may be a whole sitemap."""
    return response.body is not None and response.status_code != PARTIAL_CONTENT


def report_status(response: Response) -> Response:
    """Return a response with a problem for the status that does not go with its body."""
    message = f"the server responded with status {response.status_code}, but the body is a sitemap"
    problem = Problem(ERROR_STATUS, Severity.WARNING, message)
    return replace(response, problems=(*response.problems, problem))
