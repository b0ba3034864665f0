"""The list of a batch, as the user gave it: its targets, each once; what is of no use is told by its line."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sitemap_cli.cli.console import Console
from sitemap_cli.crawl.targets import STDIN, parse
from sitemap_cli.errors import UnreadableError, UsageError
from sitemap_cli.inputs import domain_lists
from sitemap_cli.services.catalog import domain_catalog
from sitemap_cli.services.recording import domains

if TYPE_CHECKING:
    from sitemap_cli.crawl.targets import Target
    from sitemap_cli.storage.database import Database

# A file that is no list at all has a million such lines.
MAX_TOLD = 100


@dataclass(slots=True)
class Listed:
    """What a list names: the targets in its order, and how many records were of no use.

    ``others`` has what else the record of each target says.
    """

    targets: "list[Target]" = field(default_factory=list)
    others: list[Mapping[str, Any]] = field(default_factory=list)
    junk: int = 0
    again: int = 0


def listed(console: Console, file: str, column: str | None) -> Listed:
    """Read a list, or standard input for ``-``; a domain that is named again is skipped.

    Raises:
        UnreadableError: it cannot be read.
        UsageError: it names no domain at all.
    """
    found, lines = Listed(), dict[str, int]()
    with _opened(file) as stream:
        for record in domain_lists.read(stream, file, column=column):
            try:
                named = _named(record)
                target = parse(named.text, local=False)
            except UsageError as error:
                found.junk += 1
                if found.junk <= MAX_TOLD:
                    console.log("warning", f"line {record.line}: {error}")
                continue
            first = lines.setdefault(domains.normalize_name(target.domain), record.line)
            if first == record.line:
                found.targets.append(target)
                found.others.append(named.others)
            else:
                found.again += 1
                if found.again <= MAX_TOLD:
                    console.note(f"line {record.line}: {target.domain} again, as in line {first}")
    _told(console, found)
    if not found.targets:
        raise UsageError("no domain in the list", where=file)
    return found


async def tagged(db: "Database", tenant: str, tags: Sequence[str]) -> "list[Target]":
    """The domains that have all of these tags.

    Raises:
        UsageError: there is none.
    """
    async with db.reading() as session:
        names = await domain_catalog.list_names_by_tags(session, tenant, tags)
    if not names:
        raise UsageError("no domain has this tag", where=", ".join(tags), hint="sitemap domains list")
    return [parse(name, local=False) for name in names]


def _named(record: domain_lists.Record) -> domain_lists.Named:
    if isinstance(record, domain_lists.Junk):
        raise UsageError(record.why, where=ascii(record.text[:100])[1:-1])
    return record


def _told(console: Console, found: Listed) -> None:
    if found.junk > MAX_TOLD:
        console.log("warning", f"and {found.junk - MAX_TOLD:,} more lines that name no domain")
    if found.again > MAX_TOLD:
        console.note(f"and {found.again - MAX_TOLD:,} more that name one again")


@contextmanager
def _opened(file: str) -> Iterator[BufferedReader]:
    try:
        if file == STDIN:
            # Typed as any binary stream, though it is a buffered one wherever it was not replaced.
            yield sys.stdin.buffer  # type: ignore[misc]
            return
        with Path(file).expanduser().open("rb") as stream:
            yield stream
    except (OSError, RuntimeError, ValueError) as error:
        if isinstance(error, UsageError):
            raise
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise UnreadableError("cannot read the list", where=file, why=why) from error
