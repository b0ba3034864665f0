"""Jobs: the responses of probed pages, and how the pages were chosen."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_2"
down_revision = "20261127_1"
branch_labels = None
depends_on = None

BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the column and the table."""
    op.add_column("jobs", sa.Column("sample", sa.JSON()))
    op.create_table(
        "probes",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("job_id", sa.String(36), nullable=False),
        sa.Column("document_id", BIG_KEY),
        sa.Column("position", sa.Integer()),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(16), nullable=False),
        sa.Column("loc", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("status_code", sa.Integer()),
        sa.Column("error", sa.Text()),
        sa.Column("error_message", sa.Text()),
        sa.Column("final_url", sa.Text(), nullable=False),
        sa.Column("hops", sa.JSON()),
        sa.Column("content_type", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("title", sa.Text()),
        sa.Column("noindex", sa.Text()),
        sa.Column("noindex_for", sa.JSON()),
        sa.Column("canonicals", sa.JSON()),
        sa.Column("alternates", sa.JSON()),
        sa.Column("digest", sa.LargeBinary(32)),
        sa.Column("text_digest", sa.LargeBinary(16)),
        sa.Column("soft_404", sa.Text()),
        sa.Column("ms", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_probes_job_id_jobs", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name="fk_probes_document_id_documents"),
        sa.PrimaryKeyConstraint("id", name="pk_probes"),
        sa.UniqueConstraint("job_id", "key", name="uq_probes_job_id_key"),
    )
    op.create_index("ix_probes_job_id_document_id_position", "probes", ["job_id", "document_id", "position"])
    op.create_index("ix_probes_document_id", "probes", ["document_id"])
