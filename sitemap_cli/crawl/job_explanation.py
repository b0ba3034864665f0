"""One line about a job: what could not be read, what is missing, or why nothing was found."""

from collections.abc import Iterator, Sequence

from yarl import URL

from sitemap_cli.crawl.source_sentences import (
    SELF_EXPLAINING,
    describe_response,
    join_names,
    name_hosts,
    summarize_sources,
)
from sitemap_cli.crawl.verdicts import UrlOutcome, find_cause, select_decisive
from sitemap_cli.fetch.headers import may_receive_credentials
from sitemap_cli.model.failure_reasons import describe_reason
from sitemap_cli.model.values import Fault, Verdict

# What precedes the cause, if no sitemap failed.
HEADINGS = {
    Verdict.BLOCKED: "the server refuses the requests",
    Verdict.HTTP_ERROR: "the server cannot be read",
    Verdict.HTML_INSTEAD: "the server sends pages instead of sitemaps",
    Verdict.REFUSED_ADDRESS: "the IP address is not allowed",
    Verdict.ROBOTS_UNREACHABLE: "robots.txt cannot be fetched",
}

# Of these the first URL is named, although others were tried instead.
UNREACHED = (Verdict.DNS, Verdict.TLS, Verdict.TIMEOUT)

UNAUTHORIZED = 401
NO_LOGIN = "the password of this target is not stored; give it with --user NAME:PASSWORD"

SKIPPED = {
    "entry-namespace": "entries in another namespace were skipped",
    "incomplete": "a part of the document was left out",
    "loc-invalid": "entries with an invalid URL were skipped",
    "loc-missing": "entries without a loc were skipped",
    "loc-scheme": "entries with another scheme than http or https were skipped",
    "text-line": "lines that are no URLs were skipped",
    "truncated": "the document is cut off",
    "url-too-long": "URLs that are too long were skipped",
}
"""What is missing of a sitemap that was read in part, by reason."""

REFUSED = "https is refused, but http responds"


def explain_verdict(
    verdict: Verdict,
    sitemaps: Sequence[UrlOutcome],
    others: Sequence[UrlOutcome],
    limits: Sequence[Fault],
    outside: str | None = None,
) -> str | None:
    """Return one line about what went wrong; None if nothing did.

    Args:
        verdict: the verdict over all outcomes.
        sitemaps: the outcomes of the sitemaps of the job.
        others: the outcomes of robots.txt files, wrong guesses and pages.
        limits: the limits that left something out.
        outside: what is listed elsewhere, if nothing is listed in the part of the site.
    """
    has_pages = any(each.page is not None for each in (*sitemaps, *others))
    if verdict in (Verdict.HTML_INSTEAD, Verdict.ABSENT) and has_pages and not limits:
        from sitemap_cli.crawl.html_explanation import explain_html

        if explanation := explain_html(sitemaps, others):
            return explanation
    missing = [each for each in sitemaps if each.is_missing]
    unread = [each for each in sitemaps if each.reason is not None and not each.is_missing]
    parts = [fault.message for fault in limits]
    if unread and not limits and _are_refused(unread) and _has_plain_http(others):
        first = min(each.url for each in unread)
        parts.append(f"{REFUSED}; try {first.replace('https://', 'http://', 1)}")
    elif unread and not limits:
        parts += _describe_unread(unread, sitemaps)
    if missing:
        parts.append(_describe_missing(missing, sitemaps))
    if verdict is Verdict.EMPTY and not parts:
        parts.append(outside or _describe_empty(sitemaps, others))
    if parts or verdict is Verdict.OK:
        return "; ".join(parts) or None
    return _explain_search(verdict, others)


def explain_missing_login(
    explanation: str | None, outcomes: Sequence[UrlOutcome], candidates: Sequence[str]
) -> str | None:
    """Add to the explanation of a recorded job that its password is not stored, if the server requires one.

    The password would be for one of the candidates, the URLs of the target.
    """
    own = [URL(each) for each in candidates]
    refused = {each.url for each in outcomes if each.reason and each.status_code == UNAUTHORIZED}
    is_own = any(may_receive_credentials(URL(url), each) for url in refused for each in own)
    if explanation is None or not is_own:
        return explanation
    return f"{explanation}; {NO_LOGIN}"


def _describe_unread(unread: Sequence[UrlOutcome], sitemaps: Sequence[UrlOutcome]) -> Iterator[str]:
    """Yield how many sitemaps could not be read, and how many only in part, each with the first one."""
    ranked = sorted(unread, key=lambda each: (each.url, each.reason))
    if failed := [each for each in ranked if not each.is_readable]:
        what = f"{len(failed):,} of {_count(sitemaps)} could not be read"
        yield f"{what}: {_name_url(_describe_reason(failed[0]), failed[0].url)}"
    if skipped := [each for each in ranked if each.is_readable]:
        verb = "was" if len(skipped) == 1 else "were"
        what = f"{len(skipped):,} of {_count(sitemaps)} {verb} read, but not completely"
        first = skipped[0]
        reason = first.message or SKIPPED.get(first.reason or "") or describe_reason(first.reason)
        yield f"{what}: {_name_url(reason, first.url)}"


def _name_url(text: str, url: str) -> str:
    return text if url in text else f"{text} ({url})"


def _describe_reason(outcome: UrlOutcome) -> str:
    """Return why a sitemap could not be read, with the status or the time that the server names."""
    if outcome.reason == "http-status":
        return f"status {outcome.status_code}"
    if outcome.page is not None:
        return f"the server sent {outcome.page.kind.what}"
    return describe_response(outcome)


def _describe_missing(missing: Sequence[UrlOutcome], sitemaps: Sequence[UrlOutcome]) -> str:
    first = min(missing, key=lambda each: each.url)
    codes = ", ".join(sorted({str(each.status_code) for each in missing}))
    verb = "is" if len(missing) == 1 else "are"
    return f"{len(missing):,} of {_count(sitemaps)} {verb} missing ({codes}): {first.url}"


def _describe_empty(sitemaps: Sequence[UrlOutcome], others: Sequence[UrlOutcome]) -> str:
    read = [each for each in sitemaps if each.is_readable]
    if len(read) == 1:
        return "the sitemap lists no URL"
    if read:
        return "the sitemaps list no URL"
    blank = next((each.url for each in others if each.reason == "empty"), None)
    return f"the body is empty: {blank}" if blank else "nothing was read"


def _explain_search(verdict: Verdict, others: Sequence[UrlOutcome]) -> str:
    """Return why no place that was searched has a sitemap; only what led to the verdict counts."""
    searched = others if verdict in UNREACHED else select_decisive(others)
    causes = [each for each in searched if find_cause(each) is verdict]
    if not causes or verdict is Verdict.ABSENT:
        return f"{HEADINGS.get(verdict, 'no sitemap found')}: {summarize_sources(others)}"
    first, hosts = causes[0], name_hosts(causes)
    if {each.reason for each in causes} == {"connection-refused"}:
        if _has_plain_http(others):
            return f"{REFUSED}; try http://{hosts[0]}"
        return f"nothing listens at {join_names(hosts)}: the connection was refused"
    if verdict is Verdict.DNS:
        return _explain_dns(first, hosts)
    response = describe_response(first)
    if verdict is Verdict.TLS:
        return f"no secure connection to {hosts[0]}: {response}"
    if verdict is Verdict.TIMEOUT:
        return f"no response from {hosts[0]} in time: {response}"
    heading = HEADINGS.get(verdict, "no sitemap could be read")
    has_message = bool(first.message) and first.reason not in SELF_EXPLAINING
    is_named = has_message or verdict is Verdict.ROBOTS_UNREACHABLE
    return f"{heading}: {response if is_named else summarize_sources(causes)}"


def _explain_dns(first: UrlOutcome, hosts: Sequence[str]) -> str:
    if first.reason == "dns-failure":
        return f"{hosts[0]} could not be resolved: {describe_reason(first.reason)}"
    if len(hosts) == 1:
        return f"{hosts[0]} could not be resolved"
    return f"neither {' nor '.join(hosts)} could be resolved"


def _are_refused(unread: Sequence[UrlOutcome]) -> bool:
    return all(each.reason == "connection-refused" and each.url.startswith("https://") for each in unread)


def _has_plain_http(others: Sequence[UrlOutcome]) -> bool:
    """Return whether http responds; it is only tried where https is refused."""
    return any(each.url.startswith("http://") and each.status_code is not None for each in others)


def _count(sitemaps: Sequence[UrlOutcome]) -> str:
    return f"{len(sitemaps):,} sitemap{'' if len(sitemaps) == 1 else 's'}"
