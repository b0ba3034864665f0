"""Jobs and documents: the part of a site that they are about, and how many URLs the sitemaps list in all."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_1"
down_revision = "20261128_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; what is recorded has all URLs."""
    op.add_column("jobs", sa.Column("scope", sa.Text()))
    op.add_column("jobs", sa.Column("all_urls", sa.BigInteger()))
    op.add_column("documents", sa.Column("scope", sa.Text()))
    op.add_column("documents", sa.Column("all_urls", sa.Integer()))
