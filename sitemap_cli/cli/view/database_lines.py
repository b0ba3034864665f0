"""What ``sitemap db`` prints about a database."""

from collections.abc import Iterator

from msgspec import UNSET

from sitemap_cli.model.database_results import DatabaseCheck, DatabaseCheckLine, Soundness

INDENT = " " * 9


def format_check(found: DatabaseCheck) -> Iterator[str]:
    """Yield a line for each check, with examples and what to do below it, and a last line for all of them."""
    for each in found.checks:
        yield from _format_line(each)
    yield f"{found.database} is {'sound' if found.is_sound else 'damaged'}"


def _format_line(line: DatabaseCheckLine) -> Iterator[str]:
    count = f"{line.count:,} " if line.count > 1 or line.examples else ""
    yield f"{line.result:8} {line.check:16} {count if line.result != Soundness.OK else ''}{line.message}"
    yield from (f"{INDENT}{each}" for each in line.examples)
    if len(line.examples) < line.count and line.examples:
        yield f"{INDENT}…"
    if line.fix is not UNSET:
        yield f"{INDENT}fix: {line.fix}"
