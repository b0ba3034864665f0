"""The entries of superseded documents, as differences from those of other documents."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_11"
down_revision = "20261129_10"
branch_labels = None
depends_on = None

BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the column and the table; documents are packed when later jobs supersede them."""
    op.add_column(
        "documents", sa.Column("is_packed", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_table(
        "packed_entries",
        sa.Column("document_id", BIG_KEY, nullable=False, autoincrement=False),
        sa.Column("base_id", BIG_KEY),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("rows", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name="fk_packed_entries_document_id_documents",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["base_id"], ["documents.id"], name="fk_packed_entries_base_id_documents", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("document_id", name="pk_packed_entries"),
    )
    op.create_index("ix_packed_entries_base_id", "packed_entries", ["base_id"])
