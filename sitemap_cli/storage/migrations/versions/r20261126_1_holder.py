"""Jobs: the process that runs them."""

import sqlalchemy as sa
from alembic import op

revision = "20261126_1"
down_revision = "20261123_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("jobs", sa.Column("holder", sa.Text()))
