"""What codes are called on the page, and the tone in which they are shown."""

from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus


@dataclass(frozen=True, slots=True)
class Word:
    """A word or two for a code, the tone, which gives colour and icon, and what it means."""

    text: str
    tone: str
    meaning: str = ""


VERDICTS = {
    "ok": Word("Read completely", "good", "Every sitemap was found and read."),
    "partial": Word("Read in part", "warn", "Some sitemaps are missing or incomplete."),
    "absent": Word("No sitemap found", "warn", "Neither robots.txt nor the usual paths have a sitemap."),
    "empty": Word("No URL listed", "warn", "There are sitemaps, but they list no URL."),
    "blocked": Word("Blocked", "bad", "A bot wall or a refusal came instead of the sitemaps."),
    "dns": Word("Name not found", "bad", "The host name cannot be resolved."),
    "tls": Word("TLS failed", "bad", "The secure connection could not be established."),
    "timeout": Word("No response in time", "bad", "The server was silent or too slow."),
    "http-error": Word("Server error", "bad", "The server did not respond, or only with errors."),
    "html-instead": Word("HTML instead", "bad", "The server sent web pages instead of sitemaps."),
    "invalid": Word("Not a sitemap", "bad", "What the server sent is not a sitemap."),
    "robots-unreachable": Word(
        "robots.txt unavailable", "bad", "Crawlers stay away from a site whose robots.txt they cannot get."
    ),
    "refused-address": Word("Address refused", "bad", "The IP address is private, so it was not requested."),
    "cancelled": Word("Cancelled", "none", "The job was cancelled."),
    "pending": Word("Not started", "none", "The job has not started."),
    "running": Word("Running", "none", "The job has not ended."),
    "completed": Word("Completed", "good", "The job has ended."),
    "failed": Word("Failed", "bad", "The job failed."),
    "interrupted": Word("Interrupted", "warn", "The job was interrupted, and can be resumed."),
}

COMPARISONS = {
    "newly-failing": Word("Newly failing", "bad", "It cannot be read, and was not failing before."),
    "worse": Word("Worse", "bad", "It was better in the previous job."),
    "first-job-failed": Word("First job failed", "warn", "It cannot be read, and there is no previous job."),
    "recovered": Word("Recovered", "good", "It failed in the previous job."),
    "still-failing": Word("Still failing", "warn", "It failed in the previous job, too."),
    "changed": Word("Changed", "info", "It has other URLs than in the previous job."),
    "unchanged": Word("Unchanged", "none", "It has the same URLs as in the previous job."),
    "first": Word("First job", "none", "There is no previous job."),
}

SEVERITIES = {
    "error": Word("Error", "bad"),
    "warning": Word("Warning", "warn"),
    "info": Word("Info", "info"),
}

ACCESS = {
    "allowed": Word("Allowed", "good"),
    "partly": Word("Partly", "warn"),
    "blocked": Word("Blocked", "bad"),
    "unset": Word("Not named", "none"),
}

PURPOSES = {
    "engine": "Search engines whose index also feeds AI answers",
    "search": "AI search, which cites only what it may fetch",
    "training": "Collecting data to train models",
    "user": "Fetching a page because a person asks for it",
    "other": "Other purposes",
}

TRUST = {
    "yes": Word("Trustworthy", "good"),
    "no": Word("Not trustworthy", "bad"),
    "unknown": Word("Not known yet", "none"),
}


KINDS = {
    "urlset": "sitemap",
    "index": "index",
    "rss": "RSS feed",
    "atom": "Atom feed",
    "text": "text file",
    "html": "HTML page",
    "empty": "empty",
    "unknown": "unknown",
}

REASONS = {
    "blocked-address": "private address",
    "challenge": "bot wall",
    "connection-refused": "connection refused",
    "dns-failure": "name server did not respond",
    "dns-nxdomain": "host name not found",
    "html-instead": "HTML page",
    "not-a-sitemap": "not a sitemap",
    "proxy-denied": "refused by the proxy",
    "rate-limited": "too many requests",
    "robots-disallowed": "disallowed by robots.txt",
    "robots-unreachable": "robots.txt unavailable",
    "timeout-connect": "timed out while connecting",
    "timeout-read": "timed out while reading",
    "tls-error": "TLS failed",
    "tls-not-spoken": "no TLS at this port",
    "unavailable": "temporarily unavailable",
}
"""Reasons for which something could not be read; others are words with hyphens."""

PROBLEMS = {
    "dirt": "missing, broken, redirected or not to be indexed",
    "page-4xx": "missing or forbidden (4xx)",
    "page-5xx": "server error (5xx)",
    "page-redirect": "redirected",
    "page-noindex": "not to be indexed (noindex)",
    "page-canonicalised": "another canonical URL",
    "page-soft-404": "error page with status 200",
    "page-lastmod-mismatch": "lastmod disagrees with the page",
    "page-hreflang-mismatch": "hreflang disagrees with the page",
}
"""What the rules about listed pages are called, by the names of the rules."""

SOURCES = {
    "robots": "robots.txt",
    "known-path": "usual path",
    "html": "home page",
    "user": "named by the user",
    "index": "index",
    "feed": "feed",
}


def describe_reason(code: str, status: int | None = None) -> str:
    """Return why something could not be read, in a few words."""
    if code == "http-status" and status is not None:
        with suppress(ValueError):
            return HTTPStatus(status).phrase.lower()
        return f"status {status}"
    return REASONS.get(code) or code.replace("-", " ")


def find_word(words: dict[str, Word], code: str | None, other: str | None = None) -> Word:
    """Return the word for a code, or for the other one without it; the code itself if it is not known."""
    name = code or other or "unknown"
    return words.get(name) or Word(name, "none")
