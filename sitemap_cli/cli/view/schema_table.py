"""A table of the JSON documents that commands print."""

from collections.abc import Sequence

from rich.console import RenderableType

from sitemap_cli.cli.look.table import create_table, prose_column, word_column
from sitemap_cli.model.json_documents import JsonDocument


def render_schema_table(documents: Sequence[JsonDocument]) -> RenderableType:
    """Return a table with a row for each command that prints a document."""
    table = create_table(word_column("name"), prose_column("printed by"))
    for document in documents:
        for command in document.commands:
            table.add_row(document.name, command)
    return table
