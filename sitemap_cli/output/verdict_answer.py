"""What a verdict means, in one sentence for people who do not know the words of this program."""

from collections.abc import Mapping

from sitemap_cli.model.values import Status, Verdict

ANSWERS: Mapping[Verdict, str] = {
    Verdict.OK: "Everything was read: {sitemaps} {list} {urls}.",
    Verdict.PARTIAL: "The site was read in part: {sitemaps} {list} {urls}, but not everything could be read.",
    Verdict.ABSENT: "The site has no sitemap: robots.txt names none, and the usual places have none.",
    Verdict.EMPTY: "There is a sitemap, but it lists no URL.",
    Verdict.BLOCKED: "The server refused the requests, so nothing could be read.",
    Verdict.DNS: "The host name cannot be resolved, so nothing could be read.",
    Verdict.TLS: "The TLS handshake failed, so nothing could be read.",
    Verdict.TIMEOUT: "The server did not respond in time, so nothing could be read.",
    Verdict.HTTP_ERROR: "The server did not respond, or only with errors, so nothing could be read.",
    Verdict.HTML_INSTEAD: "The server sends HTML pages where sitemaps are expected.",
    Verdict.INVALID: "What was found is not a sitemap that can be read.",
    Verdict.ROBOTS_UNREACHABLE: "robots.txt is unavailable, which crawlers treat as a ban on the whole site.",
    Verdict.REFUSED_ADDRESS: "The host has a private IP address, and such addresses are not requested.",
    Verdict.CANCELLED: "The job was cancelled: {sitemaps} {list} {urls} so far.",
}
BY_STATUS: Mapping[Status, str] = {
    Status.PENDING: "The job has not started.",
    Status.RUNNING: "The job has not ended: {sitemaps} {list} {urls} so far.",
    Status.INTERRUPTED: "The job was interrupted: {sitemaps} {list} {urls} so far.",
}
UNKNOWN = "The job ended without a verdict: {sitemaps} {list} {urls}."


def describe_verdict(status: Status, verdict: Verdict | None, sitemaps: int, urls: int) -> str:
    """Return the answer to "why is it empty or incomplete?", with the numbers of sitemaps and URLs."""
    template = ANSWERS[verdict] if verdict is not None else BY_STATUS.get(status, UNKNOWN)
    return template.format(
        sitemaps=_format_count(sitemaps, "sitemap"),
        list="lists" if sitemaps == 1 else "list",
        urls=_format_count(urls, "URL"),
    )


def _format_count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
