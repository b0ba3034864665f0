"""The position of the entry that a problem is in."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_4"
down_revision = "20261129_3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; problems that are recorded already have no position."""
    op.add_column("problems", sa.Column("position", sa.BigInteger()))
