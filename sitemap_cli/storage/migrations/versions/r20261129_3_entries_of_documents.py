"""Postgres: a trigger in place of the foreign key of entries, which was checked for each row."""

from alembic import op

revision = "20261129_3"
down_revision = "20261129_2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Delete the entries of a document together with it, as the foreign key did."""
    if op.get_bind().dialect.name == "sqlite":
        return
    op.drop_constraint("fk_entries_document_id_documents", "entries")
    op.execute(
        """
        CREATE FUNCTION delete_entries_of_documents() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            DELETE FROM entries USING gone WHERE entries.document_id = gone.id;
            RETURN NULL;
        END
        $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER delete_entries AFTER DELETE ON documents REFERENCING OLD TABLE AS gone
        FOR EACH STATEMENT EXECUTE FUNCTION delete_entries_of_documents()
        """
    )
