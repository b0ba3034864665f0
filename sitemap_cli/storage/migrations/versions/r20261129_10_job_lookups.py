"""Indexes that find jobs by how they ended, however many jobs there are."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_10"
down_revision = "20261129_9"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the indexes."""
    op.create_index("ix_jobs_tenant_status_id_domain_id", "jobs", ["tenant", "status", "id", "domain_id"])
    op.create_index("ix_jobs_tenant_verdict_id", "jobs", ["tenant", "verdict", "id"])
    ended = ["tenant", "domain_id", "status", "id", "is_local", "sitemaps"]
    op.create_index("ix_jobs_ended", "jobs", ended)
    of_domain = ["tenant", "domain_id", "is_local"]
    for name, columns, condition, on_postgres in (
        ("ix_jobs_parts", [*of_domain, "status", "id"], "history <> '/'", "history <> '/'"),
        ("ix_jobs_gated", [*of_domain, "id"], "gate IS NOT NULL", "gate IS NOT NULL"),
        ("ix_jobs_probed", [*of_domain, "id"], "sample IS NOT NULL", "sample IS NOT NULL"),
        ("ix_jobs_local", ["tenant", "id"], "is_local = 1", "is_local"),
    ):
        where = {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(on_postgres)}
        op.create_index(name, "jobs", columns, **where)  # type: ignore[arg-type]
    op.create_index("ix_probes_job_id_asked_at", "probes", ["job_id", "asked_at"])
    op.create_index("ix_batches_tenant_status_id", "batches", ["tenant", "status", "id"])
