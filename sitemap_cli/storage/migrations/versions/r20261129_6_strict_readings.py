"""How much of a document a strict parser reads."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_6"
down_revision = "20261129_5"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of documents that are recorded already it is not known."""
    op.add_column("documents", sa.Column("strict", sa.JSON()))
