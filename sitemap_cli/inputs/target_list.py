"""The targets in a list, each once; unusable records are reported with their line number."""

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from io import BufferedReader
from pathlib import Path
from typing import Any

from sitemap_cli.crawl.targets import (
    STDIN,
    Target,
    TargetKind,
    identify_domain,
    identify_target,
    parse_target,
)
from sitemap_cli.errors import UsageError
from sitemap_cli.inputs import domain_lists
from sitemap_cli.inputs.list_records import InvalidRecord, ListedDomain, Record
from sitemap_cli.inputs.list_text import check_decoded, replace_undecoded
from sitemap_cli.output.escaping import escape_text
from sitemap_cli.redaction import redact_words

# A file that is not a list at all may have a million unusable lines.
MAX_REPORTED = 20

# What a command may store of a record besides its domain.
STORED = ("note", "tags")
# No database stores a NUL. Lone surrogates are bytes that are not UTF-8, or escapes of JSON.
UNSTORABLE = re.compile("[\0\ud800-\udfff]")

Report = Callable[[str], None]


@dataclass(slots=True)
class TargetList:
    """What a list names: the targets in its order, and how many records were unusable or repeated.

    ``others`` has the other columns or keys of each target's record.
    """

    targets: list[Target] = field(default_factory=list)
    others: list[Mapping[str, Any]] = field(default_factory=list)
    unusable: int = 0
    repeated: int = 0


def read_target_list(
    file: str,
    column: str | None,
    *,
    warn: Report,
    note: Report,
    identify: Callable[[Target], str] = identify_target,
) -> TargetList:
    """Read a list from a file, or from standard input for ``-``; a repeated target is skipped.

    Args:
        file: the name of the file.
        column: the column or key that names the domain; None guesses it.
        warn: called with a line of text for an unusable record, up to 20 times.
        note: called with a line of text for a repeated target, up to 20 times.
        identify: returns the same text for targets that are the same.

    Raises:
        UsageError: the file cannot be read, is no list, or names no domain.
    """
    found, first_lines = TargetList(), dict[str, tuple[int, int]]()
    with _open_list(file) as stream:
        for record in domain_lists.read_records(stream, file, column=column, note=note):
            try:
                named = _require_name(record)
                target = parse_target(named.text, local=False)
            except UsageError as error:
                found.unusable += 1
                if found.unusable <= MAX_REPORTED:
                    warn(f"line {record.line}: {error}")
                continue
            first = first_lines.setdefault(identify(target), (record.line, len(found.targets)))
            if first[1] == len(found.targets):
                found.targets.append(target)
                found.others.append(named.extra)
            else:
                found.repeated += 1
                if found.repeated <= MAX_REPORTED:
                    note(f"line {record.line}: {_name(target, identify)} again, as in line {first[0]}")
    if found.unusable > MAX_REPORTED:
        warn(f"and {found.unusable - MAX_REPORTED:,} more lines that name no domain")
    if found.repeated > MAX_REPORTED:
        note(f"and {found.repeated - MAX_REPORTED:,} more repeated ones")
    if not found.targets:
        raise UsageError("no domain in the list", where=file)
    return found


def _require_name(record: Record) -> ListedDomain:
    if isinstance(record, InvalidRecord):
        raise UsageError(record.why, where=escape_text(redact_words(record.text[:100])))
    check_decoded(record.text)
    if record.extra:
        extra = {key: replace_undecoded(each) for key, each in record.extra.items()}
        record = replace(record, extra=extra)
    for each in (record.text, *(_flatten(record.extra.get(key)) for key in STORED)):
        if found := UNSTORABLE.search(each):
            what = "a NUL character" if found[0] == "\0" else "a character that is not UTF-8"
            raise UsageError(f"the line has {what}", where=escape_text(redact_words(record.text[:100])))
    return record


def _flatten(value: Any) -> str:
    """Return a note or tags as one text."""
    return " ".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _name(target: Target, identify: Callable[[Target], str]) -> str:
    is_site = target.kind is TargetKind.SITE or identify is identify_domain
    return target.domain if is_site else escape_text(target.text)


@contextmanager
def _open_list(file: str) -> Iterator[BufferedReader]:
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
        raise UsageError("cannot read the list", where=file, why=why) from error
