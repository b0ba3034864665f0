"""Baselines: the findings that are known, so that only new ones fail a check."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from sitemap_cli.errors import UsageError
from sitemap_cli.model.values import Finding
from sitemap_cli.urls import path_and_query

SCHEMA = "sitemap/baseline/1"


class Key(NamedTuple):
    """What makes two findings the same; not the host, because one build can be checked at several hosts."""

    rule: str
    severity: str
    path: str


Baseline = Mapping[Key, int]
"""The number of known places of each finding."""


def get_key(finding: Finding) -> Key:
    """Return the key by which a finding is recognized in a baseline."""
    return Key(finding.rule, finding.severity.value, path_and_query(finding.sitemap))


def encode_baseline(findings: Iterable[Finding]) -> bytes:
    """Return a baseline of these findings as JSON."""
    counts = dict[Key, int]()
    for finding in findings:
        counts[get_key(finding)] = counts.get(get_key(finding), 0) + finding.count
    known = [
        {"rule": key.rule, "severity": key.severity, "sitemap": key.path, "count": count}
        for key, count in sorted(counts.items())
    ]
    return f"{json.dumps({'schema': SCHEMA, 'findings': known}, indent=2)}\n".encode()


def decode_baseline(data: bytes) -> Baseline:
    """Read a baseline from JSON.

    Raises:
        ValueError: the data is not a baseline.
    """
    document: Any = json.loads(data)
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise ValueError(f'it has no "schema": "{SCHEMA}"')
    try:
        return {
            Key(each["rule"], each["severity"], each["sitemap"]): int(each["count"])
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
        if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
            why = "it is not JSON"
        hint = "create one with --write-baseline FILE"
        raise UsageError("not a baseline", where=str(path), why=why, hint=hint) from error


def subtract_baseline(findings: Iterable[Finding], baseline: Baseline) -> tuple[list[Finding], int]:
    """Return the findings that a baseline does not cover, and the number of places that it covers.

    A finding with more places than the baseline knows is returned with the count of the new ones.
    """
    left = dict(baseline)
    new, known = list[Finding](), 0
    for finding in findings:
        key = get_key(finding)
        covered = min(left.get(key, 0), finding.count)
        left[key] = left.get(key, 0) - covered
        known += covered
        if covered < finding.count:
            more = finding.count - covered
            new.append(msgspec.structs.replace(finding, count=more) if covered else finding)
    return new, known
