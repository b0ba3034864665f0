"""The page of verdicts, statuses and codes of failures."""

from collections import defaultdict
from enum import StrEnum

from sitemap_cli.crawl.verdicts import VERDICT_BY_REASON, VERDICT_PRECEDENCE
from sitemap_cli.model import exit_codes
from sitemap_cli.model.values import DiscoveredBy, Kind, Status, Verdict
from tests.documentation.reference.markdown_parts import format_code, format_head, format_table

VERDICTS = {
    Verdict.OK: "URLs were found, and everything that exists was read.",
    Verdict.PARTIAL: "URLs were found, but something could not be read, was cut by a limit, or was skipped.",
    Verdict.ABSENT: "The site responds, and has no sitemap: neither robots.txt, nor known paths, nor its home page leads to one.",
    Verdict.EMPTY: "There are sitemaps, and they list no URL.",
    Verdict.BLOCKED: "A bot wall, a login or a rate limit responded instead of the content, or robots.txt disallows it.",
    Verdict.DNS: "The host name cannot be resolved.",
    Verdict.TLS: "The TLS connection failed: an invalid certificate, or no TLS at all.",
    Verdict.TIMEOUT: "The server was too slow, or did not respond in time.",
    Verdict.HTTP_ERROR: "The server responded with an error, closed the connection, or redirects without end.",
    Verdict.HTML_INSTEAD: "HTML pages came in the place of sitemaps.",
    Verdict.INVALID: "There are documents in the place of sitemaps, and nothing in them could be read as one.",
    Verdict.ROBOTS_UNREACHABLE: "robots.txt returns a server error or is cut, so the site must not be crawled.",
    Verdict.REFUSED_ADDRESS: "The IP address is private, loopback or link-local, and `--allow-private` is not set.",
    Verdict.CANCELLED: "The job was cancelled by `sitemap jobs cancel`.",
}
STATUSES = {
    Status.PENDING: "Recorded, and not started: a job of a batch or of the queue.",
    Status.RUNNING: "At work; the process holds the lock of the domain.",
    Status.COMPLETED: "Ended, and everything that exists was read.",
    Status.PARTIAL: "Ended, and something is unknown.",
    Status.FAILED: "Ended, and nothing could be read; also a site that has no sitemap.",
    Status.CANCELLED: "Ended by `sitemap jobs cancel`.",
    Status.INTERRUPTED: "Stopped by a signal, or its process died; it can be resumed.",
}
KINDS = {
    Kind.URLSET: "a sitemap in XML",
    Kind.INDEX: "a sitemap index",
    Kind.RSS: "an RSS feed",
    Kind.ATOM: "an Atom feed",
    Kind.TEXT: "a list of URLs, one on each line",
    Kind.HTML: "an HTML page, which is no sitemap",
    Kind.EMPTY: "a body without content",
    Kind.UNKNOWN: "anything else",
}
ORIGINS = {
    DiscoveredBy.USER: "named on the command line",
    DiscoveredBy.ROBOTS: "a `Sitemap:` line of robots.txt",
    DiscoveredBy.KNOWN_PATH: "a path that common systems use",
    DiscoveredBy.HTML: "a link of the home page, or a `Link` header",
    DiscoveredBy.INDEX: "an entry of a sitemap index",
    DiscoveredBy.FEED: "the next page of a feed",
}

INTRODUCTION = """A job has a **status**, its state, and a **verdict**, which answers in one word why a site is empty or incomplete.
A job that found nothing is never `ok`. `sitemap jobs show ID` prints both, with the requests and responses that led to
them. What to do about each verdict: [Troubleshooting](../troubleshooting.md)."""
PRECEDENCE = """If nothing could be read, the cause that is nearest to the network decides, in this order: {}. A listed sitemap
that responds with 404 or 410 does not exist: it is a finding (SM405) and leaves nothing unknown."""
REASONS = """## Codes of failures

The field `error` of a sitemap in JSON, and `reason` in logs, is one of these codes. If nothing could be read, it leads
to the verdict of its row. Any other code is about the content of a document, such as `too-large`, and leads
to `invalid`. A status that refuses (401, 403, 429 and the like) leads to `blocked`, whatever its code."""


def build_verdicts() -> str:
    """Return the page."""
    verdicts = [(format_code(each), VERDICTS[each], str(exit_codes.for_verdict(each))) for each in Verdict]
    reasons = defaultdict[str, list[str]](list)
    for reason, verdict in VERDICT_BY_REASON.items():
        reasons[verdict].append(format_code(reason))
    order = ", ".join(format_code(each) for each in VERDICT_PRECEDENCE)
    by_verdict = [(format_code(each), ", ".join(sorted(reasons[each]))) for each in Verdict if reasons[each]]
    return "\n\n".join(
        (
            format_head("Verdicts and statuses", INTRODUCTION),
            "## Verdicts",
            format_table(("verdict", "meaning", "[exit code](exit-codes.md)"), verdicts),
            PRECEDENCE.format(order),
            "## Statuses of jobs and batches",
            _list_values("status", STATUSES, Status),
            REASONS,
            format_table(("verdict", "codes"), by_verdict),
            "## Kinds of documents",
            "The content decides, not the name of the file or the `Content-Type`.",
            _list_values("kind", KINDS, Kind),
            "## How a sitemap was found",
            "The field `discovered_by`:",
            _list_values("value", ORIGINS, DiscoveredBy),
        )
    )


def _list_values(heading: str, meanings: dict[str, str], values: type[StrEnum]) -> str:
    rows = [(format_code(each), meanings[each]) for each in values]
    return format_table((heading, "meaning"), rows)
