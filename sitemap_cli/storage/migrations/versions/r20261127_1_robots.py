"""Jobs: the robots.txt files. Documents: counts of problems and extensions, and the order of elements."""

import sqlalchemy as sa
from alembic import op

revision = "20261127_1"
down_revision = "20261126_3"
branch_labels = None
depends_on = None

BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns and the tables."""
    op.add_column("documents", sa.Column("codes", sa.JSON()))
    op.add_column("documents", sa.Column("extensions", sa.JSON()))
    op.add_column("documents", sa.Column("disorder", sa.JSON()))
    op.create_table(
        "robots_bodies",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_robots_bodies"),
        sa.UniqueConstraint("tenant", "digest", name="uq_robots_bodies_tenant_digest"),
    )
    op.create_table(
        "robots",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("job_id", sa.String(36), nullable=False),
        sa.Column("body_id", BIG_KEY),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("final_url", sa.Text(), nullable=False),
        sa.Column("status_code", sa.Integer()),
        sa.Column("error", sa.Text()),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_robots_job_id_jobs", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["body_id"], ["robots_bodies.id"], name="fk_robots_body_id_robots_bodies"),
        sa.PrimaryKeyConstraint("id", name="pk_robots"),
    )
    op.create_index("ix_robots_job_id", "robots", ["job_id"])
    op.create_index("ix_robots_body_id", "robots", ["body_id"])
