"""The time until the first byte of a probed page, and where its ``Refresh`` leads."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_5"
down_revision = "20261129_4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; for pages that are recorded already both are unknown."""
    op.add_column("probes", sa.Column("first_byte_ms", sa.Integer()))
    op.add_column("probes", sa.Column("refresh", sa.Text()))
