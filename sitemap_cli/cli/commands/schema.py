"""JSON Schemas of what the other commands print as JSON."""

import difflib
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sitemap_cli.cli.framework.command import command
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.errors import NotFoundError

if TYPE_CHECKING:
    from sitemap_cli.model.json_documents import JsonDocument


@command()
async def schema(
    run: Run,
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Name of a document, for instance check.")
    ] = None,
    format_: Annotated[
        Literal["text", "markdown"],
        typer.Option("--format", help="Without NAME: list the names, or print the reference page."),
    ] = "text",
) -> None:
    """Print the JSON Schema of what a command prints as JSON; without NAME, list the names.

    A name that ends in -line is one line of --format jsonl.

    $ sitemap schema
    $ sitemap schema check
    """
    from sitemap_cli.cli.view.schema_table import render_schema_table
    from sitemap_cli.model.json_documents import list_json_documents
    from sitemap_cli.output.json_schema import build_schema, format_reference

    documents = list(list_json_documents())
    if name is not None:
        run.console.print_json(build_schema(_find_document(documents, name)))
    elif format_ == "markdown":
        run.console.print_lines(format_reference(documents).splitlines())
    else:
        run.console.print_rendered(render_schema_table(documents))


def _find_document(documents: "list[JsonDocument]", name: str) -> "JsonDocument":
    """Return the document of a name, or of a `schema` field such as ``sitemap/check/1``."""
    wanted = name.split("/")[1] if name.startswith("sitemap/") else name
    found = [each for each in documents if each.name == wanted]
    if not found:
        close = difflib.get_close_matches(wanted, [each.name for each in documents], 1, 0.7)
        hint = f"did you mean {close[0]}?" if close else "list the names: sitemap schema"
        raise NotFoundError("no such document", where=name, hint=hint)
    return found[0]
