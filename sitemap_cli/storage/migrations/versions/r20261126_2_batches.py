"""Batches: the process that runs them, an index of their unfinished jobs. Jobs: count of removed URLs."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_2"
down_revision = "20261126_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the index."""
    removed = sa.Column("removed_urls", sa.BigInteger(), nullable=False, server_default="0")
    op.add_column("jobs", removed)
    op.add_column("batches", sa.Column("holder", sa.Text()))
    op.drop_index("ix_jobs_batch_id", "jobs")
    op.create_index("ix_jobs_batch_id_status_id", "jobs", ["batch_id", "status", "id"])
