"""The indexes of jobs: each finds the last jobs of some kind without a look at the others."""

from collections.abc import Iterator
from functools import cache

from sqlalchemy import Index, Table, text

# Few jobs are about a part of a site, in the gate of a check, probed or local.
_PARTIAL = {
    "ix_jobs_parts": (("tenant", "domain_id", "is_local", "status", "id"), "history <> '/'"),
    "ix_jobs_gated": (("tenant", "domain_id", "is_local", "id"), "gate IS NOT NULL"),
    "ix_jobs_probed": (("tenant", "domain_id", "is_local", "id"), "sample IS NOT NULL"),
    "ix_jobs_local": (("tenant", "id"), "is_local = 1"),
}


def make_job_indexes() -> Iterator[Index]:
    """Yield new indexes. None has the history of a job, which may be longer than Postgres allows."""
    # It begins with the domain: deleting one looks for its jobs of any tenant.
    yield Index(None, "domain_id", "tenant", "id")
    yield Index(None, "tenant", "id")
    yield Index(None, "batch_id", "status", "id")
    yield Index(None, "tenant", "status", "id", "domain_id")
    yield Index(None, "tenant", "verdict", "id")
    # The last job of a domain that ended in a certain way. A domain that is blocked for years has thousands
    # of newer ones.
    yield Index("ix_jobs_ended", "tenant", "domain_id", "status", "id", "is_local", "sitemaps")


@cache
def add_partial_indexes(jobs: Table) -> None:
    """Add the indexes of some rows to the table, which is only needed to create it on SQLite.

    With a condition for Postgres, each command would import its dialect, which takes 60 ms; the revision
    creates the indexes there.
    """
    for name, (columns, condition) in _PARTIAL.items():
        Index(name, *(jobs.c[each] for each in columns), sqlite_where=text(condition))
