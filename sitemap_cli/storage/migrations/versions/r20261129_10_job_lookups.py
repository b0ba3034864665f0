"""Indexes that find jobs by how they ended, however many jobs there are."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_10"
down_revision = "20261129_9"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the indexes."""
    ended = ["tenant", "domain_id", "status", "id", "is_local", "gate", "sitemaps"]
    op.create_index("ix_jobs_ended", "jobs", ended)
    op.create_index("ix_jobs_tenant_status_id", "jobs", ["tenant", "status", "id"])
    op.create_index("ix_jobs_tenant_verdict_id", "jobs", ["tenant", "verdict", "id"])
    op.create_index(
        "ix_jobs_local",
        "jobs",
        ["tenant", "id"],
        sqlite_where=sa.text("is_local = 1"),
        postgresql_where=sa.text("is_local"),
    )
    probed = sa.text("sample IS NOT NULL")
    op.create_index(
        "ix_jobs_probed", "jobs", ["tenant", "domain_id", "id"], sqlite_where=probed, postgresql_where=probed
    )
    op.create_index("ix_probes_job_id_asked_at", "probes", ["job_id", "asked_at"])
    op.create_index("ix_batches_tenant_status_id", "batches", ["tenant", "status", "id"])
