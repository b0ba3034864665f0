"""What Alembic runs; the connection and its transaction are the caller's."""

from alembic import context

from sitemap_cli.storage.models import entries

context.configure(
    connection=context.config.attributes["connection"],
    # That of one table is that of all.
    target_metadata=entries.metadata,
    render_as_batch=True,
    # The caller owns the transaction, so that a failed upgrade leaves nothing behind.
    transactional_ddl=False,
)
context.run_migrations()
