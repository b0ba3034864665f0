"""What has been read of one document so far."""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from sitemap_cli.model.values import Child, Entry, Item, Kind, Problem, Severity
from sitemap_cli.parse import generators
from sitemap_cli.parse.element_order import Disorder
from sitemap_cli.parse.problems import NATURES

MAX_PROBLEMS = 1_000
"""Problem items handed out per document; the rest are only counted."""

_LONGEST_MESSAGE = 1_000

MAX_HINTS = 100
"""Comments and processing instructions looked at per document."""


class Position(NamedTuple):
    """A place in the document; line and column count from 1, offset in bytes from 0."""

    line: int | None = None
    column: int | None = None
    offset: int | None = None


class Harvest:
    """Items, counts and verdicts of one document, filled by the layers below the reader."""

    __slots__ = (
        "base_url",
        "codes",
        "cut",
        "decided",
        "disorder",
        "ended",
        "generator",
        "hints",
        "items",
        "kind",
        "lost",
        "problems",
        "reported",
        "shift",
        "sitemaps",
        "substituted",
        "urls",
    )

    def __init__(self, base_url: str | None = None, cut: Callable[[], bool] = lambda: False) -> None:
        self.base_url = base_url
        self.cut = cut
        self.kind = Kind.UNKNOWN
        self.decided = False
        self.disorder = Disorder()
        self.ended = False
        self.lost = False
        self.generator: str | None = None
        self.hints = 0
        self.items: list[Item] = []
        self.urls = 0
        self.sitemaps = 0
        self.problems = 0
        self.codes = Counter[str]()
        self.shift: int | None = 0
        self.substituted = False
        self.reported: set[tuple[str, str]] = set()

    def entry(self, entry: Entry) -> None:
        """Add a page."""
        self.urls += 1
        self.items.append(entry)

    def child(self, child: Child) -> None:
        """Add a sitemap that this document lists."""
        self.sitemaps += 1
        self.items.append(child)

    def problem(
        self,
        code: str,
        message: str,
        at: Position | None = None,
        *,
        severity: Severity | None = None,
        lost: bool | None = None,
    ) -> None:
        """Count a problem, and hand it out unless there were too many."""
        nature = NATURES[code]
        self.lost |= nature.lost if lost is None else lost
        self.problems += 1
        self.codes[code] += 1
        if self.problems <= MAX_PROBLEMS or self.ended:
            self.items.append(Problem(code, severity or nature.severity, _safe(message), *(at or Position())))

    def once(self, code: str, subject: str, message: str, at: Position | None = None) -> None:
        """Report a problem the first time it is met with this subject."""
        if (code, subject) in self.reported or len(self.reported) >= MAX_PROBLEMS:
            return
        self.reported.add((code, subject))
        self.problem(code, message, at)

    def end(self, code: str, message: str, at: Position | None = None) -> None:
        """Report the problem that ends the document; nothing after it is read."""
        self.ended = True
        self.decided = True
        self.problem(code, message, at)

    def decide(self, kind: Kind) -> None:
        """Settle what the document is."""
        self.kind = kind
        self.decided = True

    def offset(self, index: int) -> int | None:
        """The offset in the document of a byte of the decoded stream; None where the two differ."""
        return None if self.shift is None else index + self.shift

    def hint(self, text: str) -> None:
        """Look at a comment or processing instruction for a known program; after some, no more."""
        self.hints += 1
        if self.hints > MAX_HINTS:
            return
        self.generator = generators.guess(text) or self.generator

    def drain(self) -> list[Item]:
        """Hand out what was gathered since the last time."""
        items, self.items = self.items, []
        return items


def _safe(message: str) -> str:
    """A message as it may be printed: names of elements may hold anything, and be of any length."""
    if len(message) > _LONGEST_MESSAGE:
        message = f"{message[:_LONGEST_MESSAGE]}..."
    if message.isascii() and message.isprintable():
        return message
    return message.encode("unicode_escape").decode("ascii")
