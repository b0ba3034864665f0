"""What the responses of all pages of a site have in common, and what therefore says nothing of one page."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.probed_pages import REFUSALS, parse_http_date
from sitemap_cli.crawl.pages.probed_page import LISTED
from sitemap_cli.services.checking.known_probes import PER_QUERY, KnownProbes
from sitemap_cli.storage.models import Probe

MIN_PAGES = 3
"""Of fewer pages, all may be alike by chance."""
WINDOW = 3_600
"""Seconds in which a site is deployed: its files get the time when they were copied."""
SHARE = 0.8
MAX_TIMES = 10_000
"""Different ``Last-Modified`` headers that are looked at; with more, they are no times of a deployment."""


@dataclass(frozen=True, slots=True)
class CommonResponses:
    """What all pages of a site have in common.

    Attributes:
        is_refusing: every page that responded has status 401 or 403, as firewalls send to unknown programs.
        deployed: when most files got their time, in seconds since 1970: the first and the last.
    """

    is_refusing: bool = False
    deployed: tuple[float, float] | None = None

    def is_deployment(self, last_modified: str | None) -> bool:
        """Return whether a ``Last-Modified`` header only says when the site was deployed."""
        time = parse_http_date(last_modified)
        return time is not None and self.deployed is not None and self.deployed[0] <= time <= self.deployed[1]


async def find_common_responses(
    session: AsyncSession, job_id: str, known: KnownProbes | None = None
) -> CommonResponses:
    """Return what the responses of the pages of a job, and of the probes of other jobs, have in common."""
    statuses, times = Counter[int](), Counter[str]()
    for where in _select_parts(job_id, known):
        query = select(Probe.status_code, func.count()).where(where).group_by(Probe.status_code)
        statuses.update({code: count for code, count in await session.execute(query) if code})
        query_times = select(Probe.last_modified, func.count()).where(where, Probe.last_modified.is_not(None))
        limited = query_times.group_by(Probe.last_modified).limit(MAX_TIMES)
        for text, count in await session.execute(limited):
            if text is not None and len(times) < MAX_TIMES:
                times[text] += count
    refused = sum(statuses[code] for code in REFUSALS)
    is_refusing = refused >= MIN_PAGES and refused == statuses.total()
    return CommonResponses(is_refusing, _find_deployment(times))


def _select_parts(job_id: str, known: KnownProbes | None) -> Iterator[ColumnElement[bool]]:
    """Yield conditions for the probes of a job and for those of others, without responses of bot walls."""
    is_own = Probe.error.is_(None)
    yield is_own & (Probe.job_id == job_id) & (Probe.role == LISTED)
    left = iter(known.places if known else ())
    while ids := list(islice(left, PER_QUERY)):
        yield is_own & Probe.id.in_(ids)


def _find_deployment(times: Counter[str]) -> tuple[float, float] | None:
    """Return the first and last time within the hour in which most pages were modified, if there is one."""
    known = ((parse_http_date(text), count) for text, count in times.items())
    ordered = sorted((time, count) for time, count in known if time is not None)
    total, first, inside = sum(count for _, count in ordered), 0, 0
    if total < MIN_PAGES:
        return None
    for time, count in ordered:
        inside += count
        while ordered[first][0] < time - WINDOW:
            inside -= ordered[first][1]
            first += 1
        if inside >= SHARE * total:
            return ordered[first][0], ordered[first][0] + WINDOW
    return None
