"""Jobs: which of them are compared with one another, what a job was compared with, and how it was judged."""

import re

import sqlalchemy as sa
from alembic import op

revision = "20261128_1"
down_revision = "20261127_2"
branch_labels = None
depends_on = None

SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
AUTHORITY = re.compile(r"[^/?#]*")

jobs = sa.table(
    "jobs",
    *(sa.column(name) for name in ("id", "tenant", "domain_id", "target", "status", "verdict")),
    *(sa.column(name) for name in ("history", "is_local", "compared_with", "new_urls", "removed_urls")),
)
domains = sa.table("domains", sa.column("id"), sa.column("name"))


def upgrade() -> None:
    """Add the columns, and fill them for the recorded jobs."""
    op.add_column("jobs", sa.Column("history", sa.Text(), nullable=False, server_default="/"))
    op.add_column("jobs", sa.Column("is_local", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("jobs", sa.Column("compared_with", sa.String(36)))
    op.add_column("jobs", sa.Column("gate", sa.Text()))
    connection = op.get_bind()
    _fill_histories(connection)
    _fill_comparisons(connection)
    # No user cancelled a job that was interrupted; why its site is empty or incomplete is not known.
    interrupted = (jobs.c.status == "interrupted", jobs.c.verdict == "cancelled")
    connection.execute(sa.update(jobs).where(*interrupted).values(verdict=None))


def _fill_histories(connection: sa.Connection) -> None:
    query = sa.select(jobs.c.domain_id, jobs.c.target, domains.c.name).distinct()
    rows = connection.execute(query.join(domains, domains.c.id == jobs.c.domain_id)).all()
    for domain_id, target, name in rows:
        history, is_local = _find_history(target, name)
        if history != "/" or is_local:
            of_target = (jobs.c.domain_id == domain_id, jobs.c.target == target)
            connection.execute(sa.update(jobs).where(*of_target).values(history=history, is_local=is_local))


def _find_history(target: str, domain: str) -> tuple[str, bool]:
    """Return the history of a recorded target, and whether it is a local build.

    Only a folder or a file has a name that does not begin with the domain.
    """
    scheme = SCHEME.match(target)
    rest = target[scheme.end() :] if scheme else target
    authority = AUTHORITY.match(rest)
    host = authority[0] if authority else ""
    if host.rpartition("@")[2].lower() != domain:
        return f"{target} at {domain}", True
    return rest[len(host) :].partition("#")[0].rstrip("/") or "/", False


def _fill_comparisons(connection: sa.Connection) -> None:
    """Record that new URLs were counted against the previous complete job of the domain, if there was one."""
    previous = jobs.alias("previous")
    same = (previous.c.tenant == jobs.c.tenant, previous.c.domain_id == jobs.c.domain_id)
    older = (previous.c.id < jobs.c.id, previous.c.status == "completed")
    newest = sa.select(sa.func.max(previous.c.id)).where(*same, *older).scalar_subquery()
    counted = jobs.c.status.in_(("completed", "partial"))
    connection.execute(sa.update(jobs).where(counted).values(compared_with=newest))
    uncompared = sa.update(jobs).where(jobs.c.compared_with.is_(None))
    connection.execute(uncompared.values(new_urls=0, removed_urls=0))
