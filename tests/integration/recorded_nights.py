"""Jobs as they would be recorded after some nights, without analyzing anything; and pruning them."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, insert, select

from sitemap_cli.model.values import Status
from sitemap_cli.progress import PruneProgress
from sitemap_cli.services.catalog.pruning import KeepRule
from sitemap_cli.services.recording import domains
from sitemap_cli.services.shared import ids
from sitemap_cli.storage import models
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.models import Document, Job, Sitemap, children, entries
from sitemap_cli.tasks.prune import Pruning, prune_jobs

TENANT = "default"
NOW = dt.datetime(2026, 11, 29, tzinfo=dt.UTC)
STATUSES = {
    "c": Status.COMPLETED,
    "p": Status.PARTIAL,
    "f": Status.FAILED,
    "i": Status.INTERRUPTED,
    "r": Status.RUNNING,
    "w": Status.PENDING,
}
GATES = {"+": "passed", "!": "refused", "*": "accepted"}
LOC = "https://shop.example/page/{}"


class Recorder:
    """Records jobs as they would be after some nights, without analyzing anything.

    A document has ``size`` entries, unless ``sizes`` has its name.
    """

    def __init__(self, db: Database, size: int = 3, sizes: Mapping[str, int] | None = None) -> None:
        self.db = db
        self.size = size
        self.sizes = sizes or {}

    async def record(
        self,
        domain: str,
        kinds: Sequence[str],
        documents: Mapping[int, Sequence[str]] | None = None,
        **values: Any,
    ) -> list[str]:
        """Record a job for each kind, one a day up to now; return their ids, oldest first.

        A kind is the letter of a status, and maybe the sign of what a check concluded. ``documents`` are the
        names of those that each job uses.
        """
        job_ids = []
        async with self.db.transaction() as session:
            domain_id = await domains.ensure_domain(session, TENANT, domain)
            for number, kind in enumerate(kinds):
                at = NOW - dt.timedelta(days=len(kinds) - 1 - number)
                job_ids.append(ids.generate_id())
                fixed = {"tenant": TENANT, "domain_id": domain_id, "target": domain, "history": "/"}
                moments = {"created_at": at, "finished_at": None if kind[0] in "rw" else at}
                session.add(
                    Job(
                        id=job_ids[-1],
                        **{**fixed, **moments, **values},
                        status=STATUSES[kind[0]],
                        verdict=None if kind[0] in "riw" else "ok",
                        gate=GATES.get(kind[1:]),
                    )
                )
                await session.flush()
                for name in (documents or {}).get(number, ()):
                    await self._record_sitemap(session, job_ids[-1], name, at)
        return job_ids

    async def _record_sitemap(self, session: Any, job_id: str, name: str, at: dt.datetime) -> None:
        document_id = await self.ensure_document(session, name)
        row = {each.name: 0 for each in models.table_of(Sitemap).c if not each.nullable and each.name != "id"}
        texts = dict.fromkeys(("url", "final_url", "discovered_by"), name)
        values = {
            **row,
            **texts,
            "job_id": job_id,
            "document_id": document_id,
            "fetched_at": at,
            "urls": self.sizes.get(name, self.size),
            "unchanged": False,
        }
        await session.execute(insert(models.table_of(Sitemap)).values(values))

    async def ensure_document(self, session: Any, name: str) -> int:
        """Return the id of a document, which is recorded if it is new."""
        digest = hashlib.sha256(name.encode()).digest()
        found = await session.scalar(select(Document.id).where(Document.digest == digest))
        if found is not None:
            return int(found)
        urls = self.sizes.get(name, self.size)
        document = Document(
            tenant=TENANT, digest=digest, kind="urlset", complete=True, bytes=100, urls=urls, children=1
        )
        document.problems, document.created_at = 0, NOW
        document.first_loc = document.last_loc = LOC.format(1)
        session.add(document)
        await session.flush()
        rows = [{"document_id": document.id, "position": n + 1, "loc": LOC.format(n)} for n in range(urls)]
        await session.execute(insert(entries), rows)
        await session.execute(insert(children), [{"document_id": document.id, "position": 1, "loc": "x"}])
        return document.id


async def prune(db: Database, **rule: Any) -> PruneProgress:
    progress = PruneProgress()
    await prune_jobs(Pruning(db, KeepRule(TENANT, **rule), progress))
    return progress


async def list_left(db: Database, job_ids: Sequence[str]) -> list[int]:
    """Return which of some jobs are left, by their positions."""
    async with db.reading() as session:
        left = set(await session.scalars(select(Job.id).where(Job.tenant == TENANT)))
    return [number for number, each in enumerate(job_ids) if each in left]


async def count_rows(db: Database, *tables: Any) -> list[int]:
    async with db.reading() as session:
        return [await session.scalar(select(func.count()).select_from(each)) or 0 for each in tables]
