"""How long pages take until the first byte: the distribution, and the slowest pages."""

from dataclasses import dataclass
from typing import NamedTuple

DEFAULT_SLOW = 2.0
"""Seconds. Our own choice: Google names no limit. In 2015, John Mueller of Google gave more than 2 seconds
for one URL as the reason why a site was crawled much less."""


class SlowPage(NamedTuple):
    """A page that took longer than the limit, in milliseconds."""

    ms: int
    loc: str


class SlowSection(NamedTuple):
    """A section that most slow pages are in: its slow pages, and all whose time is known."""

    name: str
    slow: int
    pages: int


@dataclass(frozen=True, slots=True)
class ResponseTimes:
    """The times until the first byte of the pages of a site, in milliseconds.

    Attributes:
        count: the number of pages whose time is known, those with status 2xx.
        median: half of the pages are as fast.
        p95: 95 % of the pages are as fast.
        limit: the time after which a page is slow.
        slow: the number of slow pages.
        slowest: some or all of these, the slowest first.
        section: the section that most slow pages are in, if there are others.
    """

    count: int
    median: int
    p95: int
    limit: int
    slow: int
    slowest: tuple[SlowPage, ...] = ()
    section: SlowSection | None = None
