"""Runs the revisions for Alembic, with the connection and transaction of the caller."""

from alembic import context

from sitemap_cli.storage.models import entries

context.configure(
    connection=context.config.attributes["connection"],
    # All tables share their metadata.
    target_metadata=entries.metadata,
    render_as_batch=True,
    # The caller owns the transaction, so a failed upgrade leaves nothing behind.
    transactional_ddl=False,
)
context.run_migrations()
