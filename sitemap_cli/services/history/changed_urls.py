"""The URLs of a job that are new, or whose entry changed, since an older job."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.errors import NotFoundError
from sitemap_cli.services.history.group_resolution import KeySet
from sitemap_cli.services.history.job_comparison import Changes, Step, are_unique, prepare_steps
from sitemap_cli.services.history.listed_documents import list_documents
from sitemap_cli.services.recording.job_pairs import JobReference, find_job_at, find_oldest_complete
from sitemap_cli.services.recording.job_sitemaps import load_job_sitemaps
from sitemap_cli.services.shared.url_keys import UrlKeys
from sitemap_cli.storage.models import Job
from sitemap_cli.urls import identify_url


@dataclass(frozen=True, slots=True)
class ChangedUrls:
    """Which URLs of a job to list: those of ``keys``, and all with a lastmod since ``since`` if it is given.

    Only ``documents`` can list URLs of ``keys``.
    """

    keys: KeySet
    documents: frozenset[int]
    since: int | None = None

    def includes_document(self, document_id: int | None) -> bool:
        """Return whether a document may list such URLs."""
        return self.since is not None or document_id in self.documents

    def select(self, locs: Sequence[str | None], lastmods: Sequence[int | None] | None) -> list[bool]:
        """Return for each URL whether it is one of them; ``lastmods`` are in seconds since 1970."""
        found = [self.keys.has_key(hash(identify_url(loc or ""))) for loc in locs]
        if self.since is None or lastmods is None:
            return found
        since = self.since
        pairs = zip(found, lastmods, strict=True)
        return [is_changed or (lastmod is not None and lastmod >= since) for is_changed, lastmod in pairs]


@dataclass(frozen=True, slots=True)
class Wish:
    """What counts as changed: ``has_changed`` entries or only new URLs; a lastmod alone if it is trusted."""

    has_changed: bool = False
    trusts_lastmod: bool = True

    def list_keys(self, changes: Changes) -> list[int]:
        """Return the keys of those URLs of a step that count."""
        keys = [*map(hash, changes.added.ids)]
        if self.has_changed:
            keys += (
                hash(each.id)
                for each in changes.changed
                if self.trusts_lastmod or each.old[1:] != each.new[1:]
            )
        return keys


class Basis(StrEnum):
    """What URLs were compared with, if not with the job that the user asked for."""

    NOTHING = "first run"
    OLDEST = "oldest job"
    NO_NEWER = "no newer job"


async def find_older_job(
    session: AsyncSession, tenant: str, job: Job, reference: JobReference
) -> tuple[Job | None, Basis | None]:
    """Return the complete job that a job is compared with, and what is to be said about it.

    If the history begins after the time of the reference, it is the oldest one that is older than the job.

    Raises:
        UsageError: the reference is a job that was read in part, or of another part of the site.
        NotFoundError: the reference is a job that does not exist.
    """
    try:
        found = await find_job_at(session, tenant, job, reference)
    except NotFoundError:
        if reference.time is None:
            raise
        oldest = await find_oldest_complete(session, job)
        return (None, Basis.NOTHING) if oldest is None else (oldest, Basis.OLDEST)
    if found.id >= job.id:
        previous = await find_oldest_complete(session, job)
        return (None, Basis.NOTHING) if previous is None else (None, Basis.NO_NEWER)
    return found, None


async def prepare_changes(session: AsyncSession, old: Job, new: Job) -> tuple[list[Step], frozenset[int]]:
    """Return the steps that compare two jobs, and the ids of the documents that only the newer one has.

    Raises:
        NotFoundError: a document was removed.
    """
    then = list_documents(await load_job_sitemaps(session, old.id))
    now = list_documents(await load_job_sitemaps(session, new.id))
    steps = await prepare_steps(session, then, now, is_unique=are_unique(old, new))
    return steps, frozenset({each.id for each in now} - {each.id for each in then})


def build_changed(keys: UrlKeys, documents: frozenset[int], since: int | None = None) -> ChangedUrls:
    """Return the URLs of some keys in some documents."""
    return ChangedUrls(KeySet(keys.sort()), documents, since)
