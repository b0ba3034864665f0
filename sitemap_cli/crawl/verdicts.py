"""The verdict of a job: why it found what it found, or why it found nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sitemap_cli.crawl.known_paths import INCONCLUSIVE_PATHS
from sitemap_cli.model.values import DiscoveredBy, Fault, Kind, Verdict

if TYPE_CHECKING:
    from sitemap_cli.crawl.page_hints import PageHint

# Some services refuse crawlers with statuses of their own: Shopify 430, LinkedIn 999.
BLOCKING_CODES = frozenset({401, 402, 403, 407, 429, 430, 451, 999})
GONE_CODES = frozenset({404, 410})

# Faults of the transfer and their verdicts; all other faults are of the document.
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
    "unsupported-encoding": Verdict.INVALID,
    "unavailable": Verdict.HTTP_ERROR,
    "host-failing": Verdict.HTTP_ERROR,
    "host-empty": Verdict.HTTP_ERROR,
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

# If nothing was read, the cause nearest to the network explains the others.
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
    """The outcome of one URL, as far as the verdict needs it.

    ``source`` is how the URL became known; for a robots.txt it is ROBOTS. ``expected`` is False for a URL
    that nothing promised, such as a guessed path. ``named`` is the number of sitemaps that a robots.txt or
    page names. ``decisive`` is False if another URL was requested instead. ``message`` explains ``reason``;
    without one it says what is odd about the encoding. ``page`` describes an HTML page in the place of a
    sitemap or robots.txt.
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
    page: "PageHint | None" = None

    @property
    def is_refused_robots(self) -> bool:
        """Whether this is a forbidden robots.txt, which counts as none (RFC 9309, 2.3.1.3).

        A bot wall or a rate limit is different: it applies to the whole site.
        """
        is_robots = self.source is DiscoveredBy.ROBOTS and not self.expected
        return is_robots and self.reason == "http-status" and self.status_code in BLOCKING_CODES

    @property
    def is_missing(self) -> bool:
        """Whether the server said that the URL does not exist, rather than giving no clear response."""
        return self.status_code in GONE_CODES and self.reason == "http-status"

    @property
    def is_inconclusive(self) -> bool:
        """Whether this says nothing about sitemaps: a page is a page, as expected."""
        is_of_page = self.source in (DiscoveredBy.USER, DiscoveredBy.HTML)
        is_page = is_of_page and self.kind is Kind.HTML and self.reason != "challenge"
        is_guess = self.source is DiscoveredBy.KNOWN_PATH and self.url.endswith(INCONCLUSIVE_PATHS)
        return not self.expected and (is_page or is_guess)

    @property
    def is_readable(self) -> bool:
        """Whether a sitemap was read here, completely or in part."""
        return self.kind is not None and self.kind.is_sitemap


def decide_verdict(outcomes: Sequence[UrlOutcome], limits: Sequence[Fault] = ()) -> Verdict:
    """Return the verdict over all outcomes; ``limits`` are those that left something out.

    A missing sitemap has no content that could be unknown, so what was read decides, if anything was.
    """
    expected = [each for each in outcomes if each.expected]
    read = [each for each in expected if each.is_readable]
    if any(each.kind is not Kind.INDEX for each in read):
        expected = [each for each in expected if not each.is_missing]
    has_failures = any(each.reason is not None for each in expected)
    if sum(each.urls for each in read):
        return Verdict.PARTIAL if has_failures or limits else Verdict.OK
    if cause := _pick_first({*_list_causes(expected), *_list_limit_causes(limits)}):
        return cause
    if read:
        return Verdict.PARTIAL if limits else Verdict.EMPTY
    return _pick_first(_list_causes(select_decisive(outcomes))) or Verdict.ABSENT


def select_decisive(outcomes: Sequence[UrlOutcome]) -> Sequence[UrlOutcome]:
    """Return the outcomes that explain an empty result; a forbidden robots.txt only if there is no other."""
    decisive = [each for each in outcomes if each.decisive and not each.is_inconclusive]
    return [each for each in decisive if not each.is_refused_robots] or decisive


def _pick_first(causes: Iterable[Verdict]) -> Verdict | None:
    return min(causes, key=VERDICT_PRECEDENCE.index, default=None)


def _list_limit_causes(limits: Iterable[Fault]) -> list[Verdict]:
    return [VERDICT_BY_REASON[each.reason] for each in limits if each.reason in VERDICT_BY_REASON]


def _list_causes(outcomes: Iterable[UrlOutcome]) -> list[Verdict]:
    return [cause for each in outcomes if (cause := find_cause(each)) is not None]


def find_cause(outcome: UrlOutcome) -> Verdict | None:
    """Return what one outcome says against the site; a guessed path may be missing."""
    if outcome.reason is None:
        return None
    if outcome.status_code in BLOCKING_CODES:
        return Verdict.BLOCKED
    if outcome.status_code in GONE_CODES:
        return Verdict.HTTP_ERROR if outcome.expected else None
    return VERDICT_BY_REASON.get(outcome.reason, Verdict.INVALID)
