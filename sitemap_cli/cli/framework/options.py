"""Options that several commands have, told once."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sitemap_cli.output.output_format import list_output_formats

_format = typer.Option("--format", help="What to print.")

ReportFormat = Annotated[Literal["text", "json"], _format]
"""Of one thing that is shown."""

ListFormat = Annotated[Literal["text", "json", "jsonl"], _format]
"""Of a list that is known when the first of it is printed."""

ResultFormat = Annotated[Literal["text", "jsonl"], _format]
"""Of results that are printed as they come."""

TableFormat = Annotated[Literal["text", "jsonl", "csv"], _format]
"""Of many rows that are printed as they come."""

if TYPE_CHECKING:
    OutputFormatName = str
else:
    # The names of the files in output/formats, which the type checker cannot know.
    OutputFormatName = Annotated[Literal[list_output_formats()], _format]

Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write; - is stdout.")
]

BaseUrl = Annotated[
    str | None, typer.Option(metavar="URL", help="Where a local folder or file will be published.")
]

Wait = Annotated[
    bool, typer.Option("--wait", help="Wait for another run of the same domain instead of exit 75.")
]

Limit = Annotated[int | None, typer.Option(min=1, metavar="N", help="At most so many.")]

Column = Annotated[
    str | None, typer.Option(metavar="NAME|N", help="Column or key of the domains; else it is guessed.")
]

WithTag = Annotated[
    list[str] | None, typer.Option("--tag", metavar="TAG", help="Those with this tag; repeatable.")
]

UnderTag = Annotated[
    list[str] | None, typer.Option("--tag", metavar="TAG", help="File them under this; repeatable.")
]
