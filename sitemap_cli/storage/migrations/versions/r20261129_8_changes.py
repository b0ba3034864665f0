"""What changed between jobs: numbers, the times of URLs that came and went, and what search engines got."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_8"
down_revision = "20261129_7"
branch_labels = None
depends_on = None

BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the column and the tables; they have something of the next jobs on."""
    op.add_column("jobs", sa.Column("changes", sa.JSON()))
    op.create_table(
        "histories",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("domain_id", BIG_KEY, nullable=False),
        sa.Column("history", sa.Text(), nullable=False),
        sa.Column("is_local", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["domain_id"], ["domains.id"], name="fk_histories_domain_id_domains", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_histories"),
        sa.UniqueConstraint(
            "domain_id", "history", "is_local", name="uq_histories_domain_id_history_is_local"
        ),
    )
    op.create_table(
        "url_times",
        sa.Column("history_id", BIG_KEY, nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("first_seen", sa.BigInteger()),
        sa.Column("last_seen", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["history_id"], ["histories.id"], name="fk_url_times_history_id_histories", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("history_id", "key", name="pk_url_times"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "submissions",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("domain_id", BIG_KEY, nullable=False),
        sa.Column("job_id", sa.String(36)),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("urls", sa.Integer(), nullable=False),
        sa.Column("status_code", sa.Integer()),
        sa.Column("error", sa.Text()),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["domain_id"], ["domains.id"], name="fk_submissions_domain_id_domains", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name="fk_submissions_job_id_jobs", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_submissions"),
    )
    op.create_index("ix_submissions_domain_id_id", "submissions", ["domain_id", "id"])
    op.create_index("ix_submissions_job_id", "submissions", ["job_id"])
