"""The indexes of jobs: each finds the last jobs of some kind without a look at the others."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Index, text


def make_job_indexes() -> Iterator[Index]:
    """Yield new indexes. None has the history of a job, which may be longer than Postgres allows."""
    yield Index(None, "tenant", "domain_id", "id")
    yield Index(None, "tenant", "id")
    yield Index(None, "batch_id", "status", "id")
    yield Index(None, "tenant", "status", "id", "domain_id")
    yield Index(None, "tenant", "verdict", "id")
    # The last job of a domain that ended in a certain way. A domain that is blocked for years has thousands
    # of newer ones.
    yield Index("ix_jobs_ended", "tenant", "domain_id", "status", "id", "is_local", "sitemaps")
    # Few jobs are about a part of a site, in the gate of a check, probed or local.
    of_domain = ("tenant", "domain_id", "is_local")
    yield Index("ix_jobs_parts", *of_domain, "status", "id", **_where("history <> '/'"))
    yield Index("ix_jobs_gated", *of_domain, "id", **_where("gate IS NOT NULL"))
    yield Index("ix_jobs_probed", *of_domain, "id", **_where("sample IS NOT NULL"))
    yield Index("ix_jobs_local", "tenant", "id", **_where("is_local = 1", "is_local"))


def _where(condition: str, on_postgres: str | None = None) -> dict[str, Any]:
    """Return the options of an index that only has the rows with a condition."""
    return {"sqlite_where": text(condition), "postgresql_where": text(on_postgres or condition)}
