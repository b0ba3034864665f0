"""Domains: tags, preferences and schedules."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_3"
down_revision = "20261126_2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the table."""
    op.add_column("domains", sa.Column("preferences", sa.JSON()))
    op.add_column("domains", sa.Column("schedule", sa.Text()))
    op.add_column("domains", sa.Column("next_at", sa.DateTime(timezone=True)))
    op.create_index("ix_domains_next_at", "domains", ["next_at"])
    op.create_table(
        "tags",
        sa.Column("domain_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["domain_id"], ["domains.id"], name="fk_tags_domain_id_domains", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("domain_id", "tag", name="pk_tags"),
    )
    op.create_index("ix_tags_tag", "tags", ["tag"])
