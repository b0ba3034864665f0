"""Documents: the number of different URLs, and between which URLs all of them lie."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_2"
down_revision = "20261129_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; of recorded documents this is not known."""
    op.add_column("documents", sa.Column("unique_urls", sa.Integer()))
    op.add_column("documents", sa.Column("first_loc", sa.Text()))
    op.add_column("documents", sa.Column("last_loc", sa.Text()))
