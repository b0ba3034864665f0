"""What was known to be wrong when a baseline was written, so that only what is new fails a check."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from sitemap_cli.errors import UsageError
from sitemap_cli.model.values import Finding
from sitemap_cli.urls import path_and_query

SCHEMA = "sitemap/baseline/1"

Key = tuple[str, str, str]
"""The rule, the severity, and the path of the sitemap: the same build may be checked at several hosts."""

Baseline = Mapping[Key, int]
"""How often each was known."""


def get_key(finding: Finding) -> Key:
    """What makes a finding the same as an earlier one."""
    return finding.rule, finding.severity.value, path_and_query(finding.sitemap)


def encode_baseline(findings: Iterable[Finding]) -> bytes:
    """A baseline that knows these findings, as JSON."""
    counts = dict[Key, int]()
    for finding in findings:
        counts[get_key(finding)] = counts.get(get_key(finding), 0) + finding.count
    known = [
        {"rule": rule, "severity": severity, "sitemap": where, "count": count}
        for (rule, severity, where), count in sorted(counts.items())
    ]
    return f"{json.dumps({'schema': SCHEMA, 'findings': known}, indent=2)}\n".encode()


def decode_baseline(data: bytes) -> Baseline:
    """Read a baseline.

    Raises:
        ValueError: it is none.
    """
    document: Any = json.loads(data)
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise ValueError(f'it has no "schema": "{SCHEMA}"')
    try:
        return {
            (each["rule"], each["severity"], each["sitemap"]): int(each["count"])
            for each in document["findings"]
        }
    except (KeyError, TypeError) as error:
        raise ValueError("a finding in it lacks rule, severity, sitemap or count") from error


def load_baseline(path: Path | None) -> Baseline:
    """Read a baseline from a file; without a file it is empty.

    Raises:
        UsageError: the file cannot be read, or is not a baseline.
    """
    if path is None:
        return {}
    try:
        return decode_baseline(path.read_bytes())
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        hint = "create one with --write-baseline FILE"
        raise UsageError("not a baseline", where=str(path), why=why, hint=hint) from error


def subtract_baseline(findings: Iterable[Finding], baseline: Baseline) -> tuple[list[Finding], int]:
    """The findings that are new or more than they were, counted without the known ones; and those known."""
    left = dict(baseline)
    found, known = list[Finding](), 0
    for finding in findings:
        covered = min(left.get(get_key(finding), 0), finding.count)
        left[get_key(finding)] = left.get(get_key(finding), 0) - covered
        known += covered
        if covered < finding.count:
            more = finding.count - covered
            found.append(msgspec.structs.replace(finding, count=more) if covered else finding)
    return found, known
