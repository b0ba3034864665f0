"""Decides what to say about a run: why it found what it found, or nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sitemap_cli.model import DiscoveredBy, Kind, Verdict

BLOCKING = frozenset({401, 403, 407, 429, 451})
GONE = frozenset({404, 410})

# Faults of the way to the server, and the verdict each stands for.
BY_REASON = {
    "blocked-address": Verdict.REFUSED_ADDRESS,
    "dns-nxdomain": Verdict.DNS,
    "dns-failure": Verdict.DNS,
    "tls-error": Verdict.TLS,
    "tls-not-spoken": Verdict.TLS,
    "connection-refused": Verdict.HTTP_ERROR,
    "connection-failed": Verdict.HTTP_ERROR,
    "connection-closed": Verdict.HTTP_ERROR,
    "connection-reset": Verdict.HTTP_ERROR,
    "timeout-connect": Verdict.TIMEOUT,
    "timeout-read": Verdict.TIMEOUT,
    "too-slow": Verdict.TIMEOUT,
    "deadline": Verdict.TIMEOUT,
    "rate-limited": Verdict.BLOCKED,
    "robots-disallowed": Verdict.BLOCKED,
    "robots-unreachable": Verdict.ROBOTS_UNREACHABLE,
    "html-instead": Verdict.HTML_INSTEAD,
    "empty": Verdict.EMPTY,
}

# When nothing was read, the cause nearest to the wire explains the rest.
PRECEDENCE = (
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
class Answer:
    """What one address answered, as far as the verdict needs it.

    ``source`` is how the address became known, ROBOTS for robots.txt itself; ``expected`` is False
    for an address nobody promised, such as a guessed path.
    """

    url: str
    source: DiscoveredBy
    expected: bool
    kind: Kind | None = None
    status_code: int | None = None
    reason: str | None = None
    urls: int = 0

    @property
    def is_refused_robots(self) -> bool:
        """Whether this is a robots.txt that may not be seen; the site may well have a sitemap."""
        return self.source is DiscoveredBy.ROBOTS and not self.expected and self.status_code in BLOCKING

    @property
    def readable(self) -> bool:
        """Whether a sitemap was read here, wholly or in part."""
        return self.kind is not None and self.kind.is_sitemap


def decide(answers: Sequence[Answer], *, cut: bool) -> Verdict:
    """The verdict over everything that was asked; ``cut`` says that a limit ended the run early."""
    read = [each for each in answers if each.readable]
    failed = any(each.reason is not None for each in answers if each.expected)
    if sum(each.urls for each in read):
        return Verdict.PARTIAL if failed or cut else Verdict.OK
    causes = {cause for each in _telling(answers) if (cause := _cause(each)) is not None}
    if read and not failed:
        return Verdict.TIMEOUT if cut else Verdict.EMPTY
    return _first(causes) or (Verdict.EMPTY if read else Verdict.ABSENT)


def _telling(answers: Sequence[Answer]) -> Sequence[Answer]:
    """The answers that explain an empty result; a refused robots.txt is one when nothing else was asked."""
    return [each for each in answers if not each.is_refused_robots] or answers


def _first(causes: Iterable[Verdict]) -> Verdict | None:
    return min(causes, key=PRECEDENCE.index, default=None)


def _cause(answer: Answer) -> Verdict | None:
    """What one answer says against the site; a path that was only guessed may be missing."""
    if answer.reason is None:
        return None
    if answer.status_code in BLOCKING:
        return Verdict.BLOCKED
    if answer.status_code in GONE:
        return Verdict.HTTP_ERROR if answer.expected else None
    if answer.reason == "http-status":
        return Verdict.HTTP_ERROR
    return BY_REASON.get(answer.reason, Verdict.INVALID)
