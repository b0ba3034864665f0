"""Which URLs of a job were submitted to a search engine, so that an interrupted submission can continue."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_9"
down_revision = "20261129_8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("submissions", sa.Column("host", sa.Text()))
    op.add_column("submissions", sa.Column("selection", sa.Text()))
    op.add_column("submissions", sa.Column("position", sa.BigInteger(), nullable=False, server_default="0"))
