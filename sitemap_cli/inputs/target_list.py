"""The targets in a list, each once; unusable records are reported with their line number."""

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

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
from sitemap_cli.inputs.list_text import check_decoded, open_seekable, replace_undecoded
from sitemap_cli.output.escaping import escape_text
from sitemap_cli.redaction import redact_words

# A file that is not a list at all may have a million unusable lines.
MAX_REPORTED = 20

# What a command may store of a record besides its domain.
STORED = ("note", "tags")
# No database stores a NUL. Lone surrogates are bytes that are not UTF-8, or escapes of JSON.
UNSTORABLE = re.compile("[\0\ud800-\udfff]")

Report = Callable[[str], None]


class ListedTarget(NamedTuple):
    """A target and the other columns or keys of its record."""

    target: Target
    others: Mapping[str, Any]


@dataclass(slots=True)
class TargetList:
    """What a list names: the targets in its order, and how many records were unusable.

    ``others`` has the other columns or keys of each target's record.
    """

    targets: list[Target] = field(default_factory=list)
    others: list[Mapping[str, Any]] = field(default_factory=list)
    unusable: int = 0

    def __iter__(self) -> Iterator[ListedTarget]:
        return map(ListedTarget, self.targets, self.others)


class TargetReader:
    """The targets of a list, one after another, each once; ``unusable`` counts the records without one.

    Args:
        file: the name of the file, or ``-`` for standard input.
        column: the column or key that names the domain; None guesses it.
        warn: called with a line of text for an unusable record, up to 20 times.
        note: called with a line of text for a repeated target, up to 20 times.
        identify: returns the same text for targets that are the same.
    """

    def __init__(
        self,
        file: str,
        column: str | None,
        *,
        warn: Report,
        note: Report,
        identify: Callable[[Target], str] = identify_target,
    ) -> None:
        self._file = file
        self._column = column
        self._warn = warn
        self._note = note
        self._identify = identify
        self._first_lines = dict[str, int]()
        self._repeated = 0
        self.unusable = 0

    def __iter__(self) -> Iterator[ListedTarget]:
        """Yield the targets.

        Raises:
            UsageError: the file cannot be read, is no list, or names no domain.
        """
        with _open_list(self._file) as stream:
            records = domain_lists.read_records(stream, self._file, column=self._column, note=self._note)
            for record in records:
                try:
                    named = _require_name(record)
                    target = parse_target(named.text, local=False)
                except UsageError as error:
                    self.unusable += 1
                    if self.unusable <= MAX_REPORTED:
                        self._warn(f"line {record.line}: {error}")
                    continue
                if self._is_new(target, record.line):
                    yield ListedTarget(target, named.extra)
        if self.unusable > MAX_REPORTED:
            self._warn(f"and {self.unusable - MAX_REPORTED:,} more lines that name no domain")
        if self._repeated > MAX_REPORTED:
            self._note(f"and {self._repeated - MAX_REPORTED:,} more repeated ones")
        if not self._first_lines:
            raise UsageError("no domain in the list", where=self._file)

    def _is_new(self, target: Target, line: int) -> bool:
        known = len(self._first_lines)
        first = self._first_lines.setdefault(self._identify(target), line)
        if len(self._first_lines) > known:
            return True
        self._repeated += 1
        if self._repeated <= MAX_REPORTED:
            self._note(f"line {line}: {_name(target, self._identify)} again, as in line {first}")
        return False


def read_target_list(file: str, column: str | None, *, warn: Report, note: Report) -> TargetList:
    """Read a whole list; for the arguments and errors see :class:`TargetReader`."""
    reader, found = TargetReader(file, column, warn=warn, note=note), TargetList()
    for target, others in reader:
        found.targets.append(target)
        found.others.append(others)
    found.unusable = reader.unusable
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
def _open_list(file: str) -> Iterator[BinaryIO]:
    try:
        if file == STDIN:
            with open_seekable(sys.stdin.buffer) as stream:
                yield stream
            return
        with Path(file).expanduser().open("rb") as named, open_seekable(named) as stream:
            yield stream
    except (OSError, RuntimeError, ValueError) as error:
        if isinstance(error, UsageError):
            raise
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError("cannot read the list", where=file, why=why) from error
