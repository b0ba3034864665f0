"""What the user can do next, by the responses, or by the verdict where the responses say no more."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from sitemap_cli.crawl.verdicts import BLOCKING_CODES, VERDICT_BY_REASON
from sitemap_cli.model.results import JobResult
from sitemap_cli.model.values import Status

BY_VERDICT = {
    "partial": ["the sitemaps marked above are missing or incomplete; everything else is recorded"],
    "absent": [
        "robots.txt names no sitemap, and the usual paths have none",
        "if there is one elsewhere, name it: {sitemap}",
    ],
    "empty": ["the sitemaps list no URL"],
    "blocked": ["the server refuses our requests; try --user-agent or --delay 2, or ask its operator"],
    "dns": ["the host name cannot be resolved; check the spelling, and try it with or without www"],
    "tls": [
        "the TLS handshake failed; --cacert FILE trusts your own authority, --insecure skips verification"
    ],
    "timeout": ["the server is slow or silent; --timeout, --deadline and --retries allow more time"],
    "http-error": ["the server responds with an error; is the URL right?"],
    "html-instead": ["if there is a sitemap elsewhere, name it: {sitemap}"],
    "invalid": ["the document is not a sitemap; sitemap parse URL shows the details"],
    "robots-unreachable": [
        "robots.txt is unavailable, and crawlers treat that as a disallow; --no-robots ignores it"
    ],
    "refused-address": ["the IP address is private; to allow it, use --allow-private"],
}

NO_SUCH_NAME = "there is no such name, nor a folder or file of that name here"
PUBLISHED = "a local one also needs --base-url URL"

ASK_OPERATOR = "ask the site's operator to allow this user agent or your IP address"

# By reason, or by status where that is what refused the request; the most certain remedy comes first.
BY_RESPONSE = {
    "unsupported-encoding": [
        "{message}",
        "the server ignores Accept-Encoding: gzip; if only for robots.txt, --no-robots ignores that file",
    ],
    "challenge": ["{message}", f"no option of sitemap can pass that; {ASK_OPERATOR}"],
    "401": [
        "the server requires authentication: --user NAME:PASSWORD, --cookie or --header 'Authorization: ...'"
    ],
    "407": ["the proxy requires authentication: --proxy http://NAME:PASSWORD@HOST:PORT"],
    "proxy-denied": ["the proxy requires authentication: --proxy http://NAME:PASSWORD@HOST:PORT"],
    "402": [f"the server requires payment from crawlers (402); {ASK_OPERATOR}"],
    "rate-limited": ["too many requests: use --delay 2 --per-host 1, or try again later"],
    "429": ["too many requests: use --delay 2 --per-host 1, or try again later"],
    "unavailable": ["{message}; try again then"],
    "robots-unreachable": [
        "{message}",
        "robots.txt is unavailable, and crawlers treat that as a disallow; --no-robots ignores it",
    ],
    "451": ["the server does not show it for legal reasons, perhaps only in your country (451)"],
    "robots-disallowed": ["robots.txt disallows it; if you have permission, use --no-robots"],
    "403": [
        "the server refuses our requests (403); try --user-agent with --contact, or --delay 2",
        f"or {ASK_OPERATOR}",
    ],
    "430": [f"the server refuses automatic requests (430); try --delay 2, or {ASK_OPERATOR}"],
    "999": [f"the server refuses automatic requests (999); {ASK_OPERATOR}"],
    "dns-nxdomain": ["there is no such name; check the spelling, and try it with or without www"],
    "dns-failure": ["the name server did not respond; try again later, or use --resolve HOST:PORT:ADDRESS"],
    "tls-error": [
        "{message}",
        "--cacert FILE trusts your own authority; --insecure accepts any certificate, for a test",
    ],
    "tls-not-spoken": ["{message}", "try http:// instead of https://, or another port"],
    "timeout-connect": [
        "no connection, perhaps because of a firewall; --connect-timeout and --retries wait longer"
    ],
    "timeout-read": ["the server stopped sending; --idle-timeout and --retries wait longer"],
    "too-slow": ["the server sends too slowly; --min-speed 0 --timeout 600 waits for it"],
    "deadline": ["it took too long; --timeout is for one document, --deadline for the whole site"],
    "outside-base": ["{message}"],
    "connection-refused": ["nothing listens there; is it another port, or another scheme?"],
    "host-failing": ["the host failed too often in a row and was given up; --max-failures 0 never gives up"],
    "host-empty": ["too many sitemaps in a row are missing; --max-failures 0 requests the others, too"],
    "redirect-limit": ["it redirects too often; --max-redirects follows more redirects"],
    "https-only": ["it is served over plain http, which --https-only forbids"],
}


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong at one URL: the key of its remedy, the verdict it leads to, and a message."""

    key: str
    verdict: str | None
    message: str

    @classmethod
    def from_response(cls, reason: str, status: int | None, message: str | None) -> "Failure":
        """Return the failure for a response; its key is the status where the status refuses the request."""
        is_refused = reason == "http-status" and status in BLOCKING_CODES
        verdict = "blocked" if is_refused else VERDICT_BY_REASON.get(reason)
        return cls(str(status) if is_refused else reason, verdict, message or reason)


def suggest_next_steps(result: JobResult) -> list[str]:
    """Return a line for each useful step; the commands can be pasted."""
    sitemap = f"sitemap analyze https://{result.domain}/PATH"
    general = [line.format(sitemap=sitemap) for line in BY_VERDICT.get(result.verdict or "", [])]
    if result.verdict == "empty" and result.scope and result.totals.all_urls:
        general = [f"analyze the whole site: sitemap analyze {result.domain}"]
    particular = _list_remedies(result)
    if result.verdict == "dns" and not any(each in result.target for each in ".:/"):
        particular = [f"{NO_SUCH_NAME}; {PUBLISHED}"]
    if url := _find_plain_http(result):
        particular = [f"analyze it over plain http: sitemap analyze {shlex.quote(url)}"]
    steps = [*general, *particular] if result.verdict == "partial" else particular or general
    if result.totals.urls:
        steps.append(f"list the URLs: sitemap urls --job {result.job_id}")
    totals = result.totals
    if (
        result.status == Status.COMPLETED
        and totals.changed_since
        and (totals.are_changed or totals.changed_urls)
    ):
        steps.append(f"list what changed: sitemap diff --to {result.job_id}")
    return [*steps, f"show this job again: sitemap jobs show {result.job_id}"]


def suggest_remedies(result: JobResult) -> list[str]:
    """Return what can be done about the verdict, without commands that show or list more."""
    particular = _list_remedies(result)
    if particular or result.verdict == "partial":
        return particular
    sitemap = f"sitemap analyze https://{result.domain}/PATH"
    return [line.format(sitemap=sitemap) for line in BY_VERDICT.get(result.verdict or "", [])]


def describe_remedy(verdict: str | None, target: str) -> str | None:
    """Return the first thing to do about a target that could not be read; None if there is no such thing."""
    if verdict == "dns" and not any(each in target for each in ".:/"):
        return NO_SUCH_NAME
    return next(iter(BY_VERDICT.get(verdict or "", [])), "").format(sitemap="SITEMAP") or None


def _find_plain_http(result: JobResult) -> str | None:
    """Return the plain http URL of a target whose https is refused while http responds; None otherwise."""
    refused = [each.url for each in result.sitemaps if each.error == "connection-refused"]
    refused += [each.url for each in result.sources if each.answer == "connection-refused"]
    responding = {each.url for each in result.sources if each.status_code is not None}
    scheme, _, rest = result.target.partition("://")
    if scheme.lower() != "https" or result.verdict != "http-error":
        return None
    origins = {"/".join(each.split("/")[:3]).replace("https://", "http://", 1) for each in refused}
    return f"http://{rest}" if any(f"{each}/robots.txt" in responding for each in origins) else None


def _list_remedies(result: JobResult) -> list[str]:
    """Return the remedies for the failures that led to the verdict, each once."""
    failures: dict[str, Failure] = {}
    is_partial = result.verdict == "partial"
    for each in _list_sitemap_failures(result) if is_partial else _list_failures(result):
        failures.setdefault(each.key, each)
    lines = [
        line.replace("{message}", failures[key].message)
        for key, remedies in BY_RESPONSE.items()
        if key in failures
        for line in remedies
        if line != "{message}" or failures[key].message != key
    ]
    return list(dict.fromkeys(lines))


def _list_failures(result: JobResult) -> Iterator[Failure]:
    """Yield the failures of sitemaps and of other sources that lead to the verdict."""
    yield from (each for each in _list_sitemap_failures(result) if each.verdict == result.verdict)
    for source in result.sources:
        failure = Failure.from_response(source.answer, source.status_code, source.message or None)
        if failure.verdict == result.verdict:
            yield failure


def _list_sitemap_failures(result: JobResult) -> Iterator[Failure]:
    for sitemap in result.sitemaps:
        if sitemap.error:
            yield Failure.from_response(sitemap.error, sitemap.status_code, sitemap.error_message)
