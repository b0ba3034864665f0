"""Decides what to say about a run: why it found what it found, or nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sitemap_cli.crawl.known_paths import INCONCLUSIVE_PATHS
from sitemap_cli.model.values import DiscoveredBy, Fault, Kind, Verdict

BLOCKING_CODES = frozenset({401, 403, 407, 429, 451})
GONE_CODES = frozenset({404, 410})

# Faults of the way to the server, and the verdict each stands for; all others are of the document.
VERDICT_BY_REASON = {
    "blocked-address": Verdict.REFUSED_ADDRESS,
    "dns-nxdomain": Verdict.DNS,
    "dns-failure": Verdict.DNS,
    "tls-error": Verdict.TLS,
    "tls-not-spoken": Verdict.TLS,
    "timeout-connect": Verdict.TIMEOUT,
    "timeout-read": Verdict.TIMEOUT,
    "too-slow": Verdict.TIMEOUT,
    "deadline": Verdict.TIMEOUT,
    "challenge": Verdict.BLOCKED,
    "rate-limited": Verdict.BLOCKED,
    "proxy-denied": Verdict.BLOCKED,
    "robots-disallowed": Verdict.BLOCKED,
    "robots-unreachable": Verdict.ROBOTS_UNREACHABLE,
    "html-instead": Verdict.HTML_INSTEAD,
    "empty": Verdict.EMPTY,
    "http-status": Verdict.HTTP_ERROR,
    "host-failing": Verdict.HTTP_ERROR,
    "connection-refused": Verdict.HTTP_ERROR,
    "connection-failed": Verdict.HTTP_ERROR,
    "connection-closed": Verdict.HTTP_ERROR,
    "connection-reset": Verdict.HTTP_ERROR,
    "incomplete-body": Verdict.HTTP_ERROR,
    "protocol-error": Verdict.HTTP_ERROR,
    "redirect-limit": Verdict.HTTP_ERROR,
    "redirect-loop": Verdict.HTTP_ERROR,
    "redirect-scheme": Verdict.HTTP_ERROR,
    "redirect-sites": Verdict.HTTP_ERROR,
    "scheme-forbidden": Verdict.HTTP_ERROR,
    "https-only": Verdict.HTTP_ERROR,
    "url-invalid": Verdict.HTTP_ERROR,
    "file-unreadable": Verdict.HTTP_ERROR,
    "outside-base": Verdict.HTTP_ERROR,
    "outside-folder": Verdict.HTTP_ERROR,
}

# When nothing was read, the cause nearest to the wire explains the rest.
VERDICT_PRECEDENCE = (
    Verdict.REFUSED_ADDRESS,
    Verdict.DNS,
    Verdict.TLS,
    Verdict.TIMEOUT,
    Verdict.BLOCKED,
    Verdict.ROBOTS_UNREACHABLE,
    Verdict.HTML_INSTEAD,
    Verdict.INVALID,
    Verdict.EMPTY,
    Verdict.HTTP_ERROR,
)


@dataclass(frozen=True, slots=True)
class UrlOutcome:
    """What one address answered, as far as the verdict needs it.

    ``source`` is how the address became known, ROBOTS for robots.txt itself; ``expected`` is False
    for an address nobody promised, such as a guessed path. ``named`` is how many sitemaps a robots.txt
    or page names; ``decisive`` is False where another address was asked instead. ``message`` says in
    words what ``reason`` does not.
    """

    url: str
    source: DiscoveredBy
    expected: bool
    kind: Kind | None = None
    status_code: int | None = None
    reason: str | None = None
    urls: int = 0
    named: int | None = None
    decisive: bool = True
    message: str | None = None

    @property
    def is_refused_robots(self) -> bool:
        """Whether this is a robots.txt that may not be seen, as if there were none (RFC 9309, 2.3.1.3).

        A wall or a limit on our pace is another matter: both stand before the whole site.
        """
        is_robots = self.source is DiscoveredBy.ROBOTS and not self.expected
        return is_robots and self.reason == "http-status" and self.status_code in BLOCKING_CODES

    @property
    def is_vague(self) -> bool:
        """Whether it says nothing about sitemaps: a page is a page, as expected."""
        is_page = self.source is DiscoveredBy.USER and self.kind is Kind.HTML and self.reason != "challenge"
        is_vague_guess = self.source is DiscoveredBy.KNOWN_PATH and self.url.endswith(INCONCLUSIVE_PATHS)
        return not self.expected and (is_page or is_vague_guess)

    @property
    def is_readable(self) -> bool:
        """Whether a sitemap was read here, wholly or in part."""
        return self.kind is not None and self.kind.is_sitemap


def decide_verdict(outcomes: Sequence[UrlOutcome], limits: Sequence[Fault] = ()) -> Verdict:
    """The verdict over everything that was asked; ``cuts`` are the limits that left something out."""
    expected = [each for each in outcomes if each.expected]
    read = [each for each in expected if each.is_readable]
    failed = any(each.reason is not None for each in expected)
    if sum(each.urls for each in read):
        return Verdict.PARTIAL if failed or limits else Verdict.OK
    if cause := _first({*_causes(expected), *_from(limits)}):
        return cause
    if read:
        return Verdict.PARTIAL if limits else Verdict.EMPTY
    return _first(_causes(_telling(outcomes))) or Verdict.ABSENT


def _telling(answers: Sequence[UrlOutcome]) -> Sequence[UrlOutcome]:
    """The answers that explain an empty result; a refused robots.txt is one when nothing else was asked."""
    decisive = [each for each in answers if each.decisive and not each.is_vague]
    return [each for each in decisive if not each.is_refused_robots] or decisive


def _first(causes: Iterable[Verdict]) -> Verdict | None:
    return min(causes, key=VERDICT_PRECEDENCE.index, default=None)


def _from(cuts: Iterable[Fault]) -> list[Verdict]:
    return [VERDICT_BY_REASON[each.reason] for each in cuts if each.reason in VERDICT_BY_REASON]


def _causes(answers: Iterable[UrlOutcome]) -> list[Verdict]:
    return [cause for each in answers if (cause := _cause(each)) is not None]


def _cause(answer: UrlOutcome) -> Verdict | None:
    """What one answer says against the site; a path that was only guessed may be missing."""
    if answer.reason is None:
        return None
    if answer.status_code in BLOCKING_CODES:
        return Verdict.BLOCKED
    if answer.status_code in GONE_CODES:
        return Verdict.HTTP_ERROR if answer.expected else None
    return VERDICT_BY_REASON.get(answer.reason, Verdict.INVALID)
