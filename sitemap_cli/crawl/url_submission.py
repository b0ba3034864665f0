"""Submit lists of URLs to search engines by IndexNow, and explain the responses.

https://www.indexnow.org/documentation
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import msgspec

from sitemap_cli.crawl.key_file import HIDDEN, KeyFile
from sitemap_cli.fetch.fetch_errors import sanitize_message
from sitemap_cli.fetch.interface import Fetcher, Purpose, Request, Response

ENDPOINT = "https://api.indexnow.org/indexnow"
"""The endpoint that passes URLs on to all search engines that take part."""
MAX_URLS = 10_000
"""Most URLs of one request."""

ACCEPTED = (200, 202)
INVALID_KEY, WRONG_HOST, TOO_MANY = 403, 422, 429
LATE_FAULTS = ("deadline", "timeout-read")
# The engine's own words are shown up to this length.
MAX_QUOTED = 150

EXPLANATIONS = {
    400: "the endpoint does not understand the request; check --endpoint",
    INVALID_KEY: "the endpoint could not verify the key; check that the key file is public, also for robots",
    404: "there is no such endpoint; check --endpoint",
    405: "this is no endpoint of IndexNow; check --endpoint",
    WRONG_HOST: "the endpoint says that URLs are not of the host, or that the key is not valid for them",
    TOO_MANY: "the endpoint limits requests; continue later with the same command",
}


@dataclass(frozen=True, slots=True)
class SubmissionResponse:
    """The response of an endpoint to a list of URLs; ``error`` is one sentence if it was not accepted."""

    status_code: int | None
    error: str | None
    ms: int

    @property
    def is_accepted(self) -> bool:
        """Whether the endpoint has the URLs."""
        return self.error is None

    @property
    def is_about_host(self) -> bool:
        """Whether it says nothing about the URLs of other hosts."""
        return self.status_code in (INVALID_KEY, WRONG_HOST)


async def submit_urls(
    fetcher: Fetcher, endpoint: str, key_file: KeyFile, key: str, urls: Sequence[str], until: float
) -> SubmissionResponse:
    """Send at most :data:`MAX_URLS` URLs of one host to an endpoint.

    Args:
        fetcher: sends the request, and repeats it after temporary failures.
        endpoint: the URL of the endpoint.
        key_file: where the endpoint finds the key.
        key: the key.
        urls: URLs that the key file covers.
        until: when to give up, on the clock of the event loop.
    """
    content = {"host": key_file.host, "key": key, "keyLocation": key_file.url, "urlList": urls}
    request = Request(
        endpoint,
        Purpose.MESSAGE,
        # The user's own headers and credentials are for the site.
        credentials_url=key_file.url,
        until=until,
        method="POST",
        content=msgspec.json.encode(content),
        keeps_error=_is_json,
    )
    response = await fetcher.fetch(request)
    try:
        return _explain_response(response, key)
    finally:
        response.release()


def _explain_response(response: Response, key: str) -> SubmissionResponse:
    status = response.status_code
    # What follows the head does not matter, unless it shows that a bot wall sent it.
    if status in ACCEPTED and (response.fault is None or response.fault.reason in LATE_FAULTS):
        return SubmissionResponse(status, None, response.ms)
    error = _describe_failure(response)
    if quoted := _find_message(response):
        error = f"{error} ({quoted})"
    return SubmissionResponse(status, sanitize_message(error.replace(key, HIDDEN)), response.ms)


def _describe_failure(response: Response) -> str:
    status, fault = response.status_code, response.fault
    known = EXPLANATIONS.get(status or 0)
    if fault is not None and fault.reason == "redirected":
        return f"{fault.message}; name that endpoint with --endpoint"
    if fault is not None:
        return f"{known}; {fault.message}" if known else fault.message
    if status is not None and status >= 500:
        return f"the endpoint fails with status {status}; continue later with the same command"
    return known or f"the endpoint responds with status {status}; check --endpoint"


def _is_json(beginning: bytes, _content_type: str | None) -> bool:
    return beginning.lstrip().startswith(b"{")


def _find_message(response: Response) -> str | None:
    """Return what the endpoint says itself, shortened."""
    if response.body is None:
        return None
    with suppress(ValueError, RecursionError):
        said = json.loads(b"".join(response.body.read_chunks()))
        text = said.get("message") if isinstance(said, dict) else None
        if isinstance(text, str) and text.strip():
            line = " ".join(text.split())
            return line if len(line) <= MAX_QUOTED else f"{line[: MAX_QUOTED - 1]}…"
    return None
