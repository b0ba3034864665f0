"""The number of entries of a document by section of the site."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_7"
down_revision = "20261129_6"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of recorded documents, the next job that uses them counts the sections."""
    op.add_column("documents", sa.Column("sections", sa.JSON()))
