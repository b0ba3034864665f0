"""Problems of a document on stderr, for formats in which they are not data."""

from collections.abc import Iterable

from sitemap_cli.cli.console import Console
from sitemap_cli.model.values import Problem


def print_problems(console: Console, problems: Iterable[Problem], source: str | None = None) -> None:
    """Print a line for each problem: severity, place, message and code.

    ``source`` is the name of the document if there are several.
    """
    document = f"{source}: " if source else ""
    for each in problems:
        names = {"line": each.line, "entry": each.entry}
        line = ", ".join(f"{name} {number:,}" for name, number in names.items() if number)
        line = f"{line}: " if line else ""
        console.print_note(f"{each.severity}: {document}{line}{each.message} [{each.code}]")
