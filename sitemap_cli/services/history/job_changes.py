"""What changed in a complete job: counted when it ends, and recorded with it."""

import datetime as dt
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.model.change_counts import ChangeCounts
from sitemap_cli.services.history.document_pairs import ChangedUrl
from sitemap_cli.services.history.histories import ensure_history
from sitemap_cli.services.history.job_comparison import load_changes, prepare_steps
from sitemap_cli.services.history.listed_documents import list_documents, load_documents
from sitemap_cli.services.history.url_times import STEP, make_keys, record_added, record_removed
from sitemap_cli.services.recording.job_history import ComparedJob, ComparedJobs
from sitemap_cli.services.recording.job_sitemaps import JobSitemap
from sitemap_cli.services.recording.url_counts import Changes
from sitemap_cli.storage.models import Job

MAX_LASTMODS = 10_000
"""Different lastmods that are counted to find the most frequent one."""


class UrlChanges(NamedTuple):
    """The keys of URLs that a job added and removed, and the time of the last job that listed the latter."""

    added: Sequence[int]
    removed: Sequence[int]
    until: dt.datetime


@dataclass(slots=True)
class JobChanges:
    """How the URLs of a complete job differ from those of the ``previous`` complete one.

    ``added`` and ``removed`` are the keys of URLs, as :mod:`sitemap_cli.services.history.url_times` has them.
    ``lastmod`` is the number of URLs on both sides whose lastmod changed, ``entry`` of those where something
    else of the entry did, ``both`` of those where both did. ``lastmods`` counts the new lastmods.
    ``are_texts`` says that all URLs are in their canonical spelling.
    """

    previous: ComparedJob
    added: "array[int]" = field(default_factory=lambda: array("q"))
    removed: "array[int]" = field(default_factory=lambda: array("q"))
    lastmod: int = 0
    entry: int = 0
    both: int = 0
    lastmods: Counter[str] = field(default_factory=Counter[str])
    are_texts: bool = True

    def count(self, changed: Iterable[ChangedUrl]) -> None:
        """Count changed URLs."""
        for each in changed:
            has_lastmod = each.old.lastmod != each.new.lastmod
            has_entry = each.old[1:] != each.new[1:]
            self.lastmod += has_lastmod
            self.entry += has_entry
            self.both += has_lastmod and has_entry
            if has_lastmod and each.new.lastmod and len(self.lastmods) < MAX_LASTMODS:
                self.lastmods[each.new.lastmod] += 1

    @property
    def url_counts(self) -> Changes:
        """The numbers of added and removed URLs."""
        return Changes(len(self.added), len(self.removed), self.are_texts)

    def split(self) -> "list[UrlChanges]":
        """Return the added and removed URLs in parts that are recorded at a time, at least one."""
        until, nothing = self.previous.created_at, array("q")
        if len(self.added) + len(self.removed) <= STEP:
            return [UrlChanges(self.added, self.removed, until)]
        added = [UrlChanges(each, nothing, until) for each in _cut(self.added)]
        return [*added, *(UrlChanges(nothing, each, until) for each in _cut(self.removed))]

    def build_counts(self) -> ChangeCounts:
        """Return what is recorded with the job."""
        common = self.lastmods.most_common(1)
        return ChangeCounts(
            previous=self.previous.id,
            added=len(self.added),
            removed=len(self.removed),
            changed=self.lastmod + self.entry - self.both,
            lastmod=self.lastmod,
            entry=self.entry,
            both=self.both,
            same_lastmod=common[0][1] if common else 0,
        )


def _cut(keys: "array[int]") -> "Iterator[array[int]]":
    for first in range(0, len(keys), STEP):
        yield keys[first : first + STEP]


async def find_changes(
    session: AsyncSession, sitemaps: Sequence[JobSitemap], compared: ComparedJobs
) -> JobChanges | None:
    """Compare a complete job with the previous complete one; return None if no document differs.

    Args:
        session: the caller's.
        sitemaps: what the job recorded.
        compared: the previous jobs, up to a complete one.
    """
    previous = compared.complete
    if previous is None:
        return None
    now = {row.document_id for row in sitemaps if row.document_id is not None}
    then = compared.documents_of(previous)
    if now == then.keys():
        return None
    new = list_documents(sitemaps)
    known = {each.id: each for each in new}
    missing = {id_: url for id_, url in then.items() if id_ not in known}
    old = [*(known[id_] for id_ in then if id_ in known), *await load_documents(session, missing)]
    found = JobChanges(previous, are_texts=not any(each.is_respelled for each in (*old, *new)))
    for step in await prepare_steps(session, old, new, is_unique=False):
        changes = await load_changes(session, step)
        found.added.extend(make_keys(changes.added.ids))
        found.removed.extend(make_keys(changes.removed.ids))
        found.count(changes.changed)
    return found


async def record_changes(session: AsyncSession, job_id: str, changes: UrlChanges) -> None:
    """Record since when and until when the URLs that a job added and removed are listed."""
    job = await session.get_one(Job, job_id)
    history = await ensure_history(session, job)
    await record_added(session, history.id, changes.added, job.created_at)
    await record_removed(session, history.id, changes.removed, changes.until)
